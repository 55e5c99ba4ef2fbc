/** Edited items, found by comparing kept sources; and the titles for them. */
import assert from "node:assert/strict";
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { describe, it } from "node:test";
import { depInfoOf, keepSources, sourcesIn, sourcesOf } from "../../src/core/producers/rust/capture/sources.js";
import { editTitle, type EditShown } from "../../src/core/explain/rebuild/edit-title.js";
import { rustItems } from "../../src/core/explain/rebuild/rust-items.js";
import { editedItems, sourceEdits } from "../../src/core/explain/rebuild/source-edits.js";
import { writtenChanges } from "../../src/core/explain/rebuild/written.js";
import type { Difference } from "../../src/protocol/explain.js";

const edits = (before: string, after: string): string[] => editedItems(before, after).map(({ kind, name }) => `${kind} ${name}`);

describe("items of a Rust file", () => {
  it("have their kind, name and lines", () => {
    const source = [
      "//! A file.",
      "#![allow(unused)]",
      "use std::fmt;",
      "#[inline]",
      "pub(crate) const unsafe fn first<'a>(text: &'a str) -> char {",
      '    let brace = \'{\'; let text = r#"} " }"#; /* } /* } */ */',
      "    '\\''",
      "}",
      'extern "C" fn called() {}',
      "pub struct Pair<T>(T, T) where T: Copy;",
      "impl<T: Fn() -> u8> fmt::Display for inner::ShownRun<T> {",
      "    const LIMIT: [u8; 2] = [1; { 2 }];",
      "    fn fmt(&self) -> u8 { 1 }",
      "}",
      "mod inner { pub static mut COUNT: u8 = 0; }",
      "macro_rules! square { ($v:expr) => { $v * $v } }",
      "thread_local! { static X: u8 = 1; }",
      'unsafe extern "C" { fn foreign(); }',
    ].join("\n");
    assert.deepEqual(
      rustItems(source).map(({ kind, name, firstLine, lastLine }) => `${kind} ${name} ${firstLine}-${lastLine}`),
      [
        "attribute  1-1",
        "attribute  2-2",
        "use  3-3",
        "fn first 4-8",
        "fn called 9-9",
        "struct Pair 10-10",
        "impl ShownRun 11-14",
        "const ShownRun::LIMIT 12-12",
        "fn ShownRun::fmt 13-13",
        "mod inner 15-15",
        "static inner::COUNT 15-15",
        "macro square 16-16",
        "macro thread_local 17-17",
        "mod  18-18",
        "fn foreign 18-18",
      ],
    );
  });

  it("are read from any text to its end", () => {
    for (const text of [
      "",
      "}",
      "fn",
      "fn f(",
      "impl",
      '"',
      "/*",
      'r#"',
      "'",
      "pub(",
      "#[",
      "struct S { /// only a comment\n }",
      "mod m { /// c\n }",
    ]) {
      assert.ok(Array.isArray(rustItems(text)), text);
    }
  });

  it("are edited where their tokens differ", () => {
    const file = "const A: u8 = 1;\nfn f() { g(A) }\nfn g(a: u8) {}\n";
    assert.deepEqual(edits(file, `// A comment.\n\n${file.replace("{ g(A) }", "{\n    g(A) // so\n}")}`), []);
    assert.deepEqual(edits(file, file.replace("= 1", "= 2")), ["const A"]);
    assert.deepEqual(edits(file, file.replace("fn g", "fn added() {}\nfn g")), ["fn added"]);
    assert.deepEqual(edits(file, file.replace("g(A)", "g(2)")), ["fn f"]);
    assert.deepEqual(
      edits("impl A for S { fn f() {} } impl B for S { fn f() {} }", "impl A for S { fn f() {} } impl B for S { fn f() { 1 } }"),
      ["fn S::f"],
    );
  });

  it("only count in files that are known on both sides", () => {
    const found = sourceEdits(
      new Map([
        ["a", "fn f() {}"],
        ["b", "fn f() {}"],
      ]),
      new Map([
        ["a", "fn f() {}"],
        ["c", ""],
      ]),
    );
    assert.deepEqual([[...found.same], found.edited.size], [["a"], 0]);
  });
});

