/** The page of a comparison of settings: table, picture, snippets and saved comparisons, by keyboard, in four themes; in a browser, with its real bundle. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import axe from "axe-core";
import type { AxeResults } from "axe-core";
import type { Browser, Page } from "playwright-core";
import type { FromAdvicePage } from "../../src/protocol/advice-page.js";
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
  await page.goto(`${harness.adviceUrl}?theme=${theme}&scenario=${scenario}`);
  await page.locator("h1").waitFor();
  return page;
}

async function close(page: Page): Promise<void> {
  assert.deepEqual(await page.evaluate<string[]>("window.harness.violations"), []);
  assert.deepEqual(await page.evaluate<string[]>("window.harness.extension.refused"), []);
  await page.close();
}

function sent(page: Page): Promise<FromAdvicePage[]> {
  return page.evaluate<FromAdvicePage[]>("window.harness.extension.sent.filter(({ type }) => type !== 'ready')");
}

async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  return violationsOf(await page.evaluate<AxeResults>("axe.run(document, { resultTypes: ['violations', 'passes'] })"));
}

function names(page: Page): Promise<string[]> {
  return page.locator(".advice tbody th").allTextContents();
}

describe("the page of a comparison of settings", () => {
  it("has a row for each setting, with its verdict", async () => {
    const page = await open("bench");
    const rows = (await page.locator(".advice tbody tr").allInnerTexts()).map((text) => text.replaceAll(/\s+/g, " ").trim());
    assert.equal(rows[0], "1 as built replayed thin 3 2.4 s 310 MB 3 of 127 5,240,112 1,802,240 412 ms");
    assert.equal(rows[2], "3 lto=fat captured fat 3 9.8 s 310 MB all 4,410,200 1,511,424 −16 % 388 ms faster: −7.0 % to −5.0 %");
    assert.match(rows[4] ?? "", /no difference$/);
    assert.equal(await page.locator("img").count(), 0);
    assert.match(
      await page.locator(".failure").innerText(),
      /opt-level=0: Cargo could not build <img[\s\S]*linking with[\s\S]*Leave the setting out/,
    );
    assert.match(await page.locator("figcaption").innerText(), /running time.* on the line: lto=fat, opt-level=s\.$/);
    // Rows with one program are one point.
    assert.deepEqual(await page.locator(".advice-picture g text").allTextContents(), ["1, 6", "2", "3", "4", "5"]);
    await close(page);
  });

  it("sorts by keyboard, up, down and back, keeps that, and rows without a value are last", async () => {
    const page = await open("bench");
    const time = page.getByRole("button", { name: "LTO time" });
    await time.focus();
    const asMeasured = await names(page);
    const orders: (readonly string[])[] = [];
    for (const wanted of ["ascending", "descending"]) {
      await page.keyboard.press("Enter");
      assert.equal(await page.getByRole("columnheader", { name: "LTO time" }).getAttribute("aria-sort"), wanted);
      orders.push(await names(page));
    }
    assert.deepEqual(orders[0], ["opt-level=s", "import-instr-limit=10", "as built", "lto=thin", "lto=fat", "lto=off"]);
    assert.deepEqual(orders[1], ["lto=fat", "as built", "lto=thin", "import-instr-limit=10", "opt-level=s", "lto=off"]);
    await page.reload();
    await page.locator("h1").waitFor();
    assert.deepEqual(await names(page), orders[1]);
    await page.getByRole("button", { name: "LTO time" }).press("Enter");
    assert.deepEqual(await names(page), asMeasured);
    assert.equal(await page.locator("[aria-sort]").count(), 0);
    await close(page);
  });

  it("copies lines, saves, compares again, and opens and deletes saved comparisons", async () => {
    const page = await open("bench");
    await page.getByRole("button", { name: "Copy the lines for lto=fat" }).press("Enter");
    for (const name of ["Save as HTML…", "Save as JSON…", "Compare Again…"]) await page.getByRole("button", { name }).press("Enter");
    await page.getByRole("button", { name: "2026-11-20 08:00:00 UTC", exact: true }).press("Enter");
    await page.getByRole("button", { name: "Delete the comparison of 2026-11-20 08:00:00 UTC" }).press("Enter");
    const id = "textstats-bin-01234567@1/20261120T080000000Z-00000000";
    assert.deepEqual(await sent(page), [
      { type: "copy", setting: "lto=fat" },
      { type: "save", as: "html" },
      { type: "save", as: "json" },
      { type: "repeat" },
      { type: "open", id },
      { type: "remove", id },
    ]);
    await close(page);
  });

  it("says what an edit re-compiles, what differs most, and what Criterion estimates", async () => {
    const page = await open("criterion");
    const changes = await page.locator(".advice-changes li").allInnerTexts();
    assert.match(
      changes[0] ?? "",
      /^as built: An edit of a function re-compiles 3 of the 127 modules .*, at most 41 \(textstats::words::count\)/,
    );
    assert.match(
      changes[2] ?? "",
      /An edit re-compiles all 346 modules[\s\S]*textstats::words::count \+5,224 \(4,120 → 9,344\)[\s\S]*is_word \+14/,
    );
    assert.doesNotMatch(changes[3] ?? "", /An edit/, "as with the first");
    const estimates = (await page.locator(".advice-estimates tr").allInnerTexts()).map((text) => text.replaceAll(/\s+/g, " ").trim());
    assert.deepEqual(estimates, ["as built 813 ns", "lto=fat 640 ns faster: −22 % to −20 %"]);
    await close(page);
  });

  it("without a benchmark compares the time of LTO; after a failure and in Restricted Mode says so", async () => {
    const replays = await open("replays");
    assert.equal(await replays.getByRole("columnheader", { name: "Run" }).count(), 0);
    assert.match(await replays.locator("figcaption").innerText(), /time of LTO and code generation/);
    assert.match(await replays.locator("main").innerText(), /only a benchmark says which is faster/);
    await close(replays);
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
        ["bench", 1280],
        ["bench", 300],
        ["criterion", 300],
        ["failed", 1280],
      ] as const) {
        const page = await open(scenario, { theme, width });
        assert.deepEqual(await violations(page), [], `${scenario} at ${width} px`);
        assert.ok(await page.evaluate<boolean>("document.documentElement.scrollWidth <= window.innerWidth"), `${width} px`);
        const pictures = process.env["PICTURES"];
        if (pictures !== undefined) await page.screenshot({ path: `${pictures}/advice-${scenario}-${theme}-${width}.png`, fullPage: true });
        await close(page);
      }
    });
  }
});
