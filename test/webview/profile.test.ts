/** The page of a profile: flame graph, table, search and buttons, by mouse and keyboard, in four themes; in a browser, with its real bundle. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import axe from "axe-core";
import type { AxeResults } from "axe-core";
import type { Browser, Page } from "playwright-core";
import type { FromProfilePage } from "../../src/protocol/profile-page.js";
import { PATIENCE_MILLIS } from "../support/patience.js";
import { launchBrowser } from "../support/vscode/browser.js";
import { serveHarness, type Harness } from "./harness/serve.js";
import themes from "./harness/themes.json";
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

async function open(scenario: string, { theme = "dark", width = 1280 } = {}): Promise<Page> {
  const page = await browser.newPage({ viewport: { width, height: 720 }, reducedMotion: "reduce" });
  page.setDefaultTimeout(PATIENCE_MILLIS);
  await page.goto(`${harness.profileUrl}?theme=${theme}&scenario=${scenario}`);
  await page.locator("h1").waitFor();
  return page;
}

async function close(page: Page): Promise<void> {
  assert.deepEqual(await page.evaluate<string[]>("window.harness.violations"), []);
  assert.deepEqual(await page.evaluate<string[]>("window.harness.extension.refused"), []);
  await page.close();
}

function sent(page: Page): Promise<FromProfilePage[]> {
  return page.evaluate<FromProfilePage[]>("window.harness.extension.sent.filter(({ type }) => type !== 'ready')");
}

async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  return violationsOf(await page.evaluate<AxeResults>("axe.run(document, { resultTypes: ['violations', 'passes'] })"));
}

/** The first cells of the table's rows: names. */
async function names(page: Page): Promise<string[]> {
  return page.locator(".profile-table tbody th .link, .profile-table tbody th .profile-plain").allTextContents();
}

const path = (page: Page): Promise<string[]> => page.locator(".flame-path li").allTextContents();

