/** Rows, groups, timelines and totals of a run: pure functions over its report. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { crateRows, filterRows, groupRows, pageOf, rowsOfReport, sortRows } from "../../src/core/views/module-rows.js";
import { moduleLine, type ListOfModules } from "../../src/core/views/row-lines.js";
import { stageTotals } from "../../src/core/views/stage-totals.js";
import { MOST_BARS, timelineOf } from "../../src/core/views/timeline.js";
import { REASON_ICONS } from "../../src/protocol/module-groups.js";
import { PIPELINES } from "../../src/protocol/pipelines.js";
import type { ModuleReport, RunReport, StageReport, Timing, Verdict } from "../../src/protocol/runs.js";
import type { Stage } from "../../src/protocol/stages.js";
import { MOST_ROWS, type ModuleSort } from "../../src/protocol/views.js";

function stage(name: Stage, instructions: number, sameAsPrevious = false): StageReport {
  return { stage: name, file: null, bytes: instructions * 4, instructions, functions: 2, millis: 1.5, sameAsPrevious };
}

function module(name: string, crate: string, verdict: Verdict, instructions: readonly [number, number]): ModuleReport {
  return {
    name,
    origin: "local",
    crate,
    source: `/inputs/${name}.bc`,
    bytes: instructions[0] * 5,
    verdict,
    reason: { kind: verdict === "re-used" ? "key-equal" : "key-changed", detail: "Because." },
    key: null,
    previousKey: null,
    fromStore: false,
    stages:
      verdict === "failed" ? [] : [stage("thin-lto-input", instructions[0]), stage("thin-lto-after-pm", instructions[1], name === "same")],
  };
}

const modules = [
  module("big", "app", "re-compiled", [100, 300]),
  module("same", "app", "re-used", [50, 50]),
  module("small", "std", "re-compiled", [10, 5]),
  module("broken", "std", "failed", [1, 1]),
];

const report: RunReport = {
  schema: 1,
  command: "thin",
  unit: { id: "u@1", name: "u (bin)", crateTypes: ["bin"], profile: "release", mode: "thin" },
  llvm: { path: "/lib", version: "22.1.2", revision: "", matchesProducer: true },
  fidelity: "verified",
  deviations: [],
  settings: { optLevel: "3", targetCpu: null, targetFeatures: "", relocationModel: "pic", llvmArgs: [], preservedSymbols: 1 },
  modules,
  timings: [],
  peakMemoryBytes: 1,
  warnings: [],
};

const rows = rowsOfReport(report);
const names = (found: readonly { readonly name: string }[]): string[] => found.map(({ name }) => name);

describe("module rows", () => {
  it("have the first and the last stage, or none", () => {
    const [big, , , broken] = rows;
    assert.deepEqual([big?.instructions, big?.stageBytes, big?.millis], [{ before: 100, after: 300 }, { before: 400, after: 1200 }, 3]);
    assert.deepEqual([broken?.instructions, broken?.stageBytes, broken?.millis], [null, null, 0]);
  });

  it("are sorted stably, either way", () => {
    assert.deepEqual(names(sortRows(rows, "run")), ["big", "same", "small", "broken"]);
    assert.deepEqual(names(sortRows(rows, "run", true)), ["broken", "small", "same", "big"]);
    assert.deepEqual(names(sortRows(rows, "crate")), ["big", "same", "small", "broken"]);
    assert.deepEqual(names(sortRows(rows, "crate", true)), ["small", "broken", "big", "same"]);
    assert.deepEqual(names(sortRows(rows, "growth", true)), ["big", "same", "broken", "small"]);
    assert.deepEqual(names(sortRows(rows, "verdict")), ["broken", "big", "small", "same"]);
    assert.deepEqual(names(sortRows(rows, "bytes")), ["broken", "small", "same", "big"]);
  });

  it("are filtered by words, verdict, crate and reason together", () => {
    assert.deepEqual(names(filterRows(rows, { text: "APP because" })), ["big", "same"]);
    assert.deepEqual(names(filterRows(rows, { text: "app", verdicts: ["re-used"] })), ["same"]);
    assert.deepEqual(names(filterRows(rows, { crates: ["std"], reasons: ["key-changed"] })), ["small", "broken"]);
    assert.deepEqual(filterRows(rows, { verdicts: [null] }), []);
    assert.equal(filterRows(rows, {}), rows);
  });

  it("are in the order of what matters by default: the workspace's first, std's last, within these what happened, then the largest", () => {
    const at = (name: string, place: "workspace" | "dependency" | "std" | undefined, verdict: Verdict, size: number): ModuleReport => ({
      ...module(name, name.slice(0, 1), verdict, [size, size]),
      ...(place === undefined ? {} : { place }),
    });
    const some = rowsOfReport({
      ...report,
      modules: [
        at("s1", "std", "re-compiled", 900),
        at("d1", undefined, "re-used", 800),
        at("d2", "dependency", "re-compiled", 7),
        at("w1", "workspace", "re-used", 600),
        at("w2", "workspace", "re-compiled", 5),
        at("w3", "workspace", "re-compiled", 50),
        at("w4", "workspace", "failed", 1),
      ],
    });
    const order = ["w4", "w3", "w2", "w1", "d2", "d1", "s1"];
    assert.deepEqual(names(sortRows(some, undefined)), order);
    assert.deepEqual(names(sortRows(some, undefined, true)), order.toReversed());
    assert.deepEqual(
      crateRows(some).map(({ crate, place }) => [crate, place]),
      [
        ["w", "workspace"],
        ["d", "dependency"],
        ["s", "std"],
      ],
    );
    assert.deepEqual(
      crateRows(some, "crate").map(({ crate }) => crate),
      ["d", "s", "w"],
    );
    // Two crates of one name: the user's counts.
    const both = [at("x1", "std", "re-used", 1), at("x2", "workspace", "re-used", 1)];
    assert.deepEqual(
      crateRows(rowsOfReport({ ...report, modules: both })).map(({ place }) => place),
      ["workspace"],
    );
  });

  it("are grouped by what happened, failed first, and by crate", () => {
    assert.deepEqual(
      groupRows(rows).map(({ group, modules: count, crates }) => [group, count, crates]),
      [
        ["failed", 1, 1],
        ["changed", 2, 2],
        ["re-used", 1, 1],
      ],
    );
    assert.deepEqual(names(filterRows(rows, { groups: ["changed"] })), ["big", "small"]);
    assert.deepEqual(names(filterRows(rows, { groups: ["never-cached", "failed"] })), ["broken"]);
    assert.deepEqual(
      crateRows(rows, "bytes", true).map(({ crate, verdict, modules: count, bytes }) => [crate, verdict, count, bytes]),
      [
        ["app", null, 2, 750],
        ["std", null, 2, 55],
      ],
    );
    assert.equal(crateRows(filterRows(rows, { verdicts: ["re-compiled"] }))[0]?.verdict, "re-compiled");
  });

  it("count only the work of this run, and sort kept modules last", () => {
    const some = rowsOfReport({ ...report, modules: modules.map((one) => ({ ...one, fromStore: one.name === "big" })) });
    assert.deepEqual(
      groupRows(some).map(({ group, time }) => [group, time]),
      [
        ["failed", { millis: 0, kept: 0 }],
        ["changed", { millis: 3, kept: 1 }],
        ["re-used", { millis: 3, kept: 0 }],
      ],
    );
    assert.deepEqual(
      crateRows(some, "crate").map(({ time }) => time),
      [
        { millis: 3, kept: 1 },
        { millis: 3, kept: 0 },
      ],
    );
    assert.equal(names(sortRows(some, "time", true)).at(-1), "big");
    assert.equal(some[0]?.millis, 3);
  });

  it("are returned by range, for any request", () => {
    assert.deepEqual(pageOf(rows, { offset: 1, limit: 2 }), { total: 4, offset: 1, rows: rows.slice(1, 3) });
    assert.deepEqual(pageOf(rows, { offset: 9, limit: 2 }).rows, []);
    for (const limit of [-1, NaN, 0]) assert.deepEqual(pageOf(rows, { offset: 0, limit }).rows, [], String(limit));
    assert.deepEqual(pageOf(rows, { offset: -3, limit: 1.9 }).rows, rows.slice(0, 1));
    const many = Array.from({ length: 3 * MOST_ROWS }, (_, index) => index);
    assert.equal(pageOf(many, { offset: 0, limit: Infinity }).rows.length, MOST_ROWS);
  });
});

describe("lines of trees", () => {
  const [big, same] = rows;
  const line = (row: (typeof rows)[number] | undefined, list: ListOfModules): string => moduleLine(row ?? assert.fail(), list).description;

  it("leave out what all rows of a list have in common", () => {
    assert.equal(line(big, {}), "key-changed · app · 500 B · 3 ms");
    assert.equal(line(big, { filter: { crates: ["app"] } }), "key-changed · 500 B · 3 ms");
    assert.equal(line(big, { filter: { crates: ["app"], groups: ["changed"] } }), "500 B · 3 ms");
    assert.equal(line(big, { filter: { crates: ["app"], groups: ["changed", "new"] } }), "key-changed · 500 B · 3 ms");
    assert.equal(line(same, { filter: { crates: ["app"], groups: ["re-used"] } }), "250 B · 3 ms");
  });

  it("keep a reason that is not the group's, and no reason of the whole build", () => {
    const upstream = { ...(big ?? assert.fail()), origin: "upstream" as const };
    assert.equal(line(upstream, { filter: { crates: ["app"], groups: ["never-cached"] } }), "key-changed · 500 B · 3 ms");
    const first = { ...upstream, reason: { kind: "no-previous-keys" as const, detail: "" } };
    assert.equal(line(first, { filter: { crates: ["app"] } }), "500 B · 3 ms");
  });

  it("begin with what the list is sorted by", () => {
    const of = (sort: ModuleSort): string => line(big, { filter: { crates: ["app"], groups: ["changed"] }, sort });
    assert.deepEqual(
      [of("bytes"), of("time"), of("growth"), of("instructions"), of("reason"), of("verdict"), of("name")],
      [
        "500 B · 3 ms",
        "3 ms · 500 B",
        "+200 instructions · 500 B · 3 ms",
        "300 instructions · 500 B · 3 ms",
        "key-changed · 500 B · 3 ms",
        "re-compiled · 500 B · 3 ms",
        "500 B · 3 ms",
      ],
    );
    const crates = crateRows(rows, "time", true).map(({ line: { description } }) => description);
    assert.deepEqual(crates, ["6 ms · 2 CGUs · 750 B", "3 ms · 2 CGUs · 55 B"]);
  });

  it("have an icon for each reason, and say in words what icons and colours show", () => {
    const icons = rows.map((row) => moduleLine(row, {}).icon);
    assert.deepEqual(icons, ["edit", "check", "edit", "edit"]);
    assert.equal(new Set(Object.values(REASON_ICONS)).size, Object.keys(REASON_ICONS).length);
    assert.equal(moduleLine(big ?? assert.fail(), {}).words, "codegen unit big, re-compiled · Because. · key-changed · app · 500 B · 3 ms");
    const [failed] = groupRows(rows);
    assert.deepEqual(failed?.line, {
      ...{ icon: "error", color: "errorForeground", description: "1 CGU in 1 crate" },
      words: "Failed, 1 CGU in 1 crate. The engine failed on these modules.",
    });
  });
});

describe("stage totals", () => {
  it("add up existing stages, and count what a stage changed", () => {
    const totals = stageTotals(report);
    assert.equal(totals.length, PIPELINES.thin.stages.length);
    const last = totals.at(-1);
    assert.deepEqual([last?.modules, last?.instructions, last?.bytes, last?.changed], [3, 355, 1420, 2]);
    assert.deepEqual([totals[1]?.modules, totals[1]?.instructions], [0, 0]);
    assert.equal(stageTotals(report, new Set(["small"])).at(-1)?.instructions, 5);
  });

  it("only include the time of this run", () => {
    const some = { ...report, modules: modules.map((one) => ({ ...one, fromStore: one.name === "big" })) };
    assert.deepEqual(stageTotals(report).at(-1)?.time, { millis: 4.5, kept: 0 });
    assert.deepEqual(stageTotals(some).at(-1)?.time, { millis: 3, kept: 1 });
  });
});

describe("timeline", () => {
  const timing = (thread: number, startMicros: number, durationMicros: number, argument: string | null = "m"): Timing => ({
    activity: "LLVM_lto_optimize",
    argument,
    thread,
    startMicros,
    durationMicros,
  });

  it("begins with the first activity, one lane per thread", () => {
    const { totalMicros, lanes, activities, putTogether } = timelineOf([timing(1, 1000, 50), timing(0, 1200, 100), timing(1, 1060, 40)], {
      bars: 100,
    });
    assert.deepEqual([totalMicros, activities, putTogether], [300, 3, 0]);
    const one = lanes.find(({ thread }) => thread === 1);
    assert.deepEqual(
      one?.bars.map(({ start, duration, stage: of, count }) => [start, duration, of, count]),
      [
        [0, 50, "thin-lto-after-pm", 1],
        [60, 40, "thin-lto-after-pm", 1],
      ],
    );
    assert.equal(one.busy, 90);
  });

  it("is empty if nothing was timed", () => {
    assert.deepEqual(timelineOf([], { bars: 10 }), {
      totalMicros: 0,
      from: 0,
      to: 0,
      lanes: [],
      activities: 0,
      putTogether: 0,
      critical: null,
    });
  });

  it("never has more bars than requested, and loses no activity", () => {
    const timings = Array.from({ length: 6000 }, (_, index) => timing(index % 7, index * 10, 9, `module ${index % 3}`));
    for (const bars of [7, 50, 1000, NaN, Infinity]) {
      const { lanes, activities } = timelineOf(timings, { bars });
      const shown = lanes.flatMap((lane) => lane.bars);
      assert.equal(activities, 6000);
      assert.equal(
        shown.reduce((sum, { count }) => sum + count, 0),
        6000,
      );
      assert.ok(shown.length <= (Number.isFinite(bars) ? bars : MOST_BARS), `${shown.length} of ${bars}`);
    }
    const merged = timelineOf(timings, { bars: 7 }).lanes[0]?.bars[0];
    assert.deepEqual([merged?.module, merged?.activity], [null, "LLVM_lto_optimize"]);
  });

  it("keeps stages separate that can be drawn separately", () => {
    const rename = (start: number): Timing => ({ ...timing(0, start, 8), activity: "LLVM_thin_lto_rename" });
    const timings = [...Array.from({ length: 30 }, (_, index) => rename(8 * index)), timing(0, 240, 10), timing(0, 990, 10)];
    const { lanes } = timelineOf(timings, { bars: 10 });
    const stages = lanes.flatMap(({ bars }) => bars.map(({ stage: of }) => of));
    assert.ok(stages.length <= 10 && stages.includes("thin-lto-after-rename"), String(stages.length));
    assert.deepEqual(stages.slice(-2), ["thin-lto-after-pm", "thin-lto-after-pm"]);
    assert.ok(!stages.includes(null));
  });

  it("shows each stage of fat LTO with its duration, in front of the activity that contains it", () => {
    const of = (activity: string, startMicros: number, durationMicros: number): Timing => ({
      ...timing(0, startMicros, durationMicros),
      activity,
    });
    const timings = [
      of("LLVM_fat_lto_link_module", 0, 300),
      of("lto.input", 0, 500),
      of("lto.after-restriction", 8000, 27),
      of("LLVM_fat_lto_build_monolithic_module", 0, 8270),
      timing(0, 9000, 100),
    ];
    const fat = timelineOf(timings, { bars: 10 }, PIPELINES.fat);
    assert.deepEqual(
      fat.lanes[0]?.bars.map(({ activity, stage: to, duration }) => [activity, to, duration]),
      [
        ["LLVM_fat_lto_build_monolithic_module", null, 8270],
        ["lto.input", "lto.input", 500],
        ["LLVM_fat_lto_link_module", null, 300],
        ["lto.after-restriction", "lto.after-restriction", 27],
        ["LLVM_lto_optimize", "lto.after-pm", 100],
      ],
    );
    assert.equal(fat.lanes[0].busy, 8370);
  });

  it("combines activities without duration at one moment into one bar", () => {
    const timings = Array.from({ length: 100 }, () => timing(0, 5, 0));
    assert.equal(timelineOf(timings, { bars: 3 }).lanes[0]?.bars.length, 1);
  });

  it("shows what overlaps the range, and how busy it was", () => {
    const part = timelineOf([timing(0, 0, 100), timing(0, 200, 100), timing(0, 400, 100)], { bars: 100, from: 250, to: 450 });
    assert.deepEqual([part.activities, part.lanes[0]?.busy, part.from, part.to], [2, 100, 250, 450]);
  });
});
