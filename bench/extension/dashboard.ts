/** The dashboard of a run with 1,000 modules in a browser: first paint, sorting, filtering. */
import type { Page } from "playwright-core";
import { launchBrowser } from "../../test/support/vscode/browser.js";
import { serveHarness } from "../../test/webview/harness/serve.js";

export interface DashboardFigures {
  /** From the script's start to the frame with head, first rows, timeline and stages, ms. */
  readonly firstPaint: number[];
  /** From the click on a header to the first row in the new order, ms. */
  readonly sort: number[];
  /** From typing to the filtered rows, ms; the page waits a moment for more typing. */
  readonly filter: number[];
}

export async function dashboard(modules: number, times: number): Promise<DashboardFigures> {
  const [harness, browser] = await Promise.all([serveHarness(), launchBrowser()]);
  const figures: DashboardFigures = { firstPaint: [], sort: [], filter: [] };
  try {
    for (let index = 0; index < times; index += 1) {
      const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
      await page.goto(`${harness.url}?modules=${modules}`);
      figures.firstPaint.push(await page.evaluate<number>("window.harness.painted.then((at) => at - window.harness.ready)"));
      // By size, and then the other way round, which shows another first row for certain.
      const header = page.locator("[role=columnheader] button").last();
      await header.click();
      await page.waitForTimeout(500);
      figures.sort.push(await rowsChange(page, async () => header.click()));
      const words = page.locator("vscode-text-field input").first();
      figures.filter.push(await rowsChange(page, async () => words.fill("serde")));
      await page.close();
    }
  } finally {
    await browser.close();
    await harness.close();
  }
  return figures;
}

/** @returns how long it takes until the first row is another one, ms */
async function rowsChange(page: Page, act: () => Promise<void>): Promise<number> {
  const first = ".grid-body .grid-row";
  const before = await page.locator(first).first().innerText();
  await page.evaluate(`window.changed = new Promise((resolve) => {
    const started = performance.now();
    const look = () => {
      const row = document.querySelector(${JSON.stringify(first)});
      if (row && row.innerText !== ${JSON.stringify(before)} && !row.hasAttribute("aria-busy")) setTimeout(() => resolve(performance.now() - started));
      else requestAnimationFrame(look);
    };
    look();
  })`);
  await act();
  return page.evaluate<number>("window.changed");
}