describe("the page of a profile", () => {
  it("says what the parts add up to, and has the frames as a table", async () => {
    const page = await open("memory");
    assert.match(
      await page.locator(".profile-sums").innerText(),
      /^All parts add up to \d+ ms; the stages of the run took \d+ ms by the clock\./,
    );
    assert.deepEqual(await names(page), ["textstats", "core"]);
    assert.equal(await page.locator("caption").innerText(), "Parts of All modules");
    const [first = ""] = await page.locator(".profile-table tbody tr").allInnerTexts();
    assert.match(first.replaceAll(/\s+/g, " "), /^textstats \d+ ms 84\.6 % \d+ \d+ 16\.8 MB textstats::words · \d+ ms$/);
    assert.equal(await page.locator("img").count(), 0);
    await close(page);
  });

  it("zooms by click and keyboard, and back by Escape, button and path", async () => {
    const page = await open("memory");
    await page.locator(".flame-crate").first().click();
    assert.deepEqual(await path(page), ["All modules", "textstats"]);
    assert.deepEqual(await names(page), ["textstats::words", "textstats::bars"]);
    const graph = page.getByRole("application", { name: "Flame graph" });
    await graph.focus();
    await page.keyboard.press("ArrowDown");
    assert.match(await page.locator(".unseen[role=status]").innerText(), /^textstats::words: \d+ ms, 61\.5 %\. module\. /);
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    assert.deepEqual(await path(page), ["All modules", "textstats", "textstats::bars"]);
    await page.keyboard.press("Escape");
    assert.deepEqual(await path(page), ["All modules", "textstats"]);
    await page.getByRole("button", { name: "Back" }).press("Enter");
    assert.deepEqual(await path(page), ["All modules"]);
    await page.locator(".profile-table").getByRole("button", { name: "core" }).press("Enter");
    await page.locator(".flame-path").getByRole("button", { name: "All modules" }).click();
    assert.deepEqual(await path(page), ["All modules"]);
    await close(page);
  });

  it("asks for all frames of a module with small ones, and keeps its place", async () => {
    const page = await open("memory");
    await page.getByRole("button", { name: "Modules" }).press("Enter");
    await page.locator(".profile-table").getByRole("button", { name: "textstats::bars" }).press("Enter");
    await page.getByRole("button", { name: "Parts of the zoomed frame" }).press("Enter");
    await page.locator(".profile-table").getByRole("button", { name: "Optimize (pm)" }).press("Enter");
    await page.locator(".profile-table").getByRole("button", { name: "InstCombinePass" }).press("Enter");
    assert.deepEqual((await names(page)).slice(-3), ["textstats::bars::trim", "textstats::bars::split", "textstats::bars::join"]);
    assert.deepEqual(await sent(page), [{ type: "module", module: "textstats.bars-cgu.0" }]);
    await close(page);
  });

  it("finds frames and rows, and says how much they are", async () => {
    const page = await open("memory");
    await page.getByRole("searchbox", { name: "Search" }).fill("sroa");
    await page.locator(".flame-found").first().waitFor();
    assert.match(await page.locator(".found").innerText(), /^3 frames, \d+ ms, 27\.6 %$/);
    await page.getByRole("button", { name: "Passes" }).press("Enter");
    assert.deepEqual(await names(page), ["SROAPass"]);
    await page.getByRole("searchbox", { name: "Search" }).fill("nothing has this");
    await page.getByText("Nothing here has this text.").waitFor();
    await close(page);
  });

  it("sorts the table, shows memory, keeps both, and opens functions", async () => {
    const page = await open("memory");
    await page.getByRole("button", { name: "Functions", exact: true }).press("Enter");
    await page.getByRole("columnheader", { name: "Name" }).getByRole("button").press("Enter");
    assert.equal(await page.getByRole("columnheader", { name: "Name" }).getAttribute("aria-sort"), "ascending");
    const [first] = await names(page);
    assert.equal(first, "core::str::<img src=x onerror=alert(1)>");
    await page.getByRole("group", { name: "What widths show" }).getByRole("button", { name: "Memory" }).press("Enter");
    await page.getByText("the most that one run had allocated", { exact: false }).waitFor();
    assert.equal(await page.locator(".flame-managers").count(), 0);
    await page.reload();
    await page.locator("h1").waitFor();
    assert.deepEqual((await names(page))[0], first);
    assert.equal(await page.getByRole("button", { name: "Memory", pressed: true }).count(), 1);
    await page.locator(".profile-outliers .link").press("Enter");
    for (const name of ["Save for Perfetto…", "Save Folded Stacks…", "Save as JSON…"]) {
      await page.getByRole("button", { name }).press("Enter");
    }
    assert.deepEqual(await sent(page), [
      { type: "function", symbol: "_Rimg" },
      { type: "save", as: "perfetto" },
      { type: "save", as: "folded" },
      { type: "save", as: "json" },
    ]);
    assert.match(
      await page.locator(".profile-outlier").innerText(),
      /^InstCombinePass took 48 ms in 3 runs, 41× its median per instruction/,
    );
    await close(page);
  });

  it("without memory shows time alone; after a failure and in Restricted Mode says so", async () => {
    const time = await open("time");
    assert.equal(await time.getByRole("group", { name: "What widths show" }).count(), 0);
    assert.equal(await time.getByRole("columnheader", { name: "Memory" }).count(), 0);
    await close(time);
    const failed = await open("failed");
    await failed.getByRole("button", { name: "Try Again" }).click();
    assert.deepEqual(await sent(failed), [{ type: "again" }]);
    await close(failed);
    const restricted = await open("restricted");
    await restricted.getByRole("button", { name: "Manage Workspace Trust" }).click();
    assert.deepEqual(await sent(restricted), [{ type: "command", command: "manageTrust" }]);
    await close(restricted);
  });

  for (const theme of Object.keys(themes)) {
    it(`is accessible and fits into 300 pixels in the theme ${theme}`, async () => {
      for (const [scenario, width] of [
        ["memory", 1280],
        ["memory", 300],
        ["time", 300],
        ["failed", 1280],
      ] as const) {
        const page = await open(scenario, { theme, width });
        assert.deepEqual(await violations(page), [], `${scenario} at ${width} px`);
        assert.ok(await page.evaluate<boolean>("document.documentElement.scrollWidth <= window.innerWidth"), `${width} px`);
        const pictures = process.env["PICTURES"];
        if (pictures !== undefined) {
          await page.screenshot({ path: `${pictures}/profile-${scenario}-${theme}-${width}.png`, fullPage: true });
        }
        await close(page);
      }
    });
  }
});
