/** Edits of the sources, found by debug info: files, types, and the functions in which changed code was written. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { namesApart } from "../../src/core/explain/rebuild/names-apart.js";
import { writtenChanges, type WrittenModule } from "../../src/core/explain/rebuild/written.js";
import type { FunctionsResult } from "../../src/protocol/engine/ir.js";
import type { OriginsResult } from "../../src/protocol/engine/origins.js";
import type { Difference } from "../../src/protocol/explain.js";

const NOTHING: FunctionsResult = { functions: [], globals: [] };

/** A source function, "file:line name". */
type Place = `${string}:${number} ${string}`;

interface Text {
  /** Function of the module → the places where its instructions were written, with their hashes. */
  readonly functions: Readonly<Record<string, readonly (readonly [Place, string])[]>>;
  /** File → checksum. */
  readonly files?: Readonly<Record<string, string>>;
  readonly types?: Readonly<Record<string, string>>;
}

function origins({ functions, files = {}, types = {} }: Text): OriginsResult {
  const places = [...new Set(Object.values(functions).flatMap((parts) => parts.map(([place]) => place)))];
  const written = places.map((place) => {
    const [, file = "", line = "", name = ""] = /^(.*):(\d+) (.*)$/.exec(place) ?? [];
    return { symbol: name, name, source: { file, line: Number(line) } };
  });
  return {
    written,
    functions: Object.entries(functions).map(([symbol, parts]) => ({
      symbol,
      parts: parts.map(([place, hash], depth) => ({ written: places.indexOf(place), hash, depth })),
    })),
    files: Object.entries(files).map(([file, checksum]) => ({ file, checksum })),
    types: Object.entries(types).map(([name, hash]) => ({ name, hash })),
  };
}

function module(before: Text, after: Text): WrittenModule {
  return { name: "m", before: { functions: NOTHING, origins: origins(before) }, after: { functions: NOTHING, origins: origins(after) } };
}

function names(before: Text, after: Text): string[] {
  return (
    writtenChanges([module(before, after)])
      .get("m")
      ?.functions.map(({ name }) => name) ?? []
  );
}

describe("the functions in which code was written", () => {
  it("include the function whose instructions changed, not the one into which they were copied", () => {
    const text = (hash: string, checksum: string): Text => ({
      functions: {
        outer: [
          ["/w/a.rs:2 outer", "o"],
          ["/w/b.rs:2 edited", hash],
        ],
      },
      files: { "/w/a.rs": "a", "/w/b.rs": checksum },
    });
    const changes = writtenChanges([module(text("1", "x"), text("2", "y"))]).get("m");
    assert.deepEqual(changes?.files, ["/w/b.rs"]);
    assert.deepEqual(
      changes.functions.map(({ name, source }) => `${name} ${source?.file ?? ""}`),
      ["edited /w/b.rs"],
    );
  });

  it("leave out a caller in another file, which changed too", () => {
    const text = (hash: string): Text => ({
      functions: {
        outer: [
          ["/w/a.rs:2 outer", hash],
          ["/w/b.rs:2 edited", hash],
        ],
      },
      files: { "/w/a.rs": "a", "/w/b.rs": hash },
    });
    assert.deepEqual(names(text("1"), text("2")), ["edited"]);
  });

  it("end with a function that is unchanged elsewhere: a caller changed its arguments", () => {
    const text = (hash: string): Text => ({
      functions: {
        one: [
          ["/w/a.rs:2 one", hash],
          ["/w/a.rs:9 helper", hash],
        ],
        two: [
          ["/w/a.rs:5 two", "t"],
          ["/w/a.rs:9 helper", "h"],
        ],
      },
      files: { "/w/a.rs": hash },
    });
    assert.deepEqual(names(text("1"), text("2")), ["one", "helper"]);
  });

  it("begin with the function after which lines moved", () => {
    const at = (shift: number, hash: string): Text => ({
      functions: { f: [["/w/a.rs:2 f", hash]], g: [[`/w/a.rs:${5 + shift} g`, hash]], h: [[`/w/a.rs:${9 + shift} h`, hash]] },
      files: { "/w/a.rs": hash },
    });
    assert.equal(names(at(0, "1"), at(3, "2"))[0], "f");
  });

  it("never include the standard library or a downloaded dependency", () => {
    const text = (hash: string): Text => ({
      functions: {
        a: [["/rustc/1/library/core/src/num.rs:2 rotate", hash]],
        b: [["/cargo/registry/src/index/memchr-2/src/lib.rs:2 find", hash]],
      },
      files: {},
    });
    assert.deepEqual(names(text("1"), text("2")), []);
  });

  it("include the type whose fields changed", () => {
    const text = (hash: string): Text => ({ functions: {}, types: { "demo::Pair": hash, "demo::Holder": "same" } });
    const changes = writtenChanges([module(text("1"), text("2"))]).get("m");
    assert.deepEqual(
      changes?.types.map(({ name }) => name),
      ["demo::Pair"],
    );
  });
});

describe("names", () => {
  const change = (name: string, symbol: string): Difference => ({ what: "function", change: "changed", name, symbol });

  it("distinguish instances of a generic function, by debug info or by their symbols", () => {
    const [one, two] = ["_ZN3vec8grow_one17h0123456789abcdefE", "_ZN3vec8grow_one17hfedcba9876543210E"];
    const changes = [change("vec::grow_one", one), change("vec::grow_one", two), change("other", "other")];
    assert.deepEqual(
      namesApart(changes, new Map()).map(({ name }) => name),
      ["vec::grow_one [01234567]", "vec::grow_one [fedcba98]", "other"],
    );
    const known = new Map([
      [one, "vec::grow_one::<Foo>"],
      [two, "vec::grow_one::<Bar>"],
    ]);
    assert.deepEqual(
      namesApart(changes, known).map(({ name }) => name),
      ["vec::grow_one::<Foo>", "vec::grow_one::<Bar>", "other"],
    );
  });
});
