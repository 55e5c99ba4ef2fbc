/** Readable names of codegen units: paths in symbols, rustc's hash, and names found with both. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  crateOfSessionFolder,
  crateOfUnitName,
  hashedUnitName,
  mixedUnitName,
  readableUnitNames,
} from "../../src/core/pipelines/codegen-unit-names.js";
import { pathsInSymbol } from "../../src/core/pipelines/rust-symbol-paths.js";
import { learnReadableNames, readableTitle, shortModuleName } from "../../src/protocol/module-names.js";

const ID = "2e83d792916d981";

/** Of examples/rust with rustc 1.97.0-nightly: the name with -Z human-readable-cgu-names, and without it. */
const UNITS: readonly (readonly [readable: string, hashed: string])[] = [
  [`textstats.${ID}`, "8u59kew7bswyg154ksd5vou8f"],
  [`textstats.${ID}-bars`, "83tt8cekt4ugyor8a843ux7dq"],
  [`textstats.${ID}-fallback.cgu`, "9x9mdmqsd237kglf7e7cp1bse"],
  [`core.${ID}-in-textstats.${ID}-str.volatile`, "cjrp7o2i8qr73eigusw7yedkh"],
  [`core.${ID}-in-textstats.${ID}-slice-sort-shared-pivot.volatile`, "6f8ptf72pegvpxjgio1uq6ybf"],
];

describe("rustc's hash of a codegen unit's name", () => {
  for (const [readable, hashed] of UNITS) it(`of ${readable}`, () => assert.equal(hashedUnitName(readable), hashed));
});

describe("the crate of a session's folder", () => {
  it("has the id that is in names of codegen units", () => {
    assert.deepEqual(crateOfSessionFolder("textstats-01lao845uq0zl"), { name: "textstats", stableId: BigInt(`0x${ID}`) });
  });
  it("is none for other folders", () => {
    for (const other of ["textstats", "textstats-01lao", "s-hom02s3qtk-0fbpsem-dyt127"]) {
      assert.equal(crateOfSessionFolder(other), undefined);
    }
  });
});

describe("the crate of a codegen unit without a session", () => {
  it("has the id that is in its name", () => {
    const crate = { name: "textstats", stableId: BigInt(`0x${ID}`) };
    assert.deepEqual(crateOfUnitName(`textstats.${ID}-cgu.0`), crate);
    assert.deepEqual(crateOfUnitName(`textstats.${ID}-fallback.cgu`), crate);
  });
  it("is none for other names", () => {
    for (const other of ["f2urc76loy7f0glf0gk50ubyb", "textstats-cgu.0", `${ID}-cgu.0`]) assert.equal(crateOfUnitName(other), undefined);
  });
});

/** A symbol, and paths in it. */
const SYMBOLS: readonly (readonly [symbol: string, ...paths: string[]])[] = [
  ["_ZN9textstats4bars4draw17h0123456789abcdefE", "textstats::bars::draw::h0123456789abcdef"],
  [
    "_ZN70_$LT$textstats..bars..Bar$u20$as$u20$core..fmt..Display$GT$3fmt17h0123456789abcdefE",
    ...["textstats::bars::Bar", "core::fmt::Display"],
  ],
  ["_RNvMNtCs8NwYtU1Mohg_4core5sliceSh11starts_withCsftruqDDdGD_9textstats", "core", "core::slice"],
  [
    "_RNCINvNtCsi4IsKQVxMg0_3std2rt10lang_startNtNtB6_7process8ExitCodeE0CsftruqDDdGD_9textstats",
    ...["std", "std::rt", "std::rt::lang_start", "std::process", "std::process::ExitCode"],
  ],
  [
    "_RINvNvNtCs8NwYtU1Mohg_4core3ptr25swap_nonoverlapping_bytes26swap_nonoverlapping_chunksKj8_ECsftruqDDdGD_9textstats",
    ...["core", "core::ptr", "core::ptr::swap_nonoverlapping_bytes"],
  ],
  ["main"],
  ["_ZNSt6vectorIiE9push_backEi"],
];

