/** Causes on the dashboard: ranked, with the modules that each reached on demand; and runs without anything to explain. */
import assert from "node:assert/strict";
import { afterEach, describe, it } from "node:test";
import type { LtoErrorReport } from "../../src/protocol/errors.js";
import { Dashboard } from "./support/dashboard.js";
import { fakeCauses } from "./support/fake-causes.js";
import { fakeRun } from "./support/fake-run.js";
import { rowsOfReport } from "../../src/core/views/module-rows.js";

const RUN = fakeRun({ modules: 1000 });
const CAUSES = fakeCauses(rowsOfReport(RUN.report));

let open: Dashboard[] = [];

async function dashboard(failure?: LtoErrorReport): Promise<Dashboard> {
  const made = new Dashboard(undefined);
  open.push(made);
  made.extension.use(RUN);
  if (failure !== undefined) made.extension.failing.set("causes", failure);
  await made.startWithRun();
  return made;
}

const summaries = (page: Dashboard): readonly HTMLElement[] => page.all(".cause summary");
const links = (page: Dashboard): readonly HTMLElement[] => page.all(".cascade-modules button.link");

async function unfold(page: Dashboard, index: number): Promise<void> {
  const details = page.all(".cause details")[index] ?? assert.fail(`no cause ${index}`);
  details.setAttribute("open", "");
  details.dispatchEvent(new page.window.Event("toggle"));
  await page.until("modules", () => details.querySelectorAll(".cascade-modules li").length > 0);
}

afterEach(() => {
  for (const made of open) {
    assert.deepEqual(made.errors, []);
    made.close();
  }
  open = [];
});

describe("causes", () => {
  it("are ordered by the number of modules that they reached, with names as code and never as markup", async () => {
    const page = await dashboard();
    await page.until("causes", () => summaries(page).length > 0);
    assert.deepEqual(
      summaries(page).map((summary) => summary.querySelector(".cause-title")?.textContent),
      CAUSES.slice(0, 10).map(({ row }) => row.title.replaceAll("`", "")),
    );
    assert.ok(page.all(".cause-title code").some(({ textContent }) => textContent === "<Parser<'_> as Iterator>::next"));
    assert.match(
      page.find(".causes-about").textContent,
      /^Since textstats-bin-cfd0d78a@1: \d+ of 1,000 modules re-compiled because of a change; \d+ more are re-compiled by every build\./,
    );
    assert.match(page.find(".causes-about").textContent, /rustc's log agrees on 1,000 of 1,000 decisions\.$/);
  });

  it("list the modules that they reached on demand, page by page; a click explains a module", async () => {
    const page = await dashboard();
    await page.until("causes", () => summaries(page).length > 0);
    assert.deepEqual(page.extension.asked("cascade"), []);
    await unfold(page, 0);
    const [largest] = CAUSES;
    assert.ok(largest !== undefined && largest.cascade.length > 50);
    assert.equal(links(page).length, 50);
    assert.match(page.find(".cascade h3").textContent, /^changed itself \(\d+\)$/);
    page.all(".cause vscode-button")[0]?.click();
    await page.until("the rest", () => links(page).length === Math.min(100, largest.cascade.length));
    links(page)[3]?.click();
    const asked = page.extension.sent.filter(({ type }) => type === "explain");
    assert.deepEqual(asked, [{ type: "explain", run: RUN.manifest.id, module: largest.cascade[3]?.module }]);
  });

  it("stay expanded when the run's data change", async () => {
    const page = await dashboard();
    await page.until("causes", () => summaries(page).length > 0);
    await unfold(page, 1);
    const before = links(page).length;
    page.extension.changed();
    await page.until("asked again", () => page.extension.asked("causes").length === 2);
    await page.until("the same modules", () => links(page).length === before);
    assert.ok(page.all(".cause details")[1]?.hasAttribute("open"));
  });

  for (const name of ["NothingToInspect", "UnknownUnit"] as const) {
    it(`a run without a build is not an error (${name})`, async () => {
      const page = await dashboard({ name, message: "This run is not of a build that was captured." });
      await page.until("why", () => page.find(".causes-about").textContent === "This run is not of a build that was captured.");
      assert.equal(page.all(".causes .failure").length, 0);
    });
  }

  it("a failed request shows its error, and is retried", async () => {
    const page = await dashboard({ name: "EngineCrashed", message: "The engine ended." });
    await page.until("a failure", () => page.all(".causes .failure").length === 1);
    page.extension.failing.clear();
    page.button("Try Again").click();
    await page.until("causes", () => summaries(page).length > 0);
    assert.equal(page.all(".causes .failure").length, 0);
  });
});