describe("functions of an edited file", () => {
  it("are those with lines in an edited item, even if instructions changed elsewhere too", () => {
    const side = (hash: string) => ({
      functions: { functions: [], globals: [] },
      origins: {
        written: [
          { symbol: "run", name: "run", source: { file: "/w/a.rs", line: 1 } },
          { symbol: "steps", name: "steps", source: { file: "/w/a.rs", line: 2 } },
        ],
        functions: [{ symbol: "run", parts: [0, 1].map((written) => ({ written, hash, depth: written })) }],
        files: [{ file: "/w/a.rs", checksum: hash }],
        types: [],
      },
    });
    const modules = [{ name: "m", before: side("1"), after: side("2") }];
    const sources = sourceEdits(
      new Map([["/w/a.rs", "fn run() { 1 }\nfn steps() {}"]]),
      new Map([["/w/a.rs", "fn run() { 2 }\nfn steps() {}"]]),
    );
    assert.deepEqual(
      writtenChanges(modules, sources)
        .get("m")
        ?.functions.map(({ name }) => name),
      ["run"],
    );
    // A checksum that rustc's session kept from an earlier build is not an edit.
    const same = sourceEdits(new Map([["/w/a.rs", "fn run() {}"]]), new Map([["/w/a.rs", "fn run() {}"]]));
    assert.deepEqual(writtenChanges(modules, same).get("m")?.files, []);
  });
});

describe("the title of an edit", () => {
  const file = "/w/a.rs";
  const changed = (name: string, line: number, parts = ["body"]): Difference => ({
    ...{ what: "function", change: "changed", name, symbol: name, parts },
    source: { file, line },
  });
  const title = (before: string, after: string, shown: Partial<EditShown>): string =>
    editTitle({
      ...{ files: [file], types: [], functions: [], code: [], crates: ["c"], workspace: "/w" },
      sources: sourceEdits(new Map([[file, before]]), new Map([[file, after]])),
      ...shown,
    });

  it("names the edited item, and separately what changed with it", () => {
    const code = [changed("c::f", 2)];
    assert.equal(
      title("const A: u8 = 1;\nfn f() {}", "const A: u8 = 2;\nfn f() {}", { code }),
      "`a.rs` was edited (const `A`), and with it `c::f` in crate `c` changed",
    );
    assert.equal(
      title("const A: u8 = 1;\nfn f() {}", "const A: u8 = 1;\nfn f() { 1 }", { code }),
      "`a.rs` was edited: `c::f` in crate `c` changed",
    );
    assert.equal(
      title("fn small() {}\nfn f() {}", "fn small() { 1 }\nfn f() {}", { code }),
      "`a.rs` was edited (fn `small`), and with it `c::f` in crate `c` changed",
    );
  });

  it("says that no instruction changed, and that only comments were edited", () => {
    const code = [changed("c::f", 2, ["metadata"])];
    assert.equal(
      title("\nfn f() {}", "// A comment.\nfn f() {}", { code }),
      "`a.rs` was edited (comments, white space or order only): what it changed in crate `c` is debug info or metadata only",
    );
    assert.equal(
      title("\nfn f() {}", "// A comment.\nfn f() {}", { code: [changed("c::f", 2)] }),
      "`a.rs` was edited (comments, white space or order only), and with it `c::f` in crate `c` changed",
    );
  });

  it("leaves out changes of attributes or metadata if code changed", () => {
    const code = [changed("c::f", 2), changed("c::g", 3, ["header"]), changed("c::h", 4, ["metadata"])];
    assert.equal(
      editTitle({
        files: [file],
        types: [],
        functions: [],
        code,
        crates: ["c"],
        workspace: "",
        sources: sourceEdits(undefined, undefined),
      }),
      "`/w/a.rs` was edited: `c::f` in crate `c` changed",
    );
  });

  it("identifies functions by path if there is no debug info", () => {
    const code = ["c::main", "c::a::f::{{closure}}", "c::b::f"].map((name): Difference => ({
      ...{ what: "function", change: "changed" },
      name,
      parts: ["body"],
    }));
    assert.equal(title("fn f() {}", "fn f() { 1 }", { code }), "`a.rs` was edited: `c::a::f::{{closure}}` in crate `c` changed");
    assert.equal(
      title("fn small() {}", "fn small() { 1 }", { code: code.slice(0, 1) }),
      "`a.rs` was edited (fn `small`), and with it `c::main` in crate `c` changed",
    );
  });

  it("names no function of another file as edited", () => {
    const other: Difference = { ...changed("c::main", 1), source: { file: "/w/main.rs", line: 1 } };
    assert.equal(
      title("struct P { x: u8 }", "struct P { x: u8, y: u8 }", { code: [other] }),
      "`a.rs` was edited (struct `P`), and with it `c::main` in crate `c` changed",
    );
  });
});