describe("the paths in a symbol", () => {
  for (const [symbol, ...paths] of SYMBOLS) {
    it(symbol, () => {
      const found = pathsInSymbol(symbol).map((path) => path.join("::"));
      for (const path of paths) assert.ok(found.includes(path), `${path} in ${found.join(", ")}`);
      if (paths.length === 0) assert.deepEqual(found, []);
    });
  }
  it("end with damage, and never hang", () => {
    for (const damaged of ["_RB_", "_RNvB_1a", `_R${"N".repeat(100_000)}`, "_RIIIIIIII", "_RNvC99999999999a", "_ZN99999a"]) {
      pathsInSymbol(damaged);
    }
  });
});

describe("readable names", () => {
  it("are those whose hash is the unit's name, and no others", () => {
    const crate = { name: "textstats", stableId: BigInt(`0x${ID}`) };
    const hashed = [...UNITS.map(([, hash]) => hash), "ax68jmed2efhjnq3mm6pqyujn"];
    const symbols = [
      ...["_ZN9textstats4bars4draw17h0123456789abcdefE", "_RNvMNtCs8NwYtU1Mohg_4core3stre11starts_with"],
      "_RINvNtNtNtNtCs8NwYtU1Mohg_4core5slice4sort6shared5pivot11median3_recmE",
    ];
    const found = readableUnitNames(crate, hashed, symbols);
    assert.deepEqual(new Map([...found].map(([hash, { rustc }]) => [rustc, hash])), new Map(UNITS));
    assert.deepEqual(found.get("cjrp7o2i8qr73eigusw7yedkh"), {
      rustc: `core.${ID}-in-textstats.${ID}-str.volatile`,
      module: "core::str",
      part: "instances",
    });
  });

  it("without a certain one, a unit is called after the modules of its symbols", () => {
    const draw = ["_ZN9textstats4bars4draw17h0123456789abcdefE", "_ZN9textstats4bars3bar17h0123456789abcdefE"];
    const others = [
      "_ZN70_$LT$textstats..rows..Row$u20$as$u20$core..fmt..Display$GT$3fmt17h0123456789abcdefE",
      "_RNCINvNtCsi4IsKQVxMg0_3std2rt10lang_startNtNtB6_7process8ExitCodeE0CsftruqDDdGD_9textstats",
      "_ZN9textstats4main17h0123456789abcdefE",
    ];
    const titleOf = (symbols: readonly string[]): string | undefined => {
      const name = mixedUnitName(symbols);
      return name && readableTitle(name);
    };
    assert.equal(titleOf(draw), "mostly textstats::bars");
    assert.equal(titleOf([...others, ...draw]), "textstats::bars and 3 more");
    assert.deepEqual(mixedUnitName([...others, ...draw])?.modules, ["textstats::bars", "std::rt", "textstats", "textstats::rows"]);
    assert.equal(titleOf(["main", "_ZNSt6vectorIiE9push_backEi"]), undefined);
  });

  it("are shown once they are known, also for members of rlibs", () => {
    const hashed = "83tt8cekt4ugyor8a843ux7dq";
    const member = `bars-4a656e81c25e75bf.${hashed}.1vedk78.rcgu.o`;
    assert.equal(shortModuleName(member), "83tt8cekt4ug");
    learnReadableNames([[hashed, { rustc: `textstats.${ID}-bars`, module: "textstats::bars", part: "instances" }]]);
    assert.equal(shortModuleName(member), "textstats::bars (generics)");
  });

  it("say what a unit has of a module", () => {
    const parts = ["items", "instances", "fallback", "allocator"] as const;
    assert.deepEqual(
      parts.map((part) => readableTitle({ rustc: "", module: "a", part })),
      ["a (crate root)", "a (generics)", "a (fallback)", "a (allocator)"],
    );
    assert.equal(readableTitle({ rustc: "", module: "a::b", part: "items" }), "a::b");
  });
});
