/** Ways through references, and what the modules show about roots. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { calledThrough, isAssembly, ReferenceGraph, type Way } from "../../src/core/explain/kept/graph.js";
import type { Defined, Fact, Reference, ReferringModule } from "../../src/core/explain/kept/module-references.js";
import { nameOf, shortType } from "../../src/core/explain/kept/names.js";
import { Roots, type Preservation } from "../../src/core/explain/kept/roots.js";
import type { KeptLink } from "../../src/protocol/why-kept.js";
import { chainLines } from "../../src/protocol/why-kept-words.js";

type Partly = Partial<Omit<Defined, "references" | "facts">> & {
  readonly facts?: readonly Fact[];
  readonly uses?: readonly (string | Reference)[];
};

/** A module of definitions by symbol; a plain use is a call. */
function moduleOf(name: string, definitions: Readonly<Record<string, Partly>>, assembly: readonly string[] = []): ReferringModule {
  const all = Object.entries(definitions).map(([symbol, { uses = [], facts = [], ...rest }]): Defined => {
    const references = uses.map((use): Reference => (typeof use === "string" ? { symbol: use, kind: "call", through: [] } : use));
    const plain = { module: name, symbol, readable: symbol, kind: "function", scope: "other-modules", vtable: null } as const;
    return { ...plain, ...rest, facts: new Set(facts), references };
  });
  return { name, definitions: new Map(all.map((one) => [one.symbol, one])), assembly, assemblyNotRead: undefined };
}

function named(graph: ReferenceGraph, symbol: string): Defined {
  return [...graph.definitions()].find((one) => one.symbol === symbol) ?? assert.fail(`${symbol} is not defined`);
}

function symbolsOf(way: Way | undefined): string[] | undefined {
  if (way === undefined) return undefined;
  return [isAssembly(way.from) ? "(assembly)" : way.from.symbol, ...way.steps.map(({ to }) => to.symbol)];
}

const UNIT: Preservation = { preserved: ["main"], crateTypes: ["bin"], crateAlone: false, plainFiles: false, origins: new Map() };

function chainTo(modules: readonly ReferringModule[], symbol: string, unit: Preservation = UNIT): string[] | undefined {
  const graph = new ReferenceGraph(modules);
  return symbolsOf(graph.shortestWay(new Roots(graph, unit).beginnings(), new Set([named(graph, symbol)])));
}

describe("the shortest way to a symbol", () => {
  it("goes through the definitions of other modules", () => {
    const app = moduleOf("app", { main: { uses: ["far", "near"] }, far: { uses: ["middle"] } });
    const lib = moduleOf("lib", { near: { uses: ["end"] }, middle: { uses: ["end"] }, end: {} });
    assert.deepEqual(chainTo([app, lib], "end"), ["main", "near", "end"]);
  });

  it("takes a module's own local symbol for its own, and never a copy for a definition", () => {
    const app = moduleOf("app", { main: { uses: ["shared", "own"] }, shared: { scope: "copy", uses: ["end"] }, own: { scope: "module" } });
    const lib = moduleOf("lib", { shared: {}, own: { uses: ["end"] }, end: {} });
    assert.equal(chainTo([app, lib], "end"), undefined);
  });

  it("begins at assembly that needs it", () => {
    const rt = moduleOf("rt", { target: { uses: ["end"] }, end: {} }, ["target", "absent"]);
    assert.deepEqual(chainTo([rt], "end"), ["(assembly)", "target", "end"]);
  });

  it("prefers the entry among equally short ones", () => {
    const app = moduleOf("app", { early: { uses: ["end"] }, main: { uses: ["end"] }, end: {} });
    assert.deepEqual(chainTo([app], "end", { ...UNIT, preserved: ["early", "main"] }), ["main", "end"]);
  });
});

describe("functions that were inlined between two", () => {
  const before = moduleOf("app", {
    run: { uses: ["get", "stays"] },
    get: { scope: "copy", uses: ["deeper"] },
    stays: { uses: ["end"] },
    deeper: { uses: [{ symbol: "end", kind: "uses", through: [] }] },
  });

  it("are those that were called on the way, and are not called any more", () => {
    assert.deepEqual(calledThrough(before, "run", "end", new Set(["stays"])), { through: ["get", "deeper"], kind: "uses" });
  });

  it("are none where the reference was there before", () => {
    assert.equal(calledThrough(before, "deeper", "end", new Set()), undefined);
  });
});

