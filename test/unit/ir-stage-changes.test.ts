import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { LtoError } from "../../src/core/base/errors.js";
import { findFunction } from "../../src/core/ir/function-names.js";
import { stageChanges } from "../../src/core/ir/stage-changes.js";
import type { FunctionInfo, FunctionsResult, GlobalInfo } from "../../src/protocol/engine/ir.js";

function info(name: string, fields: Partial<FunctionInfo> = {}): FunctionInfo {
  const plain = { demangled: name, linkage: "internal", declaration: false, instructions: 10, source: null };
  return { name, ...plain, hash: "h", headerHash: "d", textHash: "t", ...fields };
}

function variable(name: string, fields: Partial<GlobalInfo> = {}): GlobalInfo {
  return { name, demangled: name, kind: "variable", linkage: "private", declaration: false, hash: "v", ...fields };
}

function stage(functions: readonly FunctionInfo[], globals: readonly GlobalInfo[] = []): FunctionsResult {
  return { functions, globals };
}

const declared = { declaration: true, instructions: 0, hash: "", linkage: "external" };

describe("stageChanges", () => {
  it("lists functions that were added, removed, changed and kept", () => {
    const before = stage([info("gone", { instructions: 7 }), info("same"), info("changed"), info("becomes declared")]);
    const after = stage([
      info("same"),
      info("changed", { hash: "other", textHash: "other", instructions: 40 }),
      info("becomes declared", declared),
      info("new", { linkage: "available_externally", instructions: 3 }),
    ]);
    const changes = stageChanges(before, after);
    assert.deepEqual(
      changes.functions.map(({ name, change, parts }) => [name, change, ...parts]),
      [
        ["changed", "changed", "body"],
        ["becomes declared", "removed"],
        ["gone", "removed"],
        ["new", "added"],
      ],
    );
    assert.equal(changes.unchanged, 1);
    assert.deepEqual(changes.instructions, { before: 37, after: 53 });
    assert.deepEqual(changes.functions[1]?.after, null);
    assert.deepEqual(changes.functions[3]?.after, { name: "new", linkage: "available_externally", instructions: 3 });
  });

  it("lists functions that changed first, and imported copies that were removed last, each with the largest change first", () => {
    const copy = { linkage: "available_externally", instructions: 500 };
    const before = stage([info("removed copy", copy), info("gone", { instructions: 90 }), info("a little"), info("a lot"), info("same")]);
    const after = stage([
      info("added copy", copy),
      info("new", { instructions: 200 }),
      info("a little", { hash: "x", instructions: 11 }),
      info("a lot", { hash: "x", instructions: 60 }),
      info("same"),
    ]);
    const names = stageChanges(before, after).functions.map(({ name }) => name);
    assert.deepEqual(names, ["a lot", "a little", "new", "gone", "added copy", "removed copy"]);
  });

  it("says what differs in a function", () => {
    const parts = (fields: Partial<FunctionInfo>): readonly string[] =>
      stageChanges(stage([info("f")]), stage([info("f", fields)])).functions[0]?.parts ?? [];
    assert.deepEqual(parts({ hash: "x", textHash: "x" }), ["body"]);
    assert.deepEqual(parts({ headerHash: "x", textHash: "x" }), ["header"]);
    assert.deepEqual(parts({ hash: "x", headerHash: "x", textHash: "x" }), ["body", "header"]);
    assert.deepEqual(parts({ textHash: "x" }), ["metadata"]);
    assert.deepEqual(parts({}), []);
  });

  it("matches a promoted function with the original", () => {
    const changes = stageChanges(stage([info("f")]), stage([info("f.llvm.123", { linkage: "external", headerHash: "x", textHash: "x" })]));
    assert.equal(changes.functions.length, 1);
    const [change] = changes.functions;
    assert.deepEqual([change?.parts, change?.before?.name, change?.after?.name], [["name", "header"], "f", "f.llvm.123"]);
  });

  it("does not guess between two promoted functions", () => {
    const changes = stageChanges(stage([info("f")]), stage([info("f.llvm.1"), info("f.llvm.2")]));
    assert.deepEqual(changes.functions.map(({ change }) => change).sort(), ["added", "added", "removed"]);
  });

  it("counts added and removed declarations separately from definitions", () => {
    const changes = stageChanges(
      stage([info("a", declared), info("b", declared)]),
      stage([info("b"), info("c", declared), info("d", declared)]),
    );
    assert.deepEqual(changes.declarations, { added: 2, removed: 1, changed: 0 });
    assert.deepEqual(
      changes.functions.map(({ name, change }) => [name, change]),
      [["b", "added"]],
    );
  });

  it("counts changed declarations", () => {
    const changes = stageChanges(
      stage([info("a", declared), info("b", declared)]),
      stage([info("a", { ...declared, headerHash: "x" }), info("b", declared)]),
    );
    assert.deepEqual([changes.declarations, changes.functions], [{ added: 0, removed: 0, changed: 1 }, []]);
  });

  it("finds a global with another value or other attributes", () => {
    const { globals } = stageChanges(stage([], [variable("a"), variable("b")]), stage([], [variable("a", { hash: "x" }), variable("b")]));
    assert.deepEqual(
      globals.map(({ name, change, before, after }) => [name, change, before, after]),
      [["a", "changed", "private", "private"]],
    );
  });

  it("finds globals that were added, removed or got another linkage", () => {
    const before = stage([], [variable("gone"), variable("same"), variable("imported", { declaration: true, linkage: "external" })]);
    const after = stage(
      [],
      [variable("same"), variable("imported", { linkage: "available_externally" }), variable("new", { kind: "alias" })],
    );
    assert.deepEqual(
      stageChanges(before, after).globals.map(({ name, change, before: left, after: right }) => [name, change, left, right]),
      [
        ["gone", "removed", "private", null],
        ["imported", "changed", "external, declared", "available_externally"],
        ["new", "added", null, "private"],
      ],
    );
  });

  it("handles empty names", () => {
    const changes = stageChanges(stage([], [variable(""), variable("")]), stage([], [variable("")]));
    assert.ok(changes.globals.length <= 1);
  });
});

