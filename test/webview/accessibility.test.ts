/** axe-core on every state of the page. Contrast needs a browser, so browser.test.ts checks it. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import axe from "axe-core";
import { prepare } from "./harness/scenarios.js";
import { Dashboard } from "./support/dashboard.js";
import { fakeRun } from "./support/fake-run.js";
import { violationsOf } from "./support/violations.js";

async function check(page: Dashboard): Promise<void> {
  page.window.eval(axe.source);
  const inPage = page.window as unknown as { readonly axe: typeof axe };
  const results = await inPage.axe.run(page.document, { rules: { "color-contrast": { enabled: false } } });
  assert.deepEqual(violationsOf(results), []);
  assert.ok(results.passes.length > 10, `only ${results.passes.length} rules had anything to check`);
}

describe("assistive technology works", () => {
  for (const scenario of ["", "verified", "deviates", "not-linked"]) {
    it(`on a page with a run (${scenario === "" ? "complete" : scenario})`, async () => {
      const page = new Dashboard(undefined);
      prepare(page.extension, scenario, (options) => fakeRun({ modules: 60, threads: 3, ...options }));
      await page.startWithRun();
      await page.until("crates", () => page.all(".decisions vscode-option").length > 5);
      page.grid.focus();
      page.key(page.grid, "ArrowDown");
      page.key(page.grid, "ArrowRight");
      page.key(page.find(".timeline-chart"), "ArrowRight");
      await check(page);
      page.close();
    });
  }

  for (const scenario of ["empty", "died", "failing"]) {
    it(`on a page without a run (${scenario})`, async () => {
      const page = new Dashboard(undefined);
      prepare(page.extension, scenario, (options) => fakeRun({ modules: 60, ...options }));
      await page.start();
      if (scenario === "failing") await page.until("failures", () => page.all(".failure").length === 3);
      await page.quiet();
      await check(page);
      page.close();
    });
  }
});
