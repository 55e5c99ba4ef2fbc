import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { attributed, type ProfiledModule } from "../../src/core/explain/passes/attribution.js";
import { foldedStacks, traceEvents, type ExportedModule } from "../../src/core/explain/passes/exports.js";
import { PassesTrace } from "../../src/core/explain/passes/trace.js";
import { framesOf } from "../../src/core/views/profile-frames.js";
import { traceOf } from "../support/pass-traces.js";

const FUNCTIONS = ["a", "b;c", "d", "e", "f", "slow"];

/** Each function of 10 instructions takes 10 µs, except one. */
const trace = new PassesTrace(
  traceOf({
    passes: ["SROAPass", "GlobalDCEPass"],
    functions: FUNCTIONS,
    subjects: [[0, 0], ...FUNCTIONS.map((_, index) => [2, 0, index] as const)],
    runs: [...FUNCTIONS.map((name, index) => [0, index + 1, 0, name === "slow" ? 20_000 : 100] as const), [1, 0, 0, 5000]],
    changes: [],
    memory: [[5, 10, 4000]],
    total: 30_000,
  }),
);

const STAGES = [
  { stage: "thin-lto-input", millis: 1 },
  { stage: "thin-lto-after-pm", millis: 4 },
];

const MODULES: readonly ProfiledModule[] = [
  { module: "m1", name: "one", crate: "app", stages: STAGES, trace },
  { module: "m2", name: "two", crate: "lib", stages: STAGES, trace: null },
];

const nameOf = (symbol: string): string => `app::${symbol}`;

describe("time, attributed", () => {
  const found = attributed(MODULES, nameOf, 3);

  it("adds up to what was measured, and names what no pass took", () => {
    const one = found.modules.find(({ module }) => module === "m1") ?? assert.fail();
    assert.equal(one.passes, 2.55);
    assert.ok(Math.abs(one.passManagers - 0.45) < 1e-9);
    assert.ok(Math.abs(one.rest - 1) < 1e-9);
    assert.equal(one.peakBytes, 4_096_000);
    assert.ok(Math.abs(found.attributedMillis - found.millis) < 1e-9);
    assert.equal(found.millis, 10);
    assert.deepEqual(
      found.crates.map(({ crate, modules, millis }) => [crate, modules, millis]),
      [
        ["app", 1, 5],
        ["lib", 1, 5],
      ],
    );
  });

  it("says on which function a pass spent most time, and most memory", () => {
    const [first] = found.costliest;
    assert.deepEqual([first?.pass, first?.function, first?.millis, first?.runs], ["SROAPass", "app::slow", 2, 1]);
    assert.deepEqual([first?.instructions, first?.timesMedian], [10, 200]);
    assert.deepEqual(
      found.largest.map(({ symbol, peakBytes }) => [symbol, peakBytes]),
      [["slow", 4_096_000]],
    );
    assert.deepEqual(
      found.passes.map(({ pass, runs, most }) => [pass, runs, most?.function]),
      [
        ["SROAPass", 6, "app::slow"],
        ["GlobalDCEPass", 1, "(the whole module)"],
      ],
    );
  });
});

describe("exports of a profile", () => {
  const times = attributed(MODULES, nameOf, 3).modules;
  const modules = MODULES.map((measured): ExportedModule => ({
    measured,
    time: times.find(({ module }) => module === measured.module) ?? assert.fail(),
  }));

  interface Event {
    readonly ph: string;
    readonly name: string;
    readonly pid: number;
    readonly tid: number;
    readonly ts: number;
    readonly dur: number;
    readonly args?: { readonly name?: string; readonly functions?: readonly string[] };
  }

  it("are a timeline whose events nest and follow one another", () => {
    const { traceEvents: events } = JSON.parse(traceEvents(modules, nameOf)) as { readonly traceEvents: readonly Event[] };
    const names = events.filter(({ ph }) => ph === "M").map(({ name, args }) => [name, args?.name]);
    assert.deepEqual(names, [
      ["process_name", "app"],
      ["thread_name", "one"],
      ["process_name", "lib"],
      ["thread_name", "two"],
    ]);
    const own = events.filter(({ ph, tid }) => ph === "X" && tid === 1);
    const [input, optimize, ...parts] = own;
    assert.deepEqual([input?.name, input?.ts, input?.dur], ["Input", 0, 1000]);
    assert.deepEqual([optimize?.ts, optimize?.dur], [1000, 4000]);
    let at = 1000;
    for (const { ts, dur } of parts) {
      assert.ok(Math.abs(ts - at) < 1e-6);
      at = ts + dur;
    }
    assert.ok(Math.abs(at - 5000) < 1e-6);
    assert.deepEqual(parts[0]?.args?.functions, ["app::a"]);
    assert.deepEqual(
      parts.slice(-2).map(({ name }) => name),
      ["(pass managers)", "(the rest)"],
    );
  });

  it("are a timeline without short runs if there are too many", () => {
    const { traceEvents: events } = JSON.parse(traceEvents(modules, nameOf, 3)) as { readonly traceEvents: readonly Event[] };
    assert.deepEqual(
      events.filter(({ ph, tid }) => ph === "X" && tid === 1).map(({ name, dur }) => [name, Math.round(dur)]),
      [
        ["Input", 1000],
        ["Optimize (pm)", 4000],
        ["(short runs)", 50],
        ["SROAPass", 2000],
        ["GlobalDCEPass", 500],
        ["(pass managers)", 450],
        ["(the rest)", 1000],
      ],
    );
  });

  it("are stacks whose values add up, with one frame for each name", () => {
    const lines = foldedStacks(modules, nameOf).trimEnd().split("\n");
    assert.ok(lines.includes("app;one;Optimize (pm);SROAPass;app::slow 2000"));
    assert.ok(lines.includes("app;one;Optimize (pm);SROAPass;app::b,c 10"));
    assert.equal(
      lines.reduce((sum, line) => sum + Number(/ (\d+)$/.exec(line)?.[1]), 0),
      10_000,
    );
  });

  it("are frames, of which small ones are put together: the parts still add up", () => {
    const short = (frames: readonly { readonly kind: string; readonly name: string; readonly parent: number; readonly millis: number }[]) =>
      frames.map(({ kind, name, parent, millis }) => [kind, name, parent, Math.round(100 * millis) / 100]);
    const all = framesOf(modules, nameOf);
    assert.equal(all.filter(({ kind }) => kind === "function").length, FUNCTIONS.length + 1);
    assert.ok(all.every(({ parent }, index) => parent < index));
    // Both crates took as long; lists are in the order of time.
    const few = short(framesOf(modules, nameOf, 7));
    assert.deepEqual(
      few.slice(few.findIndex(([, name]) => name === "app")).map(([kind, name, , millis]) => [kind, name, millis]),
      [
        ["crate", "app", 5],
        ["module", "one", 5],
        ["stage", "Optimize (pm)", 4],
        ["pass", "SROAPass", 2.05],
        ["function", "app::slow", 2],
        ["smaller", "", 0.05],
        ["smaller", "", 1.95],
        ["stage", "Input", 1],
      ],
    );
  });

  it("have the memory of the run that had allocated most, and as width what their functions have together", () => {
    const frames = framesOf(modules, nameOf);
    const crate = frames.find(({ name }) => name === "app");
    assert.deepEqual([crate?.peakBytes, crate?.allBytes], [4000 * 1024, 4000 * 1024]);
    assert.deepEqual(frames.find(({ name }) => name === "app::slow")?.allBytes, 4000 * 1024);
  });
});
