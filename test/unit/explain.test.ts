/** The parts of an explanation that need no build: changes of a module's own code, and comparing and tracing keys. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Cascade } from "../../src/core/explain/rebuild/cascade.js";
import { compareBuilds, symbolDifferences, type BuildComparison } from "../../src/core/explain/rebuild/compare.js";
import { KeyIndex } from "../../src/core/explain/rebuild/key-index.js";
import { ownChanges } from "../../src/core/explain/rebuild/own-changes.js";
import { codeRoots, effectOf } from "../../src/core/explain/rebuild/roots.js";
import { titleOf } from "../../src/core/explain/rebuild/titles.js";
import { kindOf } from "../../src/core/explain/rebuild/verdict.js";
import { wholeChange } from "../../src/core/explain/rebuild/whole-change.js";
import type { FunctionInfo, FunctionsResult, GlobalInfo } from "../../src/protocol/engine/ir.js";
import type { Difference } from "../../src/protocol/explain.js";
import { globalState, KEY_PARTS, type KeyPart, type StoredModule, type UnitKeys } from "../../src/protocol/keys.js";

function fn(name: string, hash = name, fields: Partial<FunctionInfo> = {}): FunctionInfo {
  const plain = { demangled: name, linkage: "external", declaration: false, instructions: 4, source: null };
  return { name, ...plain, hash, headerHash: "h", textHash: hash, ...fields };
}

function variable(name: string, hash: string): GlobalInfo {
  return { name, demangled: name, kind: "variable", linkage: "private", declaration: false, hash };
}

function listed(functions: readonly FunctionInfo[], globals: readonly GlobalInfo[] = []): FunctionsResult {
  return { functions, globals };
}

const words = (changes: readonly Difference[]): string[] => changes.map(({ what, change, name }) => `${what} ${change} ${name}`);

describe("what changed in a module's own code", () => {
  it("lists bodies first, then what was added, removed or renamed", () => {
    const before = listed([fn("same"), fn("body", "1"), fn("old", "code"), fn("gone"), fn("marked")]);
    const after = listed([fn("new", "code"), fn("same"), fn("marked", "marked", { headerHash: "other" }), fn("body", "2"), fn("added")]);
    assert.deepEqual(words(ownChanges(before, after)), [
      "function changed body",
      "function changed marked",
      "function renamed new",
      "function came added",
      "function went gone",
    ]);
  });

  it("matches one path with another symbol, but not two alike", () => {
    const before = listed([fn("_ZN1a1b17h1E", "1", { demangled: "a::b" }), fn("x1", "twin"), fn("x2", "twin")]);
    const after = listed([fn("_ZN1a1b17h2E", "2", { demangled: "a::b" }), fn("y1", "twin"), fn("y2", "twin")]);
    const changes = ownChanges(before, after);
    assert.deepEqual(changes[0]?.parts, ["body", "symbol"]);
    assert.deepEqual(words(changes).slice(1).sort(), ["function came y1", "function came y2", "function went x1", "function went x2"]);
  });

  it("ignores the numbers of unnamed constants", () => {
    const [one, two] = ["anon.0e8d18b0fef556c7d23ce5b91a0e655e.1", "anon.cd4c2c36e8f33581053d5036b3e5acca.0"];
    const changed = ownChanges(
      listed([fn("f")], [variable(one, "a"), variable("V", "1")]),
      listed([fn("f")], [variable(two, "a"), variable("V", "2")]),
    );
    assert.deepEqual(words(changed), ["variable changed V"]);
  });

  it("reports order or metadata if no function differs", () => {
    assert.deepEqual(ownChanges(listed([fn("a"), fn("b")]), listed([fn("b"), fn("a")]))[0]?.what, "order");
    assert.deepEqual(ownChanges(listed([fn("a")]), listed([fn("a")]))[0]?.what, "metadata");
  });
});

const [LIVE, FUNCTION] = [0x100, 1 << 6];

interface ModuleText {
  readonly hash: string;
  readonly defines: Readonly<Record<string, readonly string[]>>;
  readonly dead?: readonly string[];
  /** Source module → symbols. */
  readonly imports?: Readonly<Record<string, readonly string[]>>;
  readonly exports?: readonly string[];
  readonly fields?: Partial<StoredModule>;
}