describe("kept sources", () => {
  it("are the Rust files that dep-info lists", () => {
    assert.deepEqual(
      sourcesIn("/t/a-1.d: src/main.rs src/a\\ b.rs data.txt\n\nsrc/main.rs:\nsrc/a\\ b.rs:\ndata.txt:\n\n# env-dep:X=src/x.rs:\n"),
      ["src/main.rs", "src/a b.rs"],
    );
    assert.equal(depInfoOf("/t/deps/libhelper-1f.rlib"), "/t/deps/helper-1f.d");
  });

  it("exclude files that were written after rustc had read them", async () => {
    const folder = await fs.mkdtemp(path.join(os.tmpdir(), "lto-sources-"));
    try {
      const at = new Date("2026-01-01T00:00:00Z");
      for (const name of ["old.rs", "new.rs", "a.d"]) {
        await fs.writeFile(path.join(folder, name), name === "a.d" ? "old.rs:\nnew.rs:\ngone.rs:\n" : name);
      }
      await Promise.all(["old.rs", "a.d"].map(async (name) => fs.utimes(path.join(folder, name), at, at)));
      await keepSources(folder, folder, [path.join(folder, "a.d"), path.join(folder, "none.d")]);
      assert.deepEqual([...((await sourcesOf(folder)) ?? [])], [[path.join(folder, "old.rs"), "old.rs"]]);
      assert.equal(await sourcesOf(path.join(folder, "none")), undefined);
    } finally {
      await fs.rm(folder, { recursive: true, force: true });
    }
  });

  it("are bounded: the unit's own come first, and the report says how many were left out", async () => {
    const folder = await fs.mkdtemp(path.join(os.tmpdir(), "lto-sources-"));
    try {
      for (const name of ["own.rs", "large.rs", "small.rs"]) {
        await fs.writeFile(path.join(folder, name), name === "large.rs" ? "x".repeat(100) : name);
      }
      await fs.writeFile(path.join(folder, "own.d"), "own.rs:\n");
      await fs.writeFile(path.join(folder, "dependency.d"), "large.rs:\nsmall.rs:\nown.rs:\n");
      const lists = ["own.d", "dependency.d"].map((name) => path.join(folder, name));
      assert.equal(await keepSources(folder, folder, lists), undefined);
      assert.equal((await sourcesOf(folder))?.size, 3);
      assert.match((await keepSources(folder, folder, lists, 50)) ?? "", /^Of the build's 3 source files 1 was not kept: /);
      assert.deepEqual(
        [...((await sourcesOf(folder)) ?? new Map()).keys()].map((file: string) => path.basename(file)),
        ["own.rs", "small.rs"],
      );
    } finally {
      await fs.rm(folder, { recursive: true, force: true });
    }
  });
});