describe("findFunction", () => {
  const all = [
    info("_ZN4demo3sum17h0000000000000001E", { demangled: "demo::sum" }),
    info("_ZN4demo3sum17h0000000000000001E.llvm.12", { demangled: "demo::sum (.llvm.12)" }),
    info("_ZN4demo5total17h0000000000000002E", { demangled: "demo::total" }),
    info("_ZN5other5total17h0000000000000003E", { demangled: "other::total", ...declared }),
    info("_ZN1a4twin17h0000000000000004E", { demangled: "a::twin" }),
    info("_ZN1a4twin17h0000000000000005E", { demangled: "a::twin" }),
  ];
  const found = (name: string): string[] => [...findFunction(all, name)];

  it("finds functions by every name, including the promoted one", () => {
    const both = ["_ZN4demo3sum17h0000000000000001E", "_ZN4demo3sum17h0000000000000001E.llvm.12"];
    for (const name of [...both, "demo::sum", "demo::sum (.llvm.12)", "sum", "mo::su", "_ZN4demo3sum17h0000000000000001E.llvm.999"]) {
      assert.deepEqual(found(name), both, name);
    }
  });

  it("prefers the only definition", () => {
    assert.deepEqual(found("total"), ["_ZN4demo5total17h0000000000000002E"]);
    assert.deepEqual(found("other::total"), ["_ZN5other5total17h0000000000000003E"]);
  });

  it("lists the candidates of an ambiguous name, and similar names", () => {
    const report = (name: string): LtoError["report"] => {
      try {
        found(name);
      } catch (error) {
        assert.ok(error instanceof LtoError);
        return error.report;
      }
      return assert.fail(`${name} was found`);
    };
    assert.equal(report("a::twin").name, "UnknownFunction");
    assert.match(report("a::twin").message, /names 2 functions.*h0000000000000004E.*h0000000000000005E/);
    assert.match(report("wrong::TWIN").help ?? "", /look alike: a::twin/);
    assert.match(report("zzz").help ?? "", /lto-inspector find/);
  });
});
