/** Functions of two builds: which are the same ones, what differs, and which build is the later one. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { pairsOf } from "../../src/core/explain/asm/compare-functions.js";
import type { FoundFunctions } from "../../src/core/explain/asm/find-functions.js";
import { symbolsAlike } from "../../src/core/explain/calls/chosen.js";
import { comparisonView } from "../../src/core/views/assembly-view.js";
import type { FunctionAssembly } from "../../src/protocol/asm.js";
import { isLaterBuild } from "../../src/server/adapters/build-order.js";

/** Functions of one readable name; the lines say the symbol, which a comparison would hide. */
function build(...functions: readonly (readonly [symbol: string, lines: string, name?: string])[]): FoundFunctions {
  const assembled = functions.map(([symbol, lines, name = "vec::grow"]): FunctionAssembly => ({
    name,
    symbol,
    module: "m",
    bytes: null,
    stackBytes: null,
    spills: 0,
    reloads: 0,
    spillBytes: 0,
    instructions: null,
    mix: [],
    checked: { result: null, with: null, why: null },
    lines: lines.split(";").map((text) => ({ text, at: null })),
  }));
  return { functions: assembled, comment: "#", nameOf: (symbol) => symbol };
}

function paired(before: FoundFunctions, after: FoundFunctions): (readonly [string | null, string | null])[] {
  return pairsOf(before, after).map((pair) => [pair.before?.lines[0]?.text ?? null, pair.after?.lines[0]?.text ?? null]);
}

describe("functions of two builds", () => {
  it("are paired by symbol if several read alike", () => {
    const same = build(["grow_u8", "a"], ["grow_string", "b"]);
    assert.deepEqual(paired(same, same), [
      ["a", "a"],
      ["b", "b"],
    ]);
    assert.deepEqual(paired(build(["grow_string", "b"]), build(["grow_u8", "a"], ["grow_string", "b"])), [
      [null, "a"],
      ["b", "b"],
    ]);
    assert.deepEqual(paired(build(["grow_u8", "a"], ["grow_string", "b"]), build(["grow_string", "b"])), [
      ["b", "b"],
      ["a", null],
    ]);
  });

  it("are paired without the suffix of promotion, copies in the order of modules", () => {
    const before = build(["grow.llvm.1", "a", "grow (.llvm.1)"], ["grow.llvm.2", "b", "grow (.llvm.2)"]);
    const after = build(["grow", "c", "grow"], ["grow.llvm.9", "d", "grow (.llvm.9)"]);
    assert.deepEqual(paired(before, after), [
      ["a", "c"],
      ["b", "d"],
    ]);
  });

  it("are paired by position if their symbols have other hashes", () => {
    assert.deepEqual(paired(build(["old_1", "a"], ["same", "b"], ["old_2", "c"]), build(["new_1", "d"], ["new_2", "e"], ["same", "f"])), [
      ["a", "d"],
      ["c", "e"],
      ["b", "f"],
    ]);
  });

  it("are looked for by all their symbols, and by name for those that are unknown", () => {
    const names = new Map([
      ["grow_u8.llvm.5", "vec::grow (.llvm.5)"],
      ["grow_string", "vec::grow"],
      ["grow_other", "vec::grow"],
      ["run", "main::run"],
    ]);
    const found = (...symbols: readonly string[]): string[] => [...symbolsAlike(names, new Map([["vec::grow", new Set(symbols)]]))];
    assert.deepEqual(found("grow_u8", "grow_string"), ["grow_u8.llvm.5", "grow_string"]);
    assert.deepEqual(found("grow_string"), ["grow_string"]);
    assert.deepEqual(found("grow_string", "grow_new").toSorted(), ["grow_other", "grow_string", "grow_u8.llvm.5"]);
    // LTO began with it, but it has no code: no instance that reads alike is meant.
    assert.deepEqual([...symbolsAlike(names, new Map([["vec::grow", new Set(["grow_inlined"])]]), ["grow_inlined"])], []);
  });
});

describe("a comparison of assembly", () => {
  const workspaces = { before: "", after: "" };

  it("shows only what differs, and says how much was left out", () => {
    const symbols = Array.from({ length: 30 }, (_, index) => `grow_${index}`);
    const before = build(...symbols.map((symbol) => [symbol, "\tretq"] as const));
    const same = comparisonView(pairsOf(before, before), workspaces);
    assert.deepEqual(same, { name: "vec::grow", differing: 0, pairs: [] });
    // The last ones differ.
    const after = build(...symbols.map((symbol, index) => [symbol, index < 25 ? "\tretq" : `\tpush\t$${index}`] as const));
    const { differing, pairs } = comparisonView(pairsOf(before, after), workspaces);
    assert.deepEqual([differing, pairs.map(({ right }) => right?.lines.at(-1))], [5, [25, 26, 27, 28, 29].map((n) => `    push    $${n}`)]);
    const none = comparisonView(pairsOf(build(), before), workspaces);
    assert.deepEqual([none.differing, none.pairs.length, none.pairs[0]?.left], [30, 20, null]);
  });

  it("has the build of the earlier capture on the left, and of one capture the earlier run", () => {
    const run = (capturedAt: string | null, startedAt: string | null) => ({ capturedAt, startedAt });
    const [early, late, later] = ["2026-01-01T00:00:00.000Z", "2026-01-02T00:00:00.000Z", "2026-01-03T00:00:00.000Z"];
    // The earlier capture was run after the later one.
    assert.deepEqual([isLaterBuild(run(late, late), run(early, later)), isLaterBuild(run(early, later), run(late, late))], [true, false]);
    assert.deepEqual([isLaterBuild(run(early, later), run(late, null)), isLaterBuild(run(early, late), run(early, null))], [false, true]);
    assert.deepEqual([isLaterBuild(run(early, late), run(early, later)), isLaterBuild(run(early, later), run(early, late))], [false, true]);
    assert.deepEqual([isLaterBuild(run(null, late), run(null, later)), isLaterBuild(run(null, later), run(null, late))], [false, true]);
  });
});