describe("reasons of roots", () => {
  const reasonsOf = (partly: Partly, symbol: string, unit: Partial<Preservation> = {}): readonly string[] => {
    const graph = new ReferenceGraph([moduleOf("m", { [symbol]: partly })]);
    return new Roots(graph, { ...UNIT, preserved: [symbol], ...unit }).of(named(graph, symbol)).kinds;
  };

  it("are what the module and the analysis show", () => {
    assert.deepEqual(reasonsOf({}, "main"), ["entry"]);
    assert.deepEqual(reasonsOf({}, "exported"), ["exported-to-c"]);
    assert.deepEqual(reasonsOf({}, "rust_eh_personality"), ["personality"]);
    assert.deepEqual(reasonsOf({ facts: ["mangled"] }, "_RNv", { crateTypes: ["dylib"] }), ["exported-to-rust"]);
    assert.deepEqual(reasonsOf({ facts: ["mangled"] }, "_RNv", { crateAlone: true }), ["exported-to-rust"]);
    assert.deepEqual(reasonsOf({ facts: ["mangled", "hidden"] }, "_RNv", { crateAlone: true }), ["listed"]);
    assert.deepEqual(reasonsOf({ facts: ["mangled"] }, "_RNv"), ["listed"]);
    assert.deepEqual(reasonsOf({ facts: ["mangled"] }, "_RNv", { origins: new Map([["m", "allocator"]]) }), ["allocator"]);
    assert.deepEqual(reasonsOf({ facts: ["runtimeCall"] }, "memcpy"), ["runtime-call"]);
    assert.deepEqual(reasonsOf({}, "exported", { plainFiles: true }), ["plain-files"]);
    assert.deepEqual(reasonsOf({ facts: ["used", "runsBeforeMain"], scope: "module", kind: "variable" }, "early"), ["used", "before-main"]);
    assert.deepEqual(reasonsOf({ kind: "assembly" }, "trampoline"), ["assembly", "exported-to-c"]);
  });

  it("include preserved symbols that no module defines", () => {
    const roots = new Roots(new ReferenceGraph([]), UNIT).all();
    assert.deepEqual(
      roots.map(({ symbol, module }) => [symbol, module]),
      [["main", null]],
    );
  });
});

describe("names", () => {
  it("of vtables and of constants without a name", () => {
    const of = (symbol: string, partly: Partly): string => nameOf(named(new ReferenceGraph([moduleOf("m", { [symbol]: partly })]), symbol));
    assert.equal(of("anon.1", { vtable: { type: "reg::Second", trait: "reg::Plugin" } }), "vtable of Second for reg::Plugin");
    assert.equal(of("anon.1", { vtable: { type: "reg::Second", trait: null } }), "vtable of Second");
    for (const symbol of ["anon.ab.1.llvm.7", "@0", `alloc_${"0".repeat(32)}`, "vtable.3"]) assert.equal(of(symbol, {}), "constant of m");
    assert.equal(of("_R", { readable: "a::b (.llvm.7)" }), "a::b");
  });

  it("of types are short", () => {
    assert.equal(shortType("reg::Second"), "Second");
    assert.equal(shortType("alloc::vec::Vec<alloc::string::String>"), "Vec<String>");
    assert.equal(shortType("std::rt::lang_start::{{closure}}"), "lang_start::{{closure}}");
    assert.equal(shortType("&str"), "&str");
  });
});

describe("the lines of a chain", () => {
  it("have inlined functions on one line", () => {
    const link = (name: string, kind: KeptLink["kind"]): KeptLink => {
      return { name, symbol: name, kind, is: "function", module: "m", stage: "thin-lto-after-pm" };
    };
    const inlined = ["a", "b", "c", "d", "e"].map((name) => link(name, "inlined"));
    assert.deepEqual(
      chainLines([link("main", "root"), link("run", "call"), ...inlined, link("end", "takes-address")]).map(({ text }) => text),
      ["main in m", "calls run in m", "through a, b, c, …, e, which were inlined", "takes the address of end in m"],
    );
    assert.deepEqual(
      chainLines([link("main", "root"), link("a", "inlined"), link("end", "call")])[1]?.text,
      "through a, which was inlined",
    );
  });
});
