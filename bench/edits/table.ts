/** The edits that `npm run bench -- edits` makes, each of a different kind, with what the cause must name first. */

export interface Replacement {
  /** Relative to the program. */
  readonly file: string;
  /** Occurs exactly once in the file. */
  readonly from: string;
  readonly to: string;
}

export interface Edit {
  readonly kind: string;
  readonly changes: readonly Replacement[];
  /** What every cause names first: the edited file or setting. */
  readonly file: RegExp;
  /** The only other name: the edited function, type or other item. undefined: none, for example if only comments were edited. */
  readonly edited?: RegExp;
  /** The edit does not change the code, so there may be no cause. */
  readonly nothing?: boolean;
  /** The most causes; default: 1. */
  readonly causes?: number;
}

export type More = Partial<Omit<Edit, "kind" | "changes">>;

export function edit(kind: string, file: string, from: string, to: string, more: More = {}): Edit {
  return { kind, changes: [{ file, from, to }], file: exactly(file), ...more };
}

function exactly(text: string): RegExp {
  return new RegExp(`^${text.replaceAll(".", "\\.")}$`);
}

/** Edits of bench/edits/fixture. */
export const FIXTURE_EDITS: readonly Edit[] = [
  edit("body of a function", "src/plain.rs", "rotate_left(7)", "rotate_left(9)", { edited: /plain::body/ }),
  edit("body of an inline(always) function", "src/plain.rs", "rotate_left(3)", "rotate_left(5)", { edited: /plain::always/ }),
  edit("body of a small function, inlined before LTO", "src/plain.rs", "wrapping_sub(5)", "wrapping_sub(6)", {
    edited: /(?:plain::|^)small$/,
  }),
  edit("closure passed to an adapter", "src/plain.rs", "wrapping_mul(3))", "wrapping_mul(5))", { edited: /plain::sum_of::\{|^sum_of$/ }),
  edit("second closure of a chain of adapters", "src/plain.rs", "% 5 != 0", "% 7 != 0", { edited: /plain::sum_of::\{|^sum_of$/ }),
  edit("string literal", "src/plain.rs", "the body", "a body", { edited: /plain::body/ }),
  edit("lines added to a body", "src/plain.rs", '    println!("the body");', '    println!("the body");\n    println!("again");', {
    edited: /plain::body/,
  }),
  edit("call removed", "src/plain.rs", '    println!("calls");\n', "", { edited: /plain::caller/ }),
  edit("comment above", "src/plain.rs", "#[inline(never)]\npub fn body", "// A comment.\n#[inline(never)]\npub fn body", {
    nothing: true,
  }),
  edit("attribute: cold", "src/plain.rs", "#[inline(never)]\npub fn caller", "#[cold]\n#[inline(never)]\npub fn caller", {
    edited: /plain::caller/,
  }),
  edit("attribute: inline(never) taken away", "src/plain.rs", "#[inline(never)]\npub fn sum_of", "#[inline]\npub fn sum_of", {
    edited: /plain::sum_of/,
  }),
  edit("attribute: inline(never) added", "src/plain.rs", "fn small", "#[inline(never)]\nfn small", { edited: /(?:plain::|^)small$/ }),
  edit("async function, awaited", "src/futures.rs", "wrapping_mul(11)", "wrapping_mul(13)", { edited: /futures::step::\{/ }),
  edit("async function that awaits", "src/futures.rs", "total ^= step", "total |= step", { edited: /futures::steps::\{/ }),
  edit("function that polls", "src/futures.rs", "Some(total)", "Some(total ^ 1)", { edited: /futures::run/ }),
  edit("generic function", "src/generic.rs", "*value > best", "*value < best", { edited: /generic::largest/ }),
  edit("macro", "src/macros.rs", "$value + 1", "$value + 2", { edited: /^square$/ }),
  edit("use of a macro", "src/macros.rs", "value + 2)", "value + 3)", { edited: /macros::squares/ }),
  edit("const", "src/consts.rs", "u64 = 100", "u64 = 101", { edited: /^LIMIT$/ }),
  edit("static", "src/consts.rs", "[1, 2, 4, 8]", "[1, 2, 4, 9]", { edited: /TABLE$/ }),
  edit(
    "match arm",
    "src/shapes.rs",
    'Kind::Square => "square",\n    }',
    'Kind::Square if true => "square",\n        Kind::Square => "q",\n    }',
    {
      edited: /(?:shapes::|^)name$/,
      nothing: true,
    },
  ),
  edit("derive", "src/shapes.rs", "pub struct Point", "#[derive(Debug)]\npub struct Point", { edited: /Point/, nothing: true }),
  edit("impl of Display", "src/traits.rs", '"<{}>"', '"[{}]"', { edited: /Display/ }),
  edit("impl of Iterator", "src/traits.rs", "checked_sub(1)", "checked_sub(2)", { edited: /Countdown/ }),
  edit("signature", "src/consts.rs", "pub fn limited(value: u64) -> u64", "pub fn limited(value: u64) -> u64\nwhere\n    u64: Copy,", {
    edited: /(?:consts::|^)limited$/,
    nothing: true,
  }),
  edit("last reference to another unit's function removed", "src/right.rs", "    crate::left::large()\n", "", { edited: /right::other/ }),
  edit("function of the other unit", "src/left.rs", 'println!("c {at}");', 'println!("e {at}");', { edited: /left::large/ }),
  edit("code that build.rs generates", "build.rs", "wrapping_add(41)", "wrapping_add(42)", { file: /generated\.rs$/, edited: /generated/ }),
  edit("dependency in the workspace", "helper/src/lib.rs", "wrapping_mul(height)", "wrapping_add(height)", { edited: /helper::area/ }),
  edit("inline function of a dependency", "helper/src/lib.rs", "wrapping_div(2)", "wrapping_div(3)", { edited: /helper::half/ }),
  edit("main", "src/main.rs", "    left::small();\n", "", { edited: /main/ }),
  edit("elsewhere: const that two files use", "src/limits.rs", "u64 = 3", "u64 = 4", { edited: /^STEP$/ }),
  edit("elsewhere: type alias", "src/limits.rs", "Width = u32", "Width = u16", { edited: /^Width$/ }),
  edit("elsewhere: macro that two files use", "src/limits.rs", "wrapping_mul(2)", "wrapping_mul(4)", { edited: /^twice$/ }),
  edit("elsewhere: comment", "src/limits.rs", "pub type", "// A comment.\npub type", { nothing: true }),
  edit("panic message", "src/uses.rs", "there is none before zero", "zero has none before", { edited: /uses::checked/ }),
  edit(
    "comment that moves a panic's line",
    "src/uses.rs",
    "#[inline(never)]\npub fn checked",
    "// A comment.\n#[inline(never)]\npub fn checked",
  ),
  edit("opt-level", "Cargo.toml", "incremental = true", "incremental = true\nopt-level = 2", { file: /^opt-level$/ }),
  edit("module emptied of a call", "src/consts.rs", '    println!("limited");\n', "", { edited: /consts::limited/ }),
  {
    kind: "struct: new field, and where it is made",
    changes: [
      { file: "src/shapes.rs", from: "    pub y: u64,\n}", to: "    pub y: u64,\n    pub z: u32,\n}" },
      { file: "src/shapes.rs", from: "y: 2 * seed }", to: "y: 2 * seed, z: 1 }" },
      { file: "src/shapes.rs", from: "y: 0 }", to: "y: 0, z: 0 }" },
    ],
    file: /^src\/shapes\.rs$/,
    edited: /Point|shapes::point/,
  },
  {
    kind: "enum: new variant",
    changes: [
      { file: "src/shapes.rs", from: "    Square,\n}", to: "    Square,\n    Flat,\n}" },
      { file: "src/shapes.rs", from: '"square",\n    }', to: '"square",\n        Kind::Flat => "flat",\n    }' },
      { file: "src/shapes.rs", from: "if seed > 3 {", to: "if seed > 9 { Kind::Flat } else if seed > 3 {" },
    ],
    file: /^src\/shapes\.rs$/,
    edited: /Kind|shapes::kind|shapes::name/,
  },
  {
    kind: "function added",
    changes: [
      { file: "src/plain.rs", from: "fn small", to: "#[inline(never)]\nfn added(value: u64) -> u64 {\n    value ^ 1\n}\n\nfn small" },
      { file: "src/plain.rs", from: "^ small(value)", to: "^ added(small(value))" },
    ],
    file: /^src\/plain\.rs$/,
    edited: /plain::(?:added|caller)/,
  },
  {
    kind: "function removed",
    changes: [
      { file: "src/plain.rs", from: "fn small(value: u64) -> u64 {\n    value.wrapping_sub(5)\n}\n", to: "" },
      { file: "src/plain.rs", from: "^ small(value)", to: "" },
    ],
    file: /^src\/plain\.rs$/,
    edited: /plain::(?:small|caller)/,
  },
  {
    kind: "function renamed",
    changes: [
      { file: "src/plain.rs", from: "pub fn sum_of", to: "pub fn total_of" },
      { file: "src/main.rs", from: "plain::sum_of", to: "plain::total_of" },
    ],
    file: /^src\/(plain|main)\.rs$/,
    edited: /^src\/plain\.rs$|plain::(?:sum|total)_of|edited::main$/,
  },
  {
    kind: "two functions of two files",
    changes: [
      { file: "src/plain.rs", from: "rotate_left(7)", to: "rotate_left(8)" },
      { file: "src/left.rs", from: "a {at}", to: "z {at}" },
    ],
    file: /^src\/(plain|left)\.rs$/,
    edited: /plain::body|left::large/,
    causes: 2,
  },
];

const WITHOUT_DEBUG_INFO_KINDS = [
  "body of a small function",
  "closure passed",
  "string literal",
  "const",
  "macro",
  "dependency in the workspace",
];

/** Some of them again without debug info, which would say what was inlined. */
export const WITHOUT_DEBUG_INFO: readonly Edit[] = FIXTURE_EDITS.filter(({ kind }) =>
  WITHOUT_DEBUG_INFO_KINDS.some((start) => kind.startsWith(start)),
);
