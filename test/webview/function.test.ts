/** The page of a function: its life, its imports and calls, by keyboard, in four themes; in a browser, with its real bundle. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import axe from "axe-core";
import type { AxeResults } from "axe-core";
import type { Browser, Page } from "playwright-core";
import type { FromFunctionPage } from "../../src/protocol/function-page.js";
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
  await page.goto(`${harness.functionUrl}?theme=${theme}&scenario=${scenario}`);
  await page.locator("h1").waitFor();
  return page;
}

async function close(page: Page): Promise<void> {
  assert.deepEqual(await page.evaluate<string[]>("window.harness.violations"), []);
  assert.deepEqual(await page.evaluate<string[]>("window.harness.extension.refused"), []);
  await page.close();
}

function sent(page: Page): Promise<FromFunctionPage[]> {
  return page.evaluate<FromFunctionPage[]>("window.harness.extension.sent.filter(({ type }) => type !== 'ready')");
}

async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  return violationsOf(await page.evaluate<AxeResults>("axe.run(document, { resultTypes: ['violations', 'passes'] })"));
}

/** The text of what has the focus. */
function focused(page: Page): Promise<string> {
  return page.evaluate<string>("document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? ''");
}

describe("the page of a function", () => {
  it("says what became of it, as a table of modules and stages", async () => {
    const page = await open("bar");
    assert.equal(await page.locator("h1").textContent(), "textstats::bars::bar");
    await page.locator(".life-cell-declared").waitFor();
    const rows = (await page.locator(".life tbody tr").allInnerTexts()).map((text) => text.replaceAll(/\s+/g, " ").trim());
    assert.deepEqual(rows, [
      "textstats::bars its own 99 98 ↓ 97 ↓ 96 ↓ 95 ↓ 94 ↓ Kept it is visible outside of its module Show Passes Compare",
      "textstats::rows imported from textstats::bars declared — not there — not there — not there 95 — not there Gone after inlining inlined into textstats::rows::row Show Passes inlined 2× here",
    ]);
    assert.equal(await page.locator("img").count(), 0);
    await close(page);
  });

  it("opens stages, diffs, lines and decisions by keyboard", async () => {
    const page = await open("bar");
    await page.getByRole("button", { name: "Open bars.rs:7" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Show Assembly" }).press("Enter");
    await page.getByRole("button", { name: "Show Passes in textstats::rows" }).press("Enter");
    await page.getByRole("button", { name: "95 instructions: open textstats::bars at Import" }).press("Enter");
    await page.getByRole("button", { name: "Compare Input with Optimize (pm) in textstats::bars" }).press("Enter");
    await page.locator(".row summary", { hasText: "textstats::main" }).press("Enter");
    const walk: string[] = [];
    for (let step = 0; step < 4; step++) {
      await page.keyboard.press("Tab");
      walk.push(await focused(page));
      await page.keyboard.press("Enter");
    }
    assert.deepEqual(walk, [
      "Open IR: textstats::main",
      "Show Passes: textstats::main",
      "Open main.rs:12: textstats::main",
      "Show Function: textstats::main",
    ]);
    assert.deepEqual(await sent(page), [
      { type: "line" },
      { type: "assembly" },
      { type: "passes", copy: 1 },
      { type: "stage", copy: 0, stage: "thin-lto-after-import" },
      { type: "diff", copy: 0, from: "thin-lto-input", to: "thin-lto-after-pm" },
      ...(["ir", "passes", "source", "function"] as const).map((what) => ({ type: "decision", list: "incoming", index: 0, what })),
    ]);
    await close(page);
  });

  it("compares any two stages, of imported copies too", async () => {
    const page = await open("bar");
    const compare = (name: string) => page.getByRole("button", { name: `Compare ${name}` });
    // One stage alone has nothing to compare with.
    assert.equal(await compare("Import with").count(), 0);
    const [from, to] = [page.locator("vscode-dropdown").first(), page.locator("vscode-dropdown").last()];
    const choose = async (list: typeof from, label: string): Promise<void> => {
      await list.click();
      await list.locator("vscode-option", { hasText: label }).click();
    };
    await choose(from, "Rename");
    await compare("Rename with Optimize (pm) in textstats::bars").press("Enter");
    await compare("Rename with Import in textstats::rows").press("Enter");
    await choose(to, "Internalize");
    // Neither of the two stages of textstats::rows has it.
    assert.equal(await compare("Rename with Internalize in textstats::rows").count(), 0);
    await choose(from, "Import");
    await choose(to, "Input");
    await compare("Import with Input in textstats::rows").press("Enter");
    assert.deepEqual(await sent(page), [
      { type: "diff", copy: 0, from: "thin-lto-after-rename", to: "thin-lto-after-pm" },
      { type: "diff", copy: 1, from: "thin-lto-after-rename", to: "thin-lto-after-import" },
      { type: "diff", copy: 1, from: "thin-lto-after-import", to: "thin-lto-input" },
    ]);
    await close(page);
  });

  it("lists what other passes say on demand, by pass and kind", async () => {
    const page = await open("bar");
    assert.equal(await page.locator(".remark").count(), 0);
    await page.getByRole("button", { name: "Look for Remarks" }).press("Enter");
    await page.locator(".remark").first().waitFor();
    const rows = async (): Promise<string[]> =>
      (await page.locator(".remark").allInnerTexts()).map((text) => text.replaceAll(/\s+/g, " ").trim());
    assert.equal(
      (await rows())[0],
      "done loop-vectorize vectorized loop (vectorization width: 4) textstats::bars · inlined at src/rows.rs:30 · 2× bars.rs:9",
    );
    assert.equal(await page.locator("img").count(), 0);
    const choose = async (label: string, option: string): Promise<void> => {
      const list = page.locator(`vscode-dropdown[aria-label="${label}"]`);
      await list.click();
      await list.locator("vscode-option", { hasText: option }).click();
    };
    await choose("Kind", "not possible (2)");
    assert.deepEqual((await rows()).length, 2);
    await choose("Pass", "licm (1)");
    assert.equal((await rows()).length, 1);
    assert.equal(await page.locator("section:has(#remarks) [role=status]").textContent(), "1 of 4 remarks");
    await page.getByRole("button", { name: "Open bars.rs:9" }).press("Enter");
    assert.deepEqual(await sent(page), [{ type: "listen" }, { type: "remark", index: 2 }]);
    await close(page);
  });

  it("without copies, after a failure and in Restricted Mode says so", async () => {
    const gone = await open("gone");
    assert.equal(await gone.locator(".life").count(), 0);
    await close(gone);
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
        ["bar", 1280],
        ["bar", 300],
        ["failed", 1280],
        ["restricted", 1280],
      ] as const) {
        const page = await open(scenario, { theme, width });
        if (scenario === "bar") {
          for (const row of await page.locator(".row summary").all()) await row.click();
          await page.getByRole("button", { name: "Look for Remarks" }).click();
          await page.locator(".remark").first().waitFor();
        }
        assert.deepEqual(await violations(page), [], `${scenario} at ${width} px`);
        assert.ok(await page.evaluate<boolean>("document.documentElement.scrollWidth <= window.innerWidth"), `${width} px`);
        const pictures = process.env["PICTURES"];
        if (pictures !== undefined) {
          await page.screenshot({ path: `${pictures}/function-${scenario}-${theme}-${width}.png`, fullPage: true });
        }
        await close(page);
      }
    });
  }
});
