/** The dashboard of a run in a browser: times its first paint, and sorting and filtering its table. */
import { launchBrowser } from "../../test/support/vscode/browser.js";
import { serveHarness } from "../../test/webview/harness/serve.js";

/** Growth, the column in which the fewest rows are already in order. */
const COLUMN = 6;

/** Milliseconds, one value per measurement. */
export interface DashboardFigures {
  /** From the script's start to the frame with head, first rows, timeline and stages. */
  readonly paint: readonly number[];
  /** From the script's start to the frame with the treemap of the linked output. */
  readonly treemap: readonly number[];
  /** From the click on a header to the frame with the rows in that order. */
  readonly sort: readonly number[];
  /** From the last letter to the frame with the results; the page waits 150 ms for more letters. */
  readonly filter: readonly number[];
}

export async function dashboard({
  modules,
  symbols,
  times,
}: {
  readonly modules: number;
  readonly symbols: number;
  readonly times: number;
}): Promise<DashboardFigures> {
  const [harness, browser] = await Promise.all([serveHarness(), launchBrowser()]);
  const [paint, treemap, sort, filter]: [number[], number[], number[], number[]] = [[], [], [], []];
  try {
    for (let index = 0; index < times; index += 1) {
      const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
      await page.goto(`${harness.url}?modules=${modules}&symbols=${symbols}`);
      paint.push(await page.evaluate<number>("window.harness.painted.then((at) => at - window.harness.ready)"));
      treemap.push(await page.evaluate<number>("window.harness.treemap.then((at) => at - window.harness.ready)"));
      sort.push(await page.evaluate<number>(`window.harness.sortTakes(${COLUMN})`));
      filter.push(await page.evaluate<number>(`window.harness.filterTakes("serde")`));
      await page.close();
    }
  } finally {
    await browser.close();
    await harness.close();
  }
  return { paint, treemap, sort, filter };
}
