/** The timeline: bars by range, zoom, keyboard navigation, and the table beside it; and the chart of stages. */
import assert from "node:assert/strict";
import { afterEach, describe, it } from "node:test";
import { rowsOfReport } from "../../src/core/views/module-rows.js";
import { stageTotals } from "../../src/core/views/stage-totals.js";
import { timelineOf } from "../../src/core/views/timeline.js";
import { PIPELINES, type Pipeline } from "../../src/protocol/pipelines.js";
import type { CriticalPath, Timeline, TimelineBar } from "../../src/protocol/timeline.js";
import { busyShare, doingOf, kindOf, legendOf, linesOf, longest, whatOf } from "../../webview/timeline/bars.js";
import { criticalWords } from "../../webview/timeline/critical.js";
import { timelineAction } from "../../webview/timeline/keys.js";
import { needsMore, panned, rangeFor, revealing, within, zoomed } from "../../webview/timeline/window.js";
import { clockOf, duration, micros, percent, short } from "../../src/protocol/words.js";
import { Dashboard } from "./support/dashboard.js";
import { fakeFatRun } from "./support/fake-fat-run.js";
import { fakeRun } from "./support/fake-run.js";

const RUN = fakeRun({ modules: 400, threads: 4 });

let open: Dashboard[] = [];

async function dashboard(run = RUN): Promise<Dashboard> {
  const made = new Dashboard(undefined);
  open.push(made);
  made.extension.use(run);
  return made.startWithRun();
}

afterEach(() => {
  for (const made of open) {
    assert.deepEqual(made.errors, []);
    made.close();
  }
  open = [];
});

function visibleBars(page: Dashboard): number {
  return page.all(".timeline-bars rect:not([display])").length;
}

describe("the words of the critical path", () => {
  const std = { module: "std", shortName: "std", micros: 3_200_000 };
  const path: CriticalPath = {
    ...{ workers: 2, totalMicros: 8_100_000, leastMicros: 7_900_000, bound: "even share", idleMicros: 50_000 },
    ...{
      longest: std,
      longestAfterMicros: 0,
      thread: 1,
      modules: 2,
      last: { ...std, shortName: "core" },
      longestOfPath: [std],
      stretches: [],
    },
  };

  it("give the bounds, the path and where the difference went", () => {
    assert.deepEqual(criticalWords(path), [
      "Analysis and modules took 8.10 s; with 2 workers, they cannot take less than 7.90 s.",
      "The longest module, std, took 3.20 s.",
      "Critical path: Worker 2 ended last, with core; of its 2 modules, these took longest: std (3.20 s).",
      "The difference is 200 ms: on average, a worker spent 150 ms between modules, and 50.0 ms without one at the end.",
    ]);
  });

  it("say when the longest module started late, or takes longer than an even share", () => {
    const [, late = "", , lost = ""] = criticalWords({ ...path, bound: "longest module", longestAfterMicros: 3_000_000 });
    assert.equal(late, "The longest module, std, took 3.20 s and started 3.00 s after the first one.");
    assert.equal(lost, "The difference is 200 ms, during which no worker had the longest module.");
    const alone = criticalWords({ ...path, bound: "longest module", leastMicros: path.totalMicros, modules: 1 });
    assert.deepEqual(alone.slice(1), [
      "The longest module, std, took 3.20 s, which more workers would not change.",
      "Critical path: Worker 2 ended last, with core alone.",
    ]);
  });
});

