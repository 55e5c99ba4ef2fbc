/** The dashboard of a run with 1,000 modules in a browser: its first paint. Sorting and filtering are not measured yet. */
import { launchBrowser } from "../../test/support/vscode/browser.js";
import { serveHarness } from "../../test/webview/harness/serve.js";

/** @returns from the script's start to the frame with head, first rows, timeline and stages, ms */
export async function dashboardFirstPaint(modules: number, times: number): Promise<number[]> {
  const [harness, browser] = await Promise.all([serveHarness(), launchBrowser()]);
  const measured: number[] = [];
  try {
    for (let index = 0; index < times; index += 1) {
      const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
      await page.goto(`${harness.url}?modules=${modules}`);
      measured.push(await page.evaluate<number>("window.harness.painted.then((at) => at - window.harness.ready)"));
      await page.close();
    }
  } finally {
    await browser.close();
    await harness.close();
  }
  return measured;
}
