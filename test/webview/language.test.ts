/** The pages in a made-up display language: nothing that can be translated stays English. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Browser, Page } from "playwright-core";
import { PATIENCE_MILLIS } from "../support/patience.js";
import { englishOf, PSEUDO, pseudoLanguage } from "../support/pseudo-language.js";
import { launchBrowser } from "../support/vscode/browser.js";
import { serveHarness, type Harness } from "./harness/serve.js";

const language = pseudoLanguage();
const isEnglish = englishOf(language);

let harness: Harness;
let browser: Browser;

before(async () => {
  harness = await serveHarness(0, language);
  browser = await launchBrowser();
});

after(async () => {
  await browser.close();
  await harness.close();
});

/** Runs in the page: every text that it shows or reads out. */
const TEXTS = `(() => {
  const found = [];
  const walk = (root) => {
    for (const element of root.querySelectorAll("*")) {
      if (element.localName === "script" || element.localName === "style") continue;
      for (const node of element.childNodes) if (node.nodeType === Node.TEXT_NODE) found.push(node.data.trim());
      for (const name of ["aria-label", "aria-roledescription", "title", "placeholder"]) found.push(element.getAttribute(name) ?? "");
      if (element.shadowRoot !== null) walk(element.shadowRoot);
    }
  };
  walk(document);
  return [...new Set(found)].filter((text) => text !== "");
})()`;

/** What the fake server says about a function: stages and fates. */
const FUNCTION_DATA = ["Input", "Rename", "Internalize", "Import", "Kept", "Gone after inlining", "its own"];

/** @param data texts that the server composed in English */
async function check(page: Page, wanted: readonly string[], data: readonly string[] = []): Promise<void> {
  assert.equal(await page.locator("html").getAttribute("lang"), PSEUDO);
  const texts = await page.evaluate<string[]>(TEXTS);
  assert.deepEqual(
    texts.filter((text) => isEnglish(text) && !data.includes(text)),
    [],
    "texts in English",
  );
  for (const text of wanted) assert.ok(texts.includes(language.texts[text] ?? ""), text);
  await page.close();
}

async function open(address: string): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, reducedMotion: "reduce" });
  page.setDefaultTimeout(PATIENCE_MILLIS);
  await page.goto(address);
  return page;
}

describe("in another display language", () => {
  it("the dashboard has its texts", async () => {
    const page = await open(`${harness.url}?modules=60&scenario=deviates`);
    await page.locator(".grid-body .grid-row").first().waitFor();
    await page.locator(".timeline-bars rect").first().waitFor();
    await page.locator(".stages tbody tr").first().waitFor();
    await page.locator(".cause summary").first().waitFor();
    await check(page, ["Decisions", "Filter modules", "Instructions and size by stage", "Verify Against rustc"]);
  });

  it("the dashboard without a run has them", async () => {
    const page = await open(`${harness.url}?scenario=empty`);
    await page.locator("h1").waitFor();
    await check(page, ["No run yet", "Run Thin LTO"]);
  });

  it("an explanation has them", async () => {
    const page = await open(`${harness.explanationUrl}?scenario=several`);
    await page.locator("h1").waitFor();
    await check(page, ["How the change got here", "Copy as Markdown"], ["changed itself"]);
  });

  it("a comparison has them", async () => {
    const page = await open(`${harness.comparisonUrl}?scenario=edit`);
    await page.locator("details.row").first().waitFor();
    await page.locator("details.row > summary").first().click();
    await page.locator(".functions .change").first().waitFor();
    await check(page, ["Swap Sides", "Codegen units that differ", "Compare all of them"]);
  });

  it("a function's page has them", async () => {
    const page = await open(`${harness.functionUrl}?scenario=bar`);
    await page.locator(".life-cell-declared").waitFor();
    await check(page, ["Through modules and stages", "Show Assembly", "Look for Remarks"], FUNCTION_DATA);
  });

  it("a page of passes has them", async () => {
    const page = await open(`${harness.passesUrl}?scenario=sum`);
    await page.locator(".line-added").waitFor();
    await check(page, ["Changed only", "Open in Diff Editor", "Before the passes"]);
  });

  it("a comparison of settings has them", async () => {
    const page = await open(`${harness.adviceUrl}?scenario=bench`);
    await page.locator("h1").waitFor();
    await check(page, ["What each setting changes", "Save as HTML…", "Not measured"]);
  });

  it("a profile has them", async () => {
    const page = await open(`${harness.profileUrl}?scenario=memory`);
    await page.locator(".profile-table tbody tr").first().waitFor();
    await check(page, ["Flame graph", "Save Folded Stacks…", "Functions on which a pass spent out of proportion"]);
  });
});