/** Keys of a made-up unit, in which the digest of a part is its content. */
function keys(modules: Readonly<Record<string, ModuleText>>, fields: Partial<UnitKeys> = {}): UnitKeys {
  const symbols: string[] = [];
  const number = (symbol: string): number => (symbols.includes(symbol) ? symbols.indexOf(symbol) : symbols.push(symbol) - 1);
  const names = Object.keys(modules);
  const stored = Object.entries(modules).map(
    ([name, { hash, defines, dead = [], imports = {}, exports = [], fields: more }]): StoredModule => {
      const imported = Object.entries(imports).flatMap(([from, list]) =>
        list.flatMap((symbol) => [names.indexOf(from), number(symbol), 0]),
      );
      const states = Object.keys(defines).map((symbol) => FUNCTION | (dead.includes(symbol) ? 7 : LIVE));
      const sources = Object.entries(imports).map(([from, list]) => [modules[from]?.hash, list]);
      const content: Partial<Record<KeyPart, unknown>> = {
        module: hash,
        exports,
        imports: sources,
        "defined-globals": [Object.keys(defines), states],
      };
      const digests = KEY_PARTS.map((part) => JSON.stringify(content[part] ?? ""));
      return {
        ...{ name, key: digests.join(), exact: true, hash, digests, exports: exports.map(number), imports: imported, resolvedOdr: [] },
        globals: {
          symbols: Object.keys(defines).map(number),
          states,
          instructions: states.map(() => 5),
          uses: Object.values(defines).map((uses) => uses.map(number)),
        },
        ...{
          origin: "local",
          crate: "demo",
          file: `${name}.bc`,
          member: null,
          verdict: "re-compiled",
          reason: "key-changed",
          previousKey: null,
        },
        ...more,
      };
    },
  );
  const unit = { id: "demo@1", name: "demo", crateTypes: ["bin"], profile: "release", mode: "thin" } as const;
  const llvm = { version: "22.1.2", revision: "r" };
  return { schema: 1, unit, madeAt: "", llvm, release: "1.95.0", incremental: true, settings: {}, symbols, modules: stored, ...fields };
}

function compared(before: UnitKeys, after: UnitKeys): BuildComparison {
  return compareBuilds(new KeyIndex(before), new KeyIndex(after));
}

function traced(comparison: BuildComparison, own: Readonly<Record<string, readonly string[]>>, module: string): string[] {
  const changes = new Map(
    Object.entries(own).map(([name, symbols]) => [
      name,
      symbols.map((symbol): Difference => ({ what: "function", change: "changed", name: symbol, symbol, parts: ["body"] })),
    ]),
  );
  const cascade = new Cascade(comparison, codeRoots(comparison, changes));
  return cascade.traces(module).map(({ root, how, steps }) => [`${how}: ${root.title}`, ...steps].join(" | "));
}

