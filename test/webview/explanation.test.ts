/** The page of an explanation: fact first, a graph by keyboard, links, themes and widths; in a browser, with its real bundle and policy. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import axe from "axe-core";
import type { AxeResults } from "axe-core";
import type { Browser, Page } from "playwright-core";
import type { FromExplanationPage } from "../../src/protocol/explanation-page.js";
import { PATIENCE_MILLIS } from "../support/patience.js";
import { launchBrowser } from "../support/vscode/browser.js";
import { serveHarness, type Harness } from "./harness/serve.js";
import themes from "./harness/themes.json";
import { fakeView } from "./support/fake-explanation.js";
import { violationsOf } from "./support/violations.js";

let harness: Harness;
let browser: Browser;

before(async () => {
  // In sequence: a browser whose harness has failed would keep the test running.
  harness = await serveHarness();
  browser = await launchBrowser();
});

after(async () => {
  await browser.close();
  await harness.close();
});

const complaints = new WeakMap<Page, string[]>();

async function open(scenario: string, { theme = "dark", width = 1280 } = {}): Promise<Page> {
  const page = await browser.newPage({ viewport: { width, height: 720 }, reducedMotion: "reduce" });
  page.setDefaultTimeout(PATIENCE_MILLIS);
  const told: string[] = [];
  complaints.set(page, told);
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") told.push(message.text());
  });
  page.on("pageerror", (error) => told.push(error.message));
  await page.goto(`${harness.explanationUrl}?theme=${theme}&scenario=${scenario}`);
  await page.locator("h1").waitFor();
  return page;
}

async function close(page: Page): Promise<void> {
  assert.deepEqual([...(complaints.get(page) ?? []), ...(await page.evaluate<string[]>("window.harness.violations"))], []);
  assert.deepEqual(await page.evaluate<string[]>("window.harness.extension.refused"), []);
  await page.close();
}

function sent(page: Page): Promise<FromExplanationPage[]> {
  return page.evaluate<FromExplanationPage[]>("window.harness.extension.sent.filter(({ type }) => type !== 'ready')");
}

async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  return violationsOf(await page.evaluate<AxeResults>("axe.run(document, { resultTypes: ['violations', 'passes'] })"));
}

/** The label of what has the focus. */
function focused(page: Page): Promise<string> {
  return page.evaluate<string>("document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? ''");
}

describe("an explanation's page", () => {
  it("begins with the decisive fact, and shows names as text", async () => {
    const page = await open("itself");
    const texts = await page.locator("header p").allTextContents();
    assert.deepEqual(texts.slice(0, 2), [
      "re-compiled in crate textstats",
      "textstats::bars::bar grew from 99 to 121 instructions; the import limit is 100.",
    ]);
    assert.equal(await page.locator(".fact code").textContent(), "textstats::bars::bar");
    assert.ok((await page.locator(".change").allTextContents()).some((text) => text.includes("<img src=x onerror=alert(1)>")));
    assert.equal(await page.locator("img").count(), 0);
    await close(page);
  });

  it("says what is unknown", async () => {
    const page = await open("unknown");
    assert.match((await page.locator(".fact").textContent()) ?? "", /^Not known: There is no earlier build/);
    assert.equal(await page.locator(".graph").count(), 0);
    await close(page);
  });

  it("opens what its links stand for, copies, and lists all differences on demand", async () => {
    const page = await open("importer");
    const { targets } = fakeView("importer");
    await page.locator(".node-cause button").first().click();
    await page.locator(".stages button").last().click();
    await page.getByRole("button", { name: "Copy as Markdown" }).click();
    await page.locator(".builds summary").click();
    await page.getByRole("button", { name: "Copy Key" }).click();
    const messages = await sent(page);
    const followed = messages.flatMap((message) => (message.type === "follow" ? [targets[message.target]?.kind] : []));
    assert.deepEqual(followed, ["diff", "stage"]);
    assert.deepEqual(messages.slice(2), [
      { type: "copy", what: "markdown" },
      { type: "copy", what: "key" },
    ]);
    const more = page.getByText("4 more", { exact: true });
    assert.equal(await page.locator(".change:visible").count(), 12);
    await more.click();
    assert.equal(await page.locator(".change:visible").count(), 16);
    await close(page);
  });

  it("a failure is retried; Restricted Mode has its button", async () => {
    const failed = await open("failed");
    await failed.getByRole("button", { name: "Try Again" }).click();
    assert.deepEqual(await sent(failed), [{ type: "again" }]);
    await close(failed);
    const restricted = await open("restricted");
    await restricted.getByRole("button", { name: "Manage Workspace Trust" }).click();
    assert.deepEqual(await sent(restricted), [{ type: "command", command: "manageTrust" }]);
    await close(restricted);
  });

  it("keeps what VS Code needs to restore it, and the focus when nothing changed", async () => {
    const page = await open("importer");
    assert.deepEqual(await page.evaluate("JSON.parse(sessionStorage.getItem('explanation'))"), {
      ...{ subject: { run: "r2" }, module: "textstats-map", title: "Why textstats-map", unit: "u" },
    });
    await page.locator(".node-module").focus();
    await page.evaluate("window.harness.extension.show()");
    await page.waitForTimeout(50);
    assert.equal(await focused(page), "Codegen unit: textstats-bars");
    await close(page);
  });
});

