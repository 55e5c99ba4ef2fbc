/**
 * Upstream crates that take no part in LTO (`#![no_builtins]`) are named, and `find` searches their symbols; crates that prevent LTO are named too.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { FindReport } from "../../src/protocol/ir.js";
import type { CapturedUnitReport, CaptureReport } from "../../src/protocol/reports.js";
import type { RunReport, VerifyReport } from "../../src/protocol/runs.js";
import type { UnitManifest } from "../../src/protocol/units.js";
import { skipWithoutRust, TestCli, validate } from "../support/cli.js";

const crate = (name: string, rest: string): string => `[package]\nname = "${name}"\nversion = "0.1.0"\nedition = "2021"\n${rest}`;

const FILES: Readonly<Record<string, string>> = {
  "Cargo.toml": '[workspace]\nmembers = ["app", "lib", "nb"]\nresolver = "2"\n[profile.release]\nlto = "thin"\nopt-level = "z"\n',
  "nb/Cargo.toml": crate("nb", ""),
  // Crates that use `copy` and `fill` define them.
  "nb/src/lib.rs": `#![no_builtins]
#![no_std]
#[inline(never)] pub fn total(n: u32) -> u32 { helper(n) + 1 }
#[inline(never)] fn helper(n: u32) -> u32 { n ^ 7 }
#[inline(never)] pub fn copy<T: Copy>(from: &[T], to: &mut [T]) { for (one, other) in from.iter().zip(to) { *other = *one; } }
#[inline] pub fn fill(bytes: &mut [u8], value: u8) { for byte in bytes { *byte = value; } }
`,
  "app/Cargo.toml": crate("app", '[dependencies]\nnb = { path = "../nb" }\n'),
  // With the word in its root file, only the functions tell whether the crate is it, too.
  "app/src/main.rs": `//! Not #![no_builtins].
fn main() {
    let (mut from, mut to) = ([0; 64], [0; 64]);
    nb::fill(&mut from, std::env::args().count() as u8);
    nb::copy(&from, &mut to);
    println!("{} {to:?}", nb::total(std::env::args().count() as u32));
}
`,
  "lib/Cargo.toml": crate("lib", '[lib]\ncrate-type = ["staticlib"]\n[dependencies]\nnb = { path = "../nb" }\n'),
  "lib/src/lib.rs": `#[no_mangle] pub extern "C" fn lib_total(n: u32) -> u32 {
    let mut to = [0; 64];
    nb::copy(&[n; 64], &mut to);
    nb::total(to.iter().sum())
}
`,
};

describe("crates outside LTO", { skip: skipWithoutRust }, () => {
  let scratch = "";
  let cli: TestCli;
  let units: readonly CapturedUnitReport[] = [];

  const unit = (kind: string): CapturedUnitReport =>
    units.find(({ crateTypes }) => crateTypes.some((type) => type === kind)) ?? assert.fail(`no ${kind} was captured`);

  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), "lto-inspector-outside-"));
    for (const [name, text] of Object.entries(FILES)) {
      await mkdir(dirname(join(scratch, "w", name)), { recursive: true });
      await writeFile(join(scratch, "w", name), text);
    }
    cli = new TestCli(join(scratch, "store"));
    ({ units } = await cli.report<CaptureReport>(["capture", join(scratch, "w")]));
  });
  after(async () => {
    await rm(scratch, { recursive: true, force: true });
  });

  for (const kind of ["bin", "staticlib"]) {
    it(`are named in a ${kind}'s capture, and kept in it`, async () => {
      const { id, outsideLto } = unit(kind);
      assert.deepEqual(outsideLto, ["nb", "compiler_builtins"]);
      const folder = join(cli.store, "captures", id, "1");
      const text = await readFile(join(folder, "manifest.json"), "utf8");
      const manifest = JSON.parse(text) as UnitManifest;
      const [nb] = manifest.outsideLto ?? [];
      assert.match(nb?.file ?? "", /^inputs\/libnb-[0-9a-f]{16}\.rlib$/);
      await readFile(join(folder, nb?.file ?? ""));
      // The linker's command line, which lists the crates, contains the user's PATH.
      assert.ok(!text.includes(process.env["PATH"] ?? "?"));
      assert.ok(manifest.upstream.every(({ crate: name }) => name !== "nb"));
      assert.equal(manifest.noBuiltins, kind === "bin" ? undefined : false);
    });

    it(`are searched by find in a ${kind}`, async () => {
      const report = await cli.report<FindReport>(["find", unit(kind).id, "nb::"]);
      await validate("find", report);
      assert.deepEqual(report.outsideLto, ["nb", "compiler_builtins"]);
      const outside = report.hits.filter(({ outsideLto }) => outsideLto === "nb");
      const kinds = outside.filter(({ role }) => role === "defined").map(({ demangled, kind: what }) => [demangled, what] as const);
      assert.deepEqual(Object.fromEntries(kinds), { "nb::helper": "function", "nb::total": "function" });
      const [helper] = outside.filter(({ demangled }) => demangled === "nb::helper");
      assert.deepEqual(helper?.usedByDemangled, ["nb::total"]);
      const used = report.hits.filter(({ outsideLto, role }) => outsideLto === undefined && role === "referenced");
      const names = new Set(used.map(({ demangled }) => demangled).filter((name) => !/^nb::(?:copy|fill)/.test(name)));
      assert.deepEqual(names, new Set(["nb::total"]));
    });
  }

  it("are in the text and the report of runs, capture and find", async () => {
    const { id } = unit("bin");
    const thin = await cli.run(["thin", id, "--analyze"]);
    assert.match(thin.stdout, /^outside LTO, linked as they are: nb, compiler_builtins$/m);
    const report = await cli.report<RunReport>(["thin", id, "--analyze"]);
    await validate("thin", report);
    assert.deepEqual(report.outsideLto, ["nb", "compiler_builtins"]);
    const found = await cli.run(["find", id, "nb::total"]);
    assert.match(found.stdout, /^ {2}defined {5}outside LTO, nb {2}external$/m);
    assert.match(found.stdout, /modules searched after import, and the crates that are linked without LTO \(nb, compiler_builtins\)\.$/m);
  });

  it("do not change what rustc does", async () => {
    for (const kind of ["bin", "staticlib"]) {
      const verified = await cli.report<VerifyReport>(["verify", unit(kind).id]);
      assert.deepEqual(verified.different, [], kind);
      assert.deepEqual(verified.binary, { identical: true, differs: [] }, kind);
    }
  });

  it("do not change what rustc does in fat LTO, though a crate defines functions of theirs", async () => {
    const id = await cli.capture(join(scratch, "w"), "--package", "app", "--lto", "fat");
    const verified = await cli.report<VerifyReport>(["verify", id]);
    assert.deepEqual(verified.different, []);
    assert.equal(verified.objects?.identical, 1);
    const { hits } = await cli.report<FindReport>(["find", id, "nb::copy"]);
    assert.ok(hits.some(({ outsideLto, role }) => outsideLto === undefined && role === "defined"));
  });
});

describe("a crate without bitcode", { skip: skipWithoutRust }, () => {
  let scratch = "";
  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), "lto-inspector-no-bitcode-"));
  });
  after(async () => {
    await rm(scratch, { recursive: true, force: true });
  });

  it("is named with the flag that adds it, by the capture and by later commands", async () => {
    const files = {
      "foo.rs": "pub fn f(n: u32) -> u32 { n * 3 }",
      "app/Cargo.toml": `${crate("app", "")}[profile.release]\nlto = "fat"\n`,
    };
    const main = { "app/src/main.rs": 'fn main() { println!("{}", foo::f(std::env::args().count() as u32)); }\n' };
    for (const [name, text] of Object.entries({ ...files, ...main })) {
      await mkdir(dirname(join(scratch, name)), { recursive: true });
      await writeFile(join(scratch, name), text);
    }
    const rlib = join(scratch, "libfoo.rlib");
    const compiled = spawnSync("rustc", ["-O", "--crate-type=rlib", "-Cembed-bitcode=no", "-o", rlib, join(scratch, "foo.rs")]);
    assert.equal(compiled.status, 0, String(compiled.stderr));
    const cli = new TestCli(join(scratch, "store"));
    const env = { RUSTFLAGS: `--extern foo=${rlib}` };
    const captured = await cli.run(["capture", join(scratch, "app")], { env });
    assert.equal(captured.code, 3);
    assert.match(
      captured.stderr,
      new RegExp(`warning: incomplete: LTO needs the bitcode of every crate, but ${rlib} was built without it`),
    );
    assert.match(captured.stderr, /help: Build foo with `-C embed-bitcode=yes`, then capture again\.\n$/);
    const asked = await cli.run(["fat", captured.stdout.trim()]);
    assert.equal(asked.code, 3);
    assert.ok(asked.stderr.includes(rlib) && asked.stderr.includes("-C embed-bitcode=yes"), asked.stderr);
  });
});