describe("the timeline", () => {
  it("has a lane per worker, and never more bars than requested", async () => {
    const page = await dashboard();
    assert.deepEqual(page.texts(".timeline-name span:first-child"), ["Worker 1", "Worker 2", "Worker 3", "Worker 4"]);
    assert.match(page.texts(".timeline-busy")[0] ?? "", /^\d+ %$/);
    const [asked] = page.extension.asked("timeline");
    assert.ok(asked !== undefined && asked.bars <= 1500 && asked.from === undefined);
    assert.ok(visibleBars(page) <= 1500);
  });

  it("requests more when zooming in, and nothing if it has enough", async () => {
    const page = await dashboard();
    page.news();
    page.button("Zoom In").click();
    page.button("Zoom In").click();
    page.button("Zoom In").click();
    await page.until("detail", () => page.extension.asked("timeline").length === 1);
    const { from, to } = page.extension.asked("timeline")[0] ?? {};
    const total = timelineOf(RUN.report.timings, { bars: 10 }).totalMicros;
    assert.ok(from !== undefined && to !== undefined && from > total / 4 && to < (3 * total) / 4, `${String(from)} to ${String(to)}`);
    await page.until("fewer bars", () => visibleBars(page) < 400);
    assert.match(page.find(".timeline .found").textContent, /^\d+\.\d+ s to \d+\.\d+ s of \d+\.\d+ s$/);
    page.news();
    page.button("Whole Run").click();
    await page.until("the whole", () => page.find(".timeline .found").textContent.includes("activities in"));
  });

  it("can be navigated by keyboard, and each step is announced", async () => {
    const page = await dashboard();
    const chart = page.find(".timeline-chart");
    const spoken = (): string => page.find('.timeline [role="status"].unseen').textContent;
    page.key(chart, "ArrowRight");
    assert.match(spoken(), /^the whole program\. LLVM_lto_generate_symbols_below_threshold\. .* worker 1$/);
    page.key(chart, "ArrowDown");
    assert.match(spoken(), /worker 2/);
    page.key(chart, "End");
    assert.match(spoken(), /Optimize \(pm\) \(LLVM_lto_optimize\)/);
    assert.equal(page.all(".bar-current").length, 1);
    page.news();
    page.key(chart, "Enter");
    const [opened] = page.news();
    assert.ok(opened?.type === "open" && opened.stage === "thin-lto-after-pm");
    page.key(chart, "Escape");
    assert.equal(page.all(".bar-current").length, 0);
  });

  it("describes what is under the mouse, and opens it on a click", async () => {
    const page = await dashboard();
    const bar = page.find('.timeline-bars rect[data-index="0"]');
    bar.dispatchEvent(new page.window.MouseEvent("pointermove", { bubbles: true, buttons: 0 }));
    assert.match(page.find(".timeline .tip").textContent, /the whole program.*worker 1/);
    page.key(page.find(".timeline-chart"), "Escape");
    assert.ok(page.find(".timeline .tip").hasAttribute("hidden"));
  });

  it("lists the longest activities, which lead to the chart and to the stage", async () => {
    const run = fakeRun({ modules: 100, threads: 4 });
    const page = await dashboard(run);
    const [first] = longest(timelineOf(run.report.timings, { bars: 1500 }), { from: 0, to: Infinity }, 1);
    const row = page.find(".longest-activities tbody tr");
    assert.ok(first);
    assert.equal(row.lastElementChild?.textContent, micros(first.bar.duration));
    page.news();
    const [module, start] = row.querySelectorAll("button");
    module?.click();
    assert.deepEqual(page.news(), [{ type: "open", run: page.extension.view?.id, module: first.bar.module, stage: first.bar.stage }]);
    start?.click();
    assert.equal(page.all(".bar-current").length, 1);
  });

  it("lists the slowest modules if activities were combined", async () => {
    const page = await dashboard();
    await page.until("modules", () => page.all(".slowest-modules tbody tr").length === 10);
    assert.ok(page.find(".longest-activities").hasAttribute("hidden"));
    const slowest = rowsOfReport(RUN.report)
      .filter(({ fromStore }) => !fromStore)
      .sort((left, right) => right.millis - left.millis)
      .slice(0, 10);
    assert.deepEqual(
      page.texts(".slowest-modules tbody th"),
      slowest.map(({ shortName }) => shortName),
    );
    page.news();
    page.find(".slowest-modules button").click();
    assert.deepEqual(page.news(), [{ type: "open", run: page.extension.view?.id, module: slowest[0]?.name, stage: null }]);
    // If single activities are in view, those are listed.
    for (let step = 0; step < 4; step += 1) page.button("Zoom In").click();
    await page.until("activities", () => !page.find(".longest-activities").hasAttribute("hidden"));
    assert.ok(page.find(".slowest-modules").hasAttribute("hidden"));
  });

  it("marks the critical path, and says what determined the duration of the run", async () => {
    const page = await dashboard();
    const { critical } = timelineOf(RUN.report.timings, { bars: 10 });
    assert.ok(critical !== null);
    assert.deepEqual(page.texts(".critical p"), criticalWords(critical));
    assert.match(page.find(".critical").textContent, /with 4 workers, they cannot take less than .*Critical path: Worker \d ended last/);
    // What precedes the modules, and the worker that ended last.
    assert.equal(page.all(".timeline-critical .critical-mark").length, 2);
    assert.ok(page.texts(".legend li").includes("Critical path"));
  });

  it("says nothing of a critical path if one module has all the work", async () => {
    const page = await dashboard(fakeFatRun(20));
    assert.ok(page.find(".critical").hasAttribute("hidden"));
    assert.equal(page.all(".timeline-critical .critical-mark").length, 0);
  });

  it("keeps its zoom while the page is hidden", async () => {
    const page = await dashboard();
    page.button("Zoom In").click();
    const where = page.find(".timeline .found").textContent;
    const again = page.hideAndShow();
    open = [again];
    again.extension.use(RUN);
    await again.startWithRun();
    assert.equal(again.find(".timeline .found").textContent, where);
  });

  it("says so if nothing was recorded", async () => {
    const page = new Dashboard(undefined);
    open.push(page);
    page.extension.use({ ...RUN, report: { ...RUN.report, timings: [] } });
    await page.start();
    await page.until("words", () => !page.find(".timeline .nothing").hasAttribute("hidden"));
    assert.match(page.find(".timeline .nothing").textContent, /No activities were recorded/);
  });
});