describe("the graph of causes", () => {
  it("is one Tab stop, in which arrow keys move along and between ways, and Enter opens", async () => {
    const page = await open("several");
    await page.locator(".head-top vscode-button").focus();
    await page.keyboard.press("Tab");
    const walk: [string, string][] = [];
    for (const key of ["", "ArrowDown", "ArrowDown", "ArrowUp", "ArrowRight", "ArrowDown", "ArrowDown", "ArrowUp", "Home", "End"]) {
      if (key !== "") await page.keyboard.press(key);
      walk.push([key, (await focused(page)).slice(0, 60)]);
    }
    assert.deepEqual(walk, [
      ["", "Change: crates/textstats/src/bars.rs was edited: textstats::"],
      ["ArrowDown", "Codegen unit: textstats-bars"],
      ["ArrowDown", "This codegen unit: textstats-map"],
      ["ArrowUp", "Codegen unit: textstats-bars"],
      ["ArrowRight", "Function: text_core::words::run"],
      ["ArrowDown", "Function: text_core::words::split"],
      ["ArrowDown", "This codegen unit: textstats-map"],
      ["ArrowUp", "Function: text_core::words::split"],
      ["Home", "Change: crates/textstats/src/bars.rs was edited: textstats::"],
      ["End", "This codegen unit: textstats-map"],
    ]);
    await page.keyboard.press("Home");
    await page.keyboard.press("Enter");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    const { targets } = fakeView("several");
    const kinds = (await sent(page)).map((message) => (message.type === "follow" ? targets[message.target]?.kind : message.type));
    assert.deepEqual(kinds, ["diff", "module"]);
    await close(page);
  });

  it("describes each node, and has a list as its text", async () => {
    const page = await open("importer");
    const node = page.locator(".node-cause");
    const id = (await node.getAttribute("aria-describedby")) ?? "";
    assert.match(
      (await page.locator(`#${id}`).textContent()) ?? "",
      /^1 module re-compiled for itself.* Leads to textstats-bars\. Enter: Compare bar\.$/,
    );
    await page.getByText("As a list").click();
    assert.deepEqual(await page.locator(".as-text li:visible").allTextContents(), [
      "crates/textstats/src/bars.rs was edited: textstats::bars::bar in crate textstats changed",
      "no longer imports textstats::bars::bar from textstats-bars",
    ]);
    await close(page);
  });
});

describe("every theme and width", () => {
  for (const theme of Object.keys(themes)) {
    for (const width of [1280, 300]) {
      it(`${theme}, ${width} pixels: readable, nothing is cut off`, async () => {
        for (const scenario of ["several", "long", "unknown", "failed", "restricted"]) {
          const page = await open(scenario, { theme, width });
          for (const summary of await page.locator("summary").all()) await summary.click();
          assert.deepEqual(await violations(page), []);
          const overflow = await page.evaluate<number>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
          assert.ok(overflow <= 0, `${scenario}: ${overflow} pixels too wide`);
          await close(page);
        }
      });
    }
  }
});