describe("tracing a changed key back", () => {
  const source: ModuleText = { hash: "s1", defines: { f: [], g: [] }, exports: ["f"] };
  const importer: ModuleText = { hash: "i", defines: { main: ["f"] }, imports: { source: ["f"] } };
  const other: ModuleText = { hash: "o", defines: { h: [] } };

  it("distinguishes an imported function from others in its module", () => {
    const comparison = compared(keys({ source, importer, other }), keys({ source: { ...source, hash: "s2" }, importer, other }));
    const pair = comparison.pairs.get("importer") ?? assert.fail("there is an importer");
    assert.deepEqual(pair.parts, ["imports"]);
    assert.deepEqual(
      symbolDifferences(comparison, pair).map(({ what, change, symbol }) => `${what} ${change} ${symbol}`),
      ["import source-changed f"],
    );
    assert.deepEqual(traced(comparison, { source: ["g"] }, "importer"), [
      "imports: `g` in crate `demo` changed | imports `f` from `source`",
    ]);
    assert.deepEqual(traced(comparison, { source: ["g"] }, "source"), ["itself: `g` in crate `demo` changed"]);
    assert.equal(comparison.pairs.get("other")?.keysDiffer, false);
  });

  it("finds new importers", () => {
    const before = keys({ source: { ...source, exports: [] }, importer: { ...importer, imports: {} } });
    const after = keys({ source, importer: { ...importer, hash: "i2" } });
    assert.deepEqual(traced(compared(before, after), { importer: ["main"] }, "source"), [
      "other: `main` in crate `demo` changed | `importer` now imports `f` from it",
    ]);
  });

  it("follows calls back to the function that made a symbol live", () => {
    const chain: ModuleText = { hash: "c", defines: { middle: ["g"] }, dead: ["middle"] };
    const caller: ModuleText = { hash: "m1", defines: { main: [] } };
    const before = keys({ caller, chain, source: { ...source, exports: [], dead: ["g"] }, other: { ...other, defines: { h: ["g"] } } });
    const after = keys({
      caller: { hash: "m2", defines: { main: ["middle"] } },
      chain: { ...chain, dead: [] },
      source: { ...source, exports: [] },
      other: { ...other, defines: { h: ["g"] } },
    });
    const comparison = compared(before, after);
    const [way = ""] = traced(comparison, { caller: ["main"] }, "source");
    assert.match(
      way,
      /^other: `main` in crate `demo` changed \| `main` refers to `middle` \| `middle` refers to `g` \| `g`: liveness dead → live$/,
    );
    const pair = comparison.pairs.get("source") ?? assert.fail("there is a source");
    assert.equal(
      kindOf(pair, symbolDifferences(comparison, pair), { roots: [], everything: undefined, sessionGone: false }),
      "liveness-changed",
    );
  });

  it("lists modules of one change, new modules and removed modules once", () => {
    const copy: ModuleText = { hash: "a1", defines: { generic: [] } };
    const before = keys({ a: copy, b: { ...copy, hash: "b1" }, old: other });
    const after = keys({ a: { ...copy, hash: "a2" }, b: { ...copy, hash: "b2" }, fresh: other });
    const comparison = compared(before, after);
    const both = { a: ["generic"], b: ["generic"] };
    assert.deepEqual(traced(comparison, both, "a"), traced(comparison, both, "b"));
    assert.deepEqual(traced(comparison, both, "fresh"), ["itself: 1 codegen unit of crate `demo` is new"]);
    assert.deepEqual(traced(comparison, both, "old"), ["itself: 1 codegen unit of crate `demo` has gone"]);
  });
});

describe("verdicts", () => {
  const plain: ModuleText = { hash: "s1", defines: { f: [] } };
  const kind = (fields: Partial<StoredModule>, change: Partial<ModuleText> = {}, sessionGone = false): string => {
    const comparison = compared(keys({ m: plain }), keys({ m: { ...plain, ...change, fields } }));
    const pair = comparison.pairs.get("m") ?? assert.fail("there is a module");
    return kindOf(pair, symbolDifferences(comparison, pair), { roots: [], everything: undefined, sessionGone });
  };

  it("distinguish why an equal key did not help", () => {
    assert.equal(kind({ verdict: "re-used", reason: "key-equal" }), "key-equal");
    assert.equal(kind({ origin: "upstream", reason: "key-equal-but-not-cached" }), "key-equal-but-not-cached");
    assert.equal(kind({ reason: "key-equal-but-not-green" }), "key-equal-but-not-green");
    assert.equal(kind({ reason: "no-previous-keys" }, {}, true), "output-missing");
    assert.equal(kind({ reason: "no-session" }), "not-incremental");
    assert.equal(kind({ reason: "key-changed" }), "other-build-between");
  });

  it("never use parts that are not in the key", () => {
    assert.equal(kind({ exact: false }, { exports: ["f"] }), "not-available");
    assert.equal(kind({ exact: false }, { hash: "s2" }), "own-code-changed");
    assert.equal(kind({}, { exports: ["f"] }), "exports-changed");
  });
});