describe("instructions and size by stage", () => {
  const numbers = (page: Dashboard): readonly string[] => page.all(".stages tbody tr").map((row) => row.children[2]?.textContent ?? "");

  it("has the numbers of the report in a table, to which the chart refers", async () => {
    const page = await dashboard();
    const totals = stageTotals(RUN.report);
    assert.deepEqual(
      page.texts(".stages tbody th"),
      totals.map(({ label }) => label),
    );
    assert.deepEqual(
      numbers(page),
      totals.map(({ instructions }) => instructions.toLocaleString("en")),
    );
    assert.match(
      page.find(".stage-picture").getAttribute("aria-label") ?? "",
      /from [\d,]+ instructions .* at Input to [\d,]+ .* at Optimize \(pm\)/,
    );
    assert.equal(page.all(".stage-bar").length, 2 * totals.length);
  });

  it("follows the filter on request", async () => {
    const page = await dashboard();
    const all = numbers(page);
    page.change(page.find(".decisions vscode-text-field"), "serde", "input");
    await page.until("fewer modules", () => page.find(".decisions .found").textContent.includes(" of 400"));
    await page.quiet();
    assert.deepEqual(numbers(page), all);
    page.find(".stages vscode-checkbox").click();
    await page.until("other numbers", () => numbers(page)[0] !== all[0]);
    const wanted = new Set(
      RUN.report.modules.filter(({ crate, name, reason }) => `${name} ${crate} ${reason.detail}`.includes("serde")).map(({ name }) => name),
    );
    assert.deepEqual(
      numbers(page),
      stageTotals(RUN.report, wanted).map(({ instructions }) => instructions.toLocaleString("en")),
    );
  });

  it("excludes kept stages from the times, and says so", async () => {
    const page = await dashboard();
    const kept = RUN.report.modules.filter(({ fromStore }) => fromStore).length;
    assert.ok(kept > 0);
    assert.ok(page.find(".stages .found").textContent.endsWith(`the times exclude the stages of ${kept} modules, which earlier runs made`));
    const [total] = stageTotals(RUN.report).slice(-1);
    assert.equal(page.all(".stages tbody tr").at(-1)?.lastElementChild?.textContent, duration(total?.time.millis ?? 0));
    const all = RUN.report.modules.map((module) => ({ ...module, fromStore: true }));
    const again = await dashboard({ ...RUN, report: { ...RUN.report, modules: all } });
    assert.equal(again.all(".stages tbody tr").at(-1)?.lastElementChild?.textContent, "400 kept");
  });

  it("says if sums cannot be compared", async () => {
    const page = new Dashboard(undefined);
    open.push(page);
    const modules = RUN.report.modules.map((module, index) =>
      index % 2 === 0 ? module : { ...module, stages: module.stages.slice(0, 1) },
    );
    page.extension.use({ ...RUN, report: { ...RUN.report, modules } });
    await page.startWithRun();
    assert.match(page.find(".stages .found").textContent, /between 200 and 400 modules.*cannot be compared/);
  });
});

