/** The symbols that rustc preserves in thin-local LTO: as many as it says, in cases where bitcode alone does not show which. */
import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { VerifyReport } from "../../src/protocol/runs.js";
import { outcomeOf } from "../../src/protocol/verification.js";
import { skipWithoutRust, TestCli } from "../support/cli.js";

const manifest = (rest: string): string =>
  `[package]\nname = "shapes"\nversion = "0.1.0"\nedition = "2021"\n${rest}[profile.release]\ncodegen-units = 4\n`;

/** rustc preserves hidden functions if public functions that may be inlined into other crates refer to them. */
const MODULES = `pub mod a {
    #[inline]
    pub fn each(v: &[u32]) -> Vec<u32> { v.iter().map(|x| super::b::twice(*x)).collect() }
}
mod b {
    #[inline(never)]
    pub fn helper(x: u32) -> u32 { x ^ 5 }
    #[inline(never)]
    pub fn twice(x: u32) -> u32 { x.wrapping_mul(2) + helper(x) }
}
`;
const PROGRAM = `${MODULES}fn main() {
    let f = |x: u32| b::helper(x) + 1;
    println!("{:?}", a::each(&[std::env::args().count() as u32]).into_iter().map(f).collect::<Vec<_>>());
}
`;
const LIBRARY = `${MODULES}pub fn all(v: &[u32]) -> Vec<u32> { a::each(v) }
#[no_mangle]
pub extern "C" fn shapes(n: u32) -> u32 { all(&[n]).into_iter().map(|x| b::helper(x)).sum() }
`;
const WITH_DATA = `${LIBRARY}extern "C" fn callback(x: u32) -> u32 { b::twice(x) }
#[no_mangle]
pub static CALL: extern "C" fn(u32) -> u32 = callback;
#[used]
pub static KEPT: [u32; 2] = [9, 8];
`;

interface Case {
  readonly name: string;
  readonly manifest: string;
  readonly file: string;
  readonly source: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Not all are found, but the others have no effect. */
  readonly rest?: true;
}

const CASES: readonly Case[] = [
  { name: "of a program", manifest: "", file: "main.rs", source: PROGRAM },
  { name: "of a program with coverage", manifest: "", file: "main.rs", source: PROGRAM, env: { RUSTFLAGS: "-Cinstrument-coverage" } },
  {
    name: "of a library for C and Rust, where generic functions are shared",
    manifest: '[lib]\ncrate-type = ["cdylib", "rlib"]\n',
    file: "lib.rs",
    source: LIBRARY,
    env: { CARGO_PROFILE_RELEASE_OPT_LEVEL: "s" },
  },
  {
    name: "of a library for C whose data refers to functions",
    manifest: '[lib]\ncrate-type = ["cdylib"]\n',
    file: "lib.rs",
    source: WITH_DATA,
    rest: true,
  },
];

describe("symbols that thin-local LTO preserves", { skip: skipWithoutRust }, () => {
  let scratch = "";
  let cli: TestCli;

  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), "lto-inspector-preserved-"));
    cli = new TestCli(join(scratch, "store"));
  });
  after(async () => {
    await rm(scratch, { recursive: true, force: true });
  });

  for (const [index, { name, manifest: rest, file, source, env = {}, rest: notAll }] of CASES.entries()) {
    it(name, async () => {
      const folder = join(scratch, String(index));
      await mkdir(join(folder, "src"), { recursive: true });
      await writeFile(join(folder, "Cargo.toml"), manifest(rest));
      await writeFile(join(folder, "src", file), source);
      const captured = await cli.run(["capture", "--lto", "thin-local", folder], { env });
      assert.equal(captured.code, 0, captured.stderr);
      const report = await cli.report<VerifyReport>(["verify", captured.stdout.trim()]);
      assert.deepEqual(report.different, []);
      assert.equal(outcomeOf(report), "verified");
      const { rustc, ours, withoutEffect } = report.preservedSymbols;
      assert.ok(rustc !== null && rustc > 1, `rustc counts ${rustc}`);
      assert.deepEqual([ours === rustc, withoutEffect !== undefined], notAll === true ? [false, true] : [true, false]);
    });
  }
});