describe("causes for all modules", () => {
  it("list another compiler before settings", () => {
    const before = keys({}, { settings: { "opt-level": "3" } });
    assert.equal(wholeChange(before, before), undefined);
    assert.equal(wholeChange(before, keys({}, { settings: { "opt-level": "s" } }))?.title, "`opt-level` changed from 3 to s");
    const other = wholeChange(before, keys({}, { llvm: { version: "22.1.8", revision: "" }, release: "1.96.0" }));
    assert.equal(other?.kind, "llvm-changed");
    assert.equal(other.title, "LLVM 22.1.2 became 22.1.8, rustc 1.95.0 became 1.96.0");
  });

  it("are worded for singular and plural", () => {
    assert.equal(
      effectOf("code-changed", { itself: ["a"], importers: ["b"], others: [] }),
      "1 module re-compiled for itself, 1 because it imports from it",
    );
    assert.equal(effectOf("settings-changed", { itself: ["a", "b"], importers: [], others: [] }), "2 modules re-compiled");
    const change = (name: string): Difference => ({ what: "function", change: "changed", name, parts: ["body"] });
    assert.equal(titleOf(["a", "b", "c"].map(change), ["x"]), "`a` and `b` in crate `x` changed, and 1 more");
  });
});

describe("a symbol that rustc internalised", () => {
  const right = { hash: "r1", defines: { other: ["large"] } };
  const left = { hash: "l1", defines: { small: ["large"], large: [] }, exports: ["large"] };
  const inlined = { hash: "l2", defines: { small: [] } };
  const changes = (names: readonly string[]): Difference[] =>
    names.map((symbol): Difference => ({ what: "function", change: "changed", name: symbol, symbol, parts: ["body"] }));
  const comparison = compared(keys({ left, right }), keys({ left: inlined, right: { hash: "r2", defines: { other: [] } } }));

  it("changes its codegen unit because of an edit to the function that no longer refers to it", () => {
    const own = new Map([
      ["left", changes(["small", "large"])],
      ["right", changes(["other"])],
    ]);
    const roots = codeRoots(comparison, own);
    assert.deepEqual(
      roots.map(({ title }) => title),
      ["`other` in crate `demo` changed"],
    );
    const [trace] = new Cascade(comparison, roots).traces("left");
    assert.equal(trace?.how, "other");
    assert.deepEqual(trace.steps, ["`other` no longer refers to `large`, which rustc therefore made internal"]);
  });

  it("does not explain a function that has nothing to do with it", () => {
    const own = new Map([
      ["left", changes(["small", "unrelated"])],
      ["right", changes(["other"])],
    ]);
    assert.equal(codeRoots(comparison, own).length, 2);
  });

  it("becomes external again if another unit begins to refer to it", () => {
    const back = compared(keys({ left: inlined, right: { hash: "r2", defines: { other: [] } } }), keys({ left, right }));
    const own = new Map([
      ["left", changes(["small"])],
      ["right", changes(["other"])],
    ]);
    const [trace] = new Cascade(back, codeRoots(back, own)).traces("left");
    assert.deepEqual(trace?.steps, ["`other` now refers to `large`, which rustc therefore made external"]);
  });
});

describe("the state of a global", () => {
  it("is read from its bits", () => {
    const state = globalState(7 | (1 << 4) | (2 << 6) | 0x100 | 0x800);
    assert.deepEqual(state, {
      ...{ linkage: "internal", visibility: "hidden", kind: "variable", live: true },
      ...{ autoHide: false, dsoLocal: false, readOnly: true, writeOnly: false },
    });
  });
});