describe("fat LTO", () => {
  const legend = (page: Dashboard): string[] => page.all(".timeline .legend li:not([hidden])").map(({ textContent }) => textContent);

  it("has the stages of its own pipeline in the legend; so does thin LTO", async () => {
    const fat = await dashboard(fakeFatRun(20));
    assert.deepEqual(legend(fat), ["Input", "Linking one module", "Restriction", "Optimize (pm)", "Analysis and other work"]);
    const thin = legend(await dashboard());
    assert.ok(thin.includes("Rename") && !thin.includes("Restriction") && !thin.includes("Linking one module"), thin.join());
  });

  it("gives a stage the same time in the timeline and in the table of stages", async () => {
    const page = await dashboard(fakeFatRun(20));
    const inTable = new Map(
      page.all(".stages tbody tr").map((row) => [row.querySelector("th")?.textContent, row.lastElementChild?.textContent]),
    );
    const { lanes } = timelineOf(fakeFatRun(20).report.timings, { bars: 1500 }, PIPELINES.fat);
    const placed = lanes.flatMap(({ thread, bars }) => bars.map((bar) => ({ thread, bar })));
    for (const { bar } of placed) {
      if (bar.stage === null) continue;
      assert.equal(inTable.get(doingOf(bar)), duration(bar.duration / 1000), doingOf(bar));
    }
    const both = placed.find(({ bar }) => bar.activity === "LLVM_fat_lto_build_monolithic_module") ?? assert.fail("it is not there");
    assert.equal(linesOf(both)[1], "Input, Restriction and saving both (LLVM_fat_lto_build_monolithic_module)");
  });

  it("opens the base module for a module that was linked into it", async () => {
    const run = fakeFatRun(3);
    const page = await dashboard(run);
    const [base, linked] = run.report.modules;
    page.news();
    const link = page.all(".longest-activities tbody th button").find((button) => button.getAttribute("title") === linked?.name);
    assert.ok(link !== undefined);
    link.click();
    const [opened] = page.news();
    assert.deepEqual(opened, { type: "open", run: run.manifest.id, module: base?.name, stage: "lto.input" });
  });
});

const BAR: TimelineBar = {
  start: 1000,
  duration: 500,
  activity: "LLVM_thin_lto_import",
  module: "a.rcgu.o",
  shortName: "a",
  stage: "thin-lto-after-import",
  count: 1,
};

function timeline(...lanes: readonly (readonly TimelineBar[])[]): Timeline {
  const placed = lanes.map((bars, thread) => ({ thread, bars, busy: bars.reduce((sum, { duration }) => sum + duration, 0) }));
  return { totalMicros: 10_000, from: 0, to: 10_000, lanes: placed, activities: 1, putTogether: 0, critical: null };
}

describe("windows of time", () => {
  it("stay within the run", () => {
    assert.deepEqual(within({ from: -50, to: 50 }, 1000), { from: 0, to: 100 });
    assert.deepEqual(within({ from: 950, to: 1050 }, 1000), { from: 900, to: 1000 });
    assert.deepEqual(within({ from: 0, to: 5000 }, 1000), { from: 0, to: 1000 });
    assert.deepEqual(within({ from: 500, to: 501 }, 1000), { from: 500, to: 520 });
    assert.deepEqual(within({ from: 0, to: 0 }, 0), { from: 0, to: 0 });
  });

  it("zoom around a fixed point", () => {
    assert.deepEqual(zoomed({ from: 0, to: 1000 }, 2, 250, 1000), { from: 125, to: 625 });
    assert.deepEqual(zoomed({ from: 400, to: 600 }, 0.5, 500, 1000), { from: 300, to: 700 });
    assert.deepEqual(panned({ from: 400, to: 600 }, 0.25, 1000), { from: 450, to: 650 });
  });

  it("move only as far as needed to show something", () => {
    assert.deepEqual(revealing({ from: 0, to: 100 }, { from: 20, to: 40 }, 1000), { from: 0, to: 100 });
    assert.deepEqual(revealing({ from: 0, to: 100 }, { from: 490, to: 510 }, 1000), { from: 450, to: 550 });
    assert.deepEqual(revealing({ from: 0, to: 100 }, { from: 400, to: 600 }, 1000), { from: 380, to: 620 });
  });

  it("are requested with some margin", () => {
    assert.deepEqual(rangeFor({ from: 400, to: 600 }, 1000), { from: 300, to: 700 });
    assert.deepEqual(rangeFor({ from: 0, to: 600 }, 700), { from: 0, to: 700 });
    const loaded = { ...timeline([BAR]), from: 300, to: 700, putTogether: 3 };
    assert.equal(needsMore(loaded, { from: 400, to: 600 }), false);
    assert.equal(needsMore(loaded, { from: 200, to: 400 }), true);
    assert.equal(needsMore(loaded, { from: 450, to: 550 }), true);
    assert.equal(needsMore({ ...loaded, putTogether: 0 }, { from: 450, to: 550 }), false);
    assert.equal(needsMore(undefined, { from: 0, to: 1 }), true);
  });
});

