/** The parts of an explanation that need no build: changes of a module's own code, and comparing and tracing keys. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Cascade } from "../../src/core/explain/rebuild/cascade.js";
import { compareBuilds, symbolDifferences, type BuildComparison } from "../../src/core/explain/rebuild/compare.js";
import { DecisiveFacts } from "../../src/core/explain/rebuild/decisive.js";
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
  /** Symbol → instructions, if not 5. */
  readonly sizes?: Readonly<Record<string, number>>;
  readonly fields?: Partial<StoredModule>;
}

/** Keys of a made-up unit, in which the digest of a part is its content. */
function keys(modules: Readonly<Record<string, ModuleText>>, fields: Partial<UnitKeys> = {}): UnitKeys {
  const symbols: string[] = [];
  const number = (symbol: string): number => (symbols.includes(symbol) ? symbols.indexOf(symbol) : symbols.push(symbol) - 1);
  const names = Object.keys(modules);
  const stored = Object.entries(modules).map(
    ([name, { hash, defines, dead = [], imports = {}, exports = [], sizes = {}, fields: more }]): StoredModule => {
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
          instructions: Object.keys(defines).map((symbol) => sizes[symbol] ?? 5),
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
  return cascade.traces(module).map(({ root, how, steps }) => [`${how}: ${root.title}`, ...steps.map(({ text }) => text)].join(" | "));
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

/** The decisive fact about a module, given what changed in the code of others. */
function factOf(comparison: BuildComparison, own: Readonly<Record<string, readonly Difference[]>>, name: string): string {
  const changes = new Map(Object.entries(own));
  const roots = codeRoots(comparison, changes);
  const pair = comparison.pairs.get(name) ?? assert.fail(`no module ${name}`);
  const raw = symbolDifferences(comparison, pair);
  const kind = kindOf(pair, raw, { roots, everything: undefined, sessionGone: false });
  const [main] = new Cascade(comparison, roots).traces(name);
  const { text, known } = new DecisiveFacts(comparison, changes).of({ pair, kind, raw, main });
  return known ? text : `unknown: ${text}`;
}

describe("the decisive fact", () => {
  const body = (symbol: string): Difference => ({ what: "function", change: "changed", name: symbol, symbol, parts: ["body"] });
  const source = (hash: string, size: number, exports: readonly string[] = ["f"]): ModuleText => ({
    ...{ hash, defines: { f: [], g: [] }, exports, sizes: { f: size } },
  });
  const importer: ModuleText = { hash: "i", defines: { main: ["f"] }, imports: { source: ["f"] } };
  const without: ModuleText = { ...importer, imports: {} };
  const own = { source: [body("f")] };
  const settings = (args: string): Partial<UnitKeys> => ({ settings: { "llvm-args": args } });

  it("is the size that exceeds the import limit, for both modules", () => {
    const comparison = compared(keys({ source: source("1", 99), importer }), keys({ source: source("2", 104, []), importer: without }));
    assert.equal(factOf(comparison, own, "source"), "`f` grew from 99 to 104 instructions; the import limit is 100.");
    assert.equal(
      factOf(comparison, own, "importer"),
      "`f` grew from 99 to 104 instructions; the import limit is 100, so this module no longer imports it from `source`.",
    );
    const back = compared(keys({ source: source("2", 104, []), importer: without }), keys({ source: source("1", 99), importer }));
    assert.equal(
      factOf(back, own, "importer"),
      "`f` shrank from 104 to 99 instructions; the import limit is 100, so this module now imports it from `source`.",
    );
  });

  it("names the limit that the build set, and none where that is uncertain", () => {
    const sides = (fields: Partial<UnitKeys>): BuildComparison =>
      compared(keys({ source: source("1", 19), importer }, fields), keys({ source: source("2", 24, []), importer: without }, fields));
    assert.equal(
      factOf(sides(settings("-import-instr-limit=20")), own, "source"),
      "`f` grew from 19 to 24 instructions; the import limit is 20.",
    );
    for (const fields of [{ settings: { "profile-use": "p" } }, settings("-import-hot-multiplier=2"), {}]) {
      assert.equal(factOf(sides(fields), own, "source"), "`f` grew from 19 to 24 instructions.");
      assert.equal(
        factOf(sides(fields), own, "importer"),
        "This module no longer imports `f` from `source`; `f` grew from 19 to 24 instructions. Why LLVM decided so is not recorded.",
      );
    }
  });

  it("knows the lower limit of what only imported functions call", () => {
    const chain: ModuleText = { hash: "c", defines: { g: ["f"], main: ["g"] }, exports: ["g"] };
    const caller = (imports: ModuleText["imports"] = {}): ModuleText => ({ hash: "m", defines: { run: ["g"] }, imports });
    const comparison = compared(
      keys({ source: source("1", 60), chain, caller: caller({ chain: ["g"], source: ["f"] }) }),
      keys({ source: source("2", 75, []), chain, caller: caller({ chain: ["g"] }) }),
    );
    assert.equal(
      factOf(comparison, own, "caller"),
      "`f` grew from 60 to 75 instructions; now that only imported functions call it, the import limit is 70, so this module no longer imports it from `source`.",
    );
  });

  it("says who calls or no longer calls an imported function", () => {
    const caller = (hash: string, uses: readonly string[]): ModuleText => ({
      ...{ hash, defines: { main: uses }, imports: uses.length === 0 ? {} : { source: uses } },
    });
    const [none, some] = [
      keys({ source: source("1", 5, []), m: caller("a", []) }),
      keys({ source: source("1", 5), m: caller("b", ["f"]) }),
    ];
    const changes = { m: [body("main")] };
    assert.equal(factOf(compared(none, some), changes, "source"), "`main` now refers to `f`, so `m` now imports it from this module.");
    assert.equal(
      factOf(compared(some, none), changes, "source"),
      "Nothing in `m` refers to `f` any more, so `m` no longer imports it from this module.",
    );
  });

  it("tells an imported function that changed from another one of its module", () => {
    const comparison = compared(keys({ source: source("1", 7), importer }), keys({ source: source("2", 7), importer }));
    assert.equal(
      factOf(comparison, own, "importer"),
      "The body of `f` changed; it still has 7 instructions, and this module imports it from `source`.",
    );
    assert.equal(
      factOf(comparison, { source: [body("g")] }, "importer"),
      "The body of `g` changed; it still has 5 instructions, and the key of this module contains the hash of all of `source`, from which this module imports `f`.",
    );
  });

  it("says what is unknown", () => {
    const comparison = compared(keys({ source: source("1", 7) }), keys({ source: source("2", 7) }));
    assert.match(factOf(comparison, {}, "source"), /^unknown: Its own bitcode changed; which of its functions did is unknown/);
    const metadata: Difference = { what: "metadata", change: "changed", name: "module flags" };
    assert.equal(factOf(comparison, { source: [metadata] }, "source"), "No function changed, only module flags.");
  });

  it("is the state of a symbol, and who changed it", () => {
    const chain: ModuleText = { hash: "c", defines: { middle: [] }, dead: ["middle"] };
    const caller = (uses: readonly string[]): ModuleText => ({ hash: uses.join(), defines: { main: uses } });
    const comparison = compared(keys({ chain, caller: caller([]) }), keys({ chain: { ...chain, dead: [] }, caller: caller(["middle"]) }));
    assert.equal(factOf(comparison, { caller: [body("main")] }, "chain"), "`middle` is live now, and was dead: `main` refers to `middle`.");
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
    assert.deepEqual(
      trace.steps.map(({ text }) => text),
      ["`other` no longer refers to `large`, which rustc therefore made internal"],
    );
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
    assert.deepEqual(
      trace?.steps.map(({ text }) => text),
      ["`other` now refers to `large`, which rustc therefore made external"],
    );
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
