import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CHANGE_BITS } from "../../src/protocol/engine/passes.js";
import { functionNamed } from "../../src/core/explain/passes/chosen-function.js";
import { isPassNamed, runsThat, sumsByBoth, sumsByFunction, sumsByPass, WHOLE_MODULE } from "../../src/core/explain/passes/run-list.js";
import { passTrace } from "../../src/core/explain/passes/trace-format.js";
import { PassesTrace } from "../../src/core/explain/passes/trace.js";
import { traceOf } from "../support/pass-traces.js";

const [SROA, INSTCOMBINE, INLINER, LICM, GLOBAL_DCE] = [0, 1, 2, 3, 4];
const [F, G, H] = [0, 1, 2];
const [MODULE, IN_F, IN_G, BOTH, LOOP] = [0, 1, 2, 3, 4];

/** `h` is removed by a pass on the module, and `g` is inlined into `f`. */
const PARTS = {
  passes: ["SROAPass", "InstCombinePass", "InlinerPass", "LICMPass", "GlobalDCEPass"],
  functions: ["f", "g", "h"],
  subjects: [
    [0, 0],
    [2, 0, F],
    [2, 0, G],
    [1, 0, F, G],
    [3, 2, F],
  ],
  runs: [
    [SROA, IN_F, 0, 100],
    [SROA, IN_G, 1, 40],
    [INLINER, BOTH, 0, 500],
    [INSTCOMBINE, IN_F, 0, 300],
    [LICM, LOOP, 1, 60],
    [GLOBAL_DCE, MODULE, 0, 1000],
  ],
  changes: [
    [0, F, CHANGE_BITS.code, -3, 11],
    [2, F, CHANGE_BITS.code, 20, 12],
    [2, G, CHANGE_BITS.header, 0, 21],
    [3, F, CHANGE_BITS.code, -5, 13],
    [5, H, CHANGE_BITS.removed, -7, 0],
  ],
  memory: [
    [2, 64, 80],
    [5, -32, 0],
  ],
  total: 2200,
  before: [30, 8],
} as const;

const trace = new PassesTrace(traceOf(PARTS));

describe("a trace of passes", () => {
  it("has the form that is read", () => {
    assert.equal(passTrace.safeParse(traceOf(PARTS)).success, true);
    assert.equal(passTrace.safeParse({ ...traceOf(PARTS), passes: [1] }).success, false);
  });

  it("knows each run", () => {
    assert.equal(trace.length, 6);
    assert.deepEqual([trace.pass(4), trace.kind(4), trace.depth(4), [...trace.functionsOf(4)]], ["LICMPass", "loop", 2, [F]]);
    assert.deepEqual([trace.kind(5), [...trace.functionsOf(5)], trace.changed(5), trace.changed(4)], ["module", [], true, false]);
    assert.deepEqual([...trace.times], [100, 40, 500, 300, 60, 1000]);
    assert.deepEqual([trace.memoryOf(2), trace.memoryOf(5), trace.memoryOf(0)], [{ net: 64, peak: 80 }, { net: -32, peak: 0 }, null]);
  });

  it("knows what happened to a function, in order", () => {
    const history = trace.historyOf(trace.functionOf("f") ?? -1);
    assert.deepEqual(
      history.map(({ run, instructions, hash }) => [trace.pass(run), instructions, hash]),
      [
        ["SROAPass", -3, 11],
        ["InlinerPass", 20, 12],
        ["InstCombinePass", -5, 13],
      ],
    );
    assert.deepEqual(
      trace.changesOf(2).map((change) => change.function),
      [F, G],
    );
    assert.deepEqual([...trace.runsFor(H)], [5]);
    assert.deepEqual([...trace.runsFor(G)], [1, 2, 5]);
    assert.deepEqual([...trace.changedFunctions()], [F, G, H]);
  });

  it("knows how large functions are, and which were there before the passes", () => {
    assert.deepEqual(
      [F, G, H].map((fn) => trace.definedBefore(fn)),
      [true, true, false],
    );
    assert.deepEqual([trace.sizeBefore(F), trace.largestSize(F), trace.sizeBefore(H)], [30, 47, 0]);
  });

  it("is filtered by what changed, by pass, kind and function", () => {
    const list = (filter: Parameters<typeof runsThat>[1]): number[] => [...runsThat(trace, filter)];
    assert.deepEqual(list({}), [0, 1, 2, 3, 4, 5]);
    assert.deepEqual(list({ changed: true }), [0, 2, 3, 5]);
    assert.deepEqual(list({ changed: true, function: G }), [2]);
    assert.deepEqual(list({ pass: "sroa" }), [0, 1]);
    assert.deepEqual(list({ kind: "loop" }), [4]);
    assert.deepEqual(list({ function: F, pass: "in" }), [2, 3]);
  });

  it("finds passes by a part of the name, or by letters in order", () => {
    assert.ok(isPassNamed("InstCombinePass", "combine"));
    assert.ok(isPassNamed("InstCombinePass", "icomb"));
    assert.ok(isPassNamed("LoopVectorizePass", "loop-vectorize"));
    assert.ok(!isPassNamed("InstCombinePass", "licm"));
  });

  it("adds up by pass, by function and by both", () => {
    const all = runsThat(trace, {});
    const passes = sumsByPass(trace, all);
    assert.deepEqual(passes.get(SROA), { runs: 2, changed: 1, time: 140, net: 0, peak: 0 });
    assert.equal(passes.get(INLINER)?.peak, 80);
    const functions = sumsByFunction(trace, all);
    assert.equal(functions.get(F)?.time, 100 + 250 + 300 + 60);
    assert.equal(functions.get(WHOLE_MODULE)?.time, 1000);
    const both = sumsByBoth(trace, all);
    assert.deepEqual([both[0]?.pass, both[0]?.function, both[0]?.time], [GLOBAL_DCE, WHOLE_MODULE, 1000]);
    for (const sums of [passes.values(), functions.values(), both]) {
      assert.equal(
        [...sums].reduce((sum, { time }) => sum + time, 0),
        2000,
      );
    }
  });

  it("may be empty", () => {
    const empty = new PassesTrace(traceOf({ passes: [], functions: [], subjects: [], runs: [], changes: [] }));
    assert.deepEqual([empty.length, [...runsThat(empty, {})], empty.hasMemory], [0, [], false]);
  });
});

describe("the function that a name means", () => {
  const copies = new PassesTrace(
    traceOf({
      ...PARTS,
      functions: ["foo.llvm.1", "foo.llvm.2", "other"],
      changes: [[0, 1, CHANGE_BITS.code, -3, 11]],
      memory: [],
      before: [1, 1],
    }),
  );
  const names = new Map([
    ["foo.llvm.1", "a::foo"],
    ["foo.llvm.2", "a::foo"],
    ["other", "a::other"],
  ]);

  it("is the only one of several that a pass changed", () => {
    assert.equal(functionNamed(copies, names, "a::foo"), "foo.llvm.2");
    assert.equal(functionNamed(copies, names, "foo.llvm.1"), "foo.llvm.1");
    assert.equal(functionNamed(copies, names, "other"), "other");
    assert.throws(() => functionNamed(copies, names, "nothing"), /No pass ran on a function named nothing/);
  });
});