describe("bars", () => {
  it("are described in words", () => {
    assert.deepEqual(linesOf({ bar: BAR, thread: 2 }), [
      "a",
      "a.rcgu.o",
      "Import (LLVM_thin_lto_import)",
      "500 µs, starting at 1.00 ms, worker 3",
    ]);
    const several: TimelineBar = { ...BAR, module: null, shortName: null, stage: null, activity: "", count: 12 };
    assert.deepEqual([whatOf(several), doingOf(several), kindOf(several)], ["12 activities", "several stages", "several"]);
    assert.deepEqual([kindOf(BAR), kindOf({ ...BAR, stage: null })], ["import", "other"]);
  });

  it("of a new stage in a pipeline's list have its name, its look and a line in the legend", () => {
    const [first] = PIPELINES.thin.stages;
    assert.ok(first !== undefined);
    const outline = { ...first, tag: "thin-lto-after-outline", label: "Outline", fill: "rename" } as const;
    const pipeline: Pipeline = { ...PIPELINES.thin, stages: [...PIPELINES.thin.stages, outline] };
    const bar: TimelineBar = { ...BAR, stage: outline.tag };
    assert.deepEqual([doingOf(bar, [pipeline]), kindOf(bar, [pipeline])], ["Outline", "rename"]);
    const lines = legendOf(pipeline).filter((line) => line.isOf(bar));
    assert.deepEqual(
      lines.map(({ kind, label }) => [kind, label]),
      [["rename", "Outline"]],
    );
  });

  it("list the longest single activities in view", () => {
    const bars = timeline([BAR, { ...BAR, start: 4000, duration: 900 }], [{ ...BAR, duration: 2000, count: 7 }]);
    assert.deepEqual(
      longest(bars, { from: 0, to: 10_000 }, 5).map(({ bar }) => bar.duration),
      [900, 500],
    );
    assert.deepEqual(
      longest(bars, { from: 0, to: 2000 }, 5).map(({ bar }) => bar.duration),
      [500],
    );
  });

  it("say how busy a thread was, if known", () => {
    const bars = timeline([BAR, { ...BAR, start: 1100, duration: 100 }]);
    assert.equal(busyShare(bars, 0, { from: 0, to: 10_000 }), 0.06);
    assert.equal(busyShare(bars, 0, { from: 1000, to: 2000 }), 0.5);
    assert.equal(busyShare({ ...bars, putTogether: 1 }, 0, { from: 1000, to: 2000 }), null);
    assert.equal(busyShare(bars, 7, { from: 0, to: 1 }), 0);
  });

  it("can be navigated", () => {
    const [early, late, other] = [BAR, { ...BAR, start: 3000 }, { ...BAR, start: 2900 }];
    const bars = timeline([early, late], [other]);
    const go = (key: string, at: { bar: TimelineBar; thread: number } | undefined): unknown =>
      timelineAction({ key, shiftKey: false }, bars, at, { from: 0, to: 10_000 });
    assert.deepEqual(go("ArrowRight", undefined), { kind: "go", to: { bar: early, thread: 0 } });
    assert.deepEqual(go("ArrowRight", { bar: early, thread: 0 }), { kind: "go", to: { bar: late, thread: 0 } });
    assert.deepEqual(go("ArrowDown", { bar: late, thread: 0 }), { kind: "go", to: { bar: other, thread: 1 } });
    assert.deepEqual(go("ArrowUp", { bar: other, thread: 1 }), { kind: "go", to: { bar: late, thread: 0 } });
    assert.deepEqual(go("Enter", undefined), undefined);
    assert.deepEqual(go("q", { bar: early, thread: 0 }), undefined);
    const pan = timelineAction({ key: "ArrowLeft", shiftKey: true }, bars, undefined, { from: 0, to: 1 });
    assert.deepEqual(pan, { kind: "pan", share: -0.25 });
  });
});

describe("numbers", () => {
  it("are short, and never have an exponent", () => {
    assert.deepEqual([0, 980, 999.6e3, 1204, 34_100, 2.4e6].map(short), ["0", "980", "1.00 M", "1.20 k", "34.1 k", "2.40 M"]);
    assert.deepEqual([7, 999.6, 1530, 999_600, 2_040_000, 125e6].map(micros), ["7 µs", "1000 µs", "1.53 ms", "1.00 s", "2.04 s", "125 s"]);
    assert.deepEqual(
      [10, 105, 100.01].map((after) => percent({ before: 100, after })),
      ["−90 %", "+5.0 %", "0 %"],
    );
    assert.equal(percent({ before: 0, after: 5 }), "");
  });

  it("on an axis have as many digits as needed", () => {
    assert.deepEqual([0, 500_000].map(clockOf(500_000, 2_000_000)), ["0.0 s", "0.5 s"]);
    assert.deepEqual([1_204_010, 1_204_020].map(clockOf(10, 2_000_000)), ["1.20401 s", "1.20402 s"]);
    assert.deepEqual([20, 40].map(clockOf(20, 100)), ["20 µs", "40 µs"]);
  });
});
