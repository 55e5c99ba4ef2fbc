/** The page of a comparison: rows by range, filters, a row's stages, imports and functions, by keyboard, in four themes; in a browser, with its real bundle. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import axe from "axe-core";
import type { AxeResults } from "axe-core";
import type { Browser, Page } from "playwright-core";
import type { FromComparisonPage } from "../../src/protocol/comparison-page.js";
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
  await page.goto(`${harness.comparisonUrl}?theme=${theme}&scenario=${scenario}`);
  await page.locator("h1").waitFor();
  return page;
}

async function close(page: Page): Promise<void> {
  assert.deepEqual(await page.evaluate<string[]>("window.harness.violations"), []);
  assert.deepEqual(await page.evaluate<string[]>("window.harness.extension.refused"), []);
  await page.close();
}

function sent(page: Page): Promise<FromComparisonPage[]> {
  return page.evaluate<FromComparisonPage[]>("window.harness.extension.sent.filter(({ type }) => type !== 'ready')");
}

async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  return violationsOf(await page.evaluate<AxeResults>("axe.run(document, { resultTypes: ['violations', 'passes'] })"));
}

/** The text of what has the focus. */
function focused(page: Page): Promise<string> {
  return page.evaluate<string>("document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? ''");
}

describe("the page of a comparison", () => {
  it("says what differs and by how much, in words", async () => {
    const page = await open("edit");
    assert.equal(await page.locator("h1").textContent(), "first build ↔ edit of textstats::bars::bar");
    assert.match(
      (await page.locator(".fact").textContent()) ?? "",
      /^3 of 120 CGUs differ: 1 on one side only, 1 in verdict, 1 in size, 1 in imports\.$/,
    );
    const rows = (await page.locator(".row summary").allInnerTexts()).map((text) => text.replaceAll(/\s+/g, " ").trim());
    assert.deepEqual(rows, [
      "textstats::bars textstats +22 instructions (+22 %) imports +2 −1",
      "textstats::old textstats only before: re-compiled",
      "textstats::map textstats re-compiled → re-used",
    ]);
    assert.match(
      await page.locator(".sizes").first().innerText(),
      /Optimize \(pm\)\s+164,822 → 164,844 \(\+22\)\s+8\.16 MB → 8\.16 MB \(\+104 B\)/,
    );
    await close(page);
  });

  it("opens a row by keyboard: its stages, imports and functions, each with its diff", async () => {
    const page = await open("edit");
    await page.locator(".row summary").first().focus();
    await page.keyboard.press("Enter");
    await page.locator(".functions .change").first().waitFor();
    const details = page.locator(".row-details").first();
    const texts = await details.locator("section li").allTextContents();
    assert.deepEqual(texts, [
      "now imports <img src=x onerror=alert(1)> from text_core::words",
      "… and 1 more",
      "no longer imports text_core::words::split from text_core::words",
    ]);
    assert.equal(await page.locator("img").count(), 0);
    const walk: string[] = [];
    for (let step = 0; step < 6; step++) {
      await page.keyboard.press("Tab");
      walk.push(await focused(page));
      await page.keyboard.press("Enter");
    }
    assert.deepEqual(walk, [
      ...["Compare Input", "Compare Import", "Compare Optimize (pm)", "textstats::bars::bar", "textstats::bars::new"],
      "Compare all of them: textstats::bars after Optimize (pm)",
    ]);
    const [asked, ...opened] = await sent(page);
    assert.deepEqual(asked, { type: "functions", module: "textstats::bars", stage: "thin-lto-after-pm" });
    assert.deepEqual(
      opened.map((message) => (message.type === "open" ? [message.stage, message.function] : message)),
      [
        ["thin-lto-input", null],
        ["thin-lto-after-import", null],
        ["thin-lto-after-pm", null],
        ["thin-lto-after-pm", "_bar"],
        ["thin-lto-after-pm", "_new"],
        ["thin-lto-after-pm", null],
      ],
    );
    // A module that only one side has cannot be compared.
    await page.locator(".row summary").nth(1).click();
    assert.equal(await page.locator(".row-details").nth(1).getByRole("button").count(), 0);
    await close(page);
  });

  it("filters, and gets more rows on demand without losing the focus", async () => {
    const page = await open("many");
    const rows = page.locator(".row");
    assert.equal(await rows.count(), 50);
    await page.getByRole("button", { name: "Show More (70 left)" }).focus();
    await page.keyboard.press("Enter");
    await page.locator(".row").nth(99).waitFor();
    assert.match(await focused(page), /^core::part49/);
    await page.getByRole("button", { name: "Size (1)" }).click();
    await page.waitForFunction("document.querySelectorAll('.row').length === 1");
    assert.deepEqual(await page.locator(".filter").evaluateAll((buttons) => buttons.map((button) => button.getAttribute("aria-pressed"))), [
      "false",
      "false",
      "true",
      "false",
    ]);
    assert.equal(await page.getByRole("button", { name: /Show More/ }).count(), 0);
    await page.getByRole("button", { name: "Swap Sides" }).click();
    assert.deepEqual((await sent(page)).at(-1), { type: "swap" });
    await close(page);
  });

  it("without differences, after a failure and in Restricted Mode says so", async () => {
    const same = await open("same");
    assert.match((await same.locator(".fact").textContent()) ?? "", /no difference in verdict, size or imports/);
    assert.equal(await same.locator(".filter").count(), 0);
    await close(same);
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
        ["edit", 1280],
        ["edit", 300],
        ["failed", 1280],
        ["restricted", 1280],
      ] as const) {
        const page = await open(scenario, { theme, width });
        if (scenario === "edit") {
          for (const row of await page.locator(".row summary").all()) await row.click();
          await page.locator(".functions .change").first().waitFor();
        }
        assert.deepEqual(await violations(page), [], `${scenario} at ${width} px`);
        assert.ok(await page.evaluate<boolean>("document.documentElement.scrollWidth <= window.innerWidth"), `${width} px`);
        const pictures = process.env["PICTURES"];
        if (pictures !== undefined) {
          await page.screenshot({ path: `${pictures}/comparison-${scenario}-${theme}-${width}.png`, fullPage: true });
        }
        await close(page);
      }
    });
  }
});
