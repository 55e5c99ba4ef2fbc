/** Functions of Rust files, and their paths in demangled symbols. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { rustFunctions } from "../../src/core/language/rust-functions.js";
import { modulesOfFile, pathOfName } from "../../src/core/language/rust-paths.js";

const SOURCE = `mod inner {
    impl<T: Copy> super::Bar<T> {
        pub fn draw(&self) -> String { go() }
    }
    impl Shown for &mut Row<'_> {
        fn fmt(&self) {}
    }
    trait Shown {
        fn fmt(&self);
        fn twice(&self) { self.fmt() }
    }
}
#[inline]
async unsafe fn go<T>() {
    fn nested() {}
    let closure = |x: u8| x;
}
macro_rules! m { () => { fn made() {} } }
fn broken( {
`;

describe("the functions of a Rust file", () => {
  it("have paths through modules, types, traits and functions, and lines", async () => {
    const found = await rustFunctions(SOURCE);
    assert.deepEqual(
      found.slice(0, 5).map(({ path, firstLine, lastLine }) => [path.join("::"), firstLine, lastLine]),
      [
        ["inner::Bar::draw", 3, 3],
        ["inner::Row::fmt", 6, 6],
        ["inner::Shown::twice", 10, 10],
        ["go", 14, 17],
        ["go::nested", 15, 15],
      ],
    );
    const [draw] = found;
    assert.deepEqual([draw?.line, draw?.column, draw?.endColumn], [2, 15, 19]);
  });

  it("are none where there is no Rust", async () => {
    assert.deepEqual(await rustFunctions(""), []);
    assert.deepEqual(await rustFunctions("{ \u0000 ] fn"), []);
  });
});

/** [in a demangled symbol, its path] */
const NAMES: readonly (readonly [name: string, path: string | undefined])[] = [
  ["textstats::bars::bar", "textstats::bars::bar"],
  ["textstats::bars::bar::h0123456789abcdef", "textstats::bars::bar"],
  ["textstats::bars::bar (.llvm.123)", "textstats::bars::bar"],
  ["<textstats::bars::Bar>::new", "textstats::bars::Bar::new"],
  ["<textstats::bars::Bar as core::fmt::Display>::fmt", "textstats::bars::Bar::fmt"],
  ["<&mut textstats::bars::Bar<'_> as core::fmt::Display>::fmt", "textstats::bars::Bar::fmt"],
  ["textstats::bars::<impl core::fmt::Display for textstats::rows::Row<T>>::fmt", "textstats::rows::Row::fmt"],
  ["<textstats::Of<fn(u8) -> u8> as core::From<T>>::go::<alloc::vec::Vec<u8>>", "textstats::Of::go"],
  ["textstats::f::<u8, alloc::vec::Vec<u8>>", "textstats::f"],
  ["textstats::f::{closure#0}", undefined],
  ["core::slice::<impl [T]>::repeat", undefined],
  ["main", "main"],
];

describe("the path in a demangled symbol", () => {
  for (const [name, path] of NAMES) it(name, () => assert.equal(pathOfName(name)?.join("::"), path));
});

/** [below the package's folder, modules] */
const FILES: readonly (readonly [file: string, modules: string])[] = [
  ["src/main.rs", ""],
  ["src/lib.rs", ""],
  ["src/bars.rs", "bars"],
  ["src/rows/mod.rs", "rows"],
  ["src/rows/one.rs", "rows::one"],
  ["src/bin/tool.rs", ""],
  ["src/bin/tool/main.rs", "tool"],
  ["examples/demo.rs", ""],
  ["tests/all/main.rs", "all"],
  ["build.rs", ""],
];

describe("the modules of a file", () => {
  for (const [file, modules] of FILES) it(file, () => assert.equal(modulesOfFile(file).join("::"), modules));
});
