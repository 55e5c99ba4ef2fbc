/** Bad input: a clear error with file and help, the right exit code, and no file overwritten. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmod, copyFile, cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { RunReport } from "../../src/protocol/runs.js";
import { PLAIN_SETTINGS } from "../../src/core/replay/inputs.js";
import type { UnitManifest } from "../../src/protocol/units.js";
import { skipWithoutRust, TestCli } from "../support/cli.js";

const SOURCE = `#![no_std]
#[no_mangle] pub extern "C" fn one(x: u32) -> u32 { x + 1 }
#[inline(never)] pub fn two(x: u32) -> u32 { x ^ 2 }
`;

/** `count` bits of a number, the lowest one first, as in a bitstream. */
function bitsOf(value: number, count: number): string {
  return Array.from({ length: count }, (_, bit) => (value >> bit) & 1).join("");
}

const CHAR6 = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._";

/**
 * How LLVM writes a producer's text: with 6 bits per character if all of them are in a small set ("LLVM22.1.8"), otherwise as numbers in chunks of
 * 5 bits ("LLVM22.1.2-rust-1.95.0-stable").
 */
const ENCODINGS: readonly ((text: string) => string)[] = [
  (text) => Array.from(text, (character) => bitsOf(CHAR6.indexOf(character), 6)).join(""),
  (text) => Array.from(Buffer.from(text), (byte) => bitsOf((byte & 31) | 32, 6) + bitsOf(byte >> 5, 6)).join(""),
];

/** Bitcode whose identification block names another LLVM. */
function withProducer(bitcode: Buffer, from: string, to: string): Buffer {
  const bits = Array.from(bitcode, (byte) => bitsOf(byte, 8)).join("");
  for (const encoded of ENCODINGS) {
    const at = bits.indexOf(encoded(from));
    if (at < 0) continue;
    const changed = bits.slice(0, at) + encoded(to) + bits.slice(at + encoded(from).length);
    return Buffer.from(Array.from({ length: bitcode.length }, (_, byte) => bitsToNumber(changed.slice(byte * 8, byte * 8 + 8))));
  }
  return assert.fail("the identification block was not found");
}

/** The lowest bit comes first. */
function bitsToNumber(bits: string): number {
  return Array.from(bits).reduce((sum, bit, place) => sum + (bit === "1" ? 2 ** place : 0), 0);
}

describe("bad input", { skip: skipWithoutRust }, () => {
  let scratch = "";
  let cli: TestCli;
  const file = (name: string): string => join(scratch, name);

  const rustc = (...args: readonly string[]): void => {
    const built = spawnSync("rustc", ["--crate-type=lib", "-Cpanic=abort", "-O", ...args], { cwd: scratch, encoding: "utf8" });
    assert.equal(built.status, 0, built.stderr);
  };

  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), "lto-inspector-bad-"));
    cli = new TestCli(file("store"));
    await writeFile(file("demo.rs"), SOURCE);
    rustc("--emit=llvm-bc", "-o", "good.bc", "demo.rs");
    rustc("--emit=obj", "-o", "bare.o", "demo.rs");
    rustc("-Clinker-plugin-lto", "-o", "libdemo.rlib", "demo.rs");
  });

  after(async () => {
    await rm(scratch, { recursive: true, force: true });
  });

  it("good input of the same kind is accepted", async () => {
    assert.equal((await cli.report<RunReport>(["thin", file("good.bc"), file("libdemo.rlib")])).modules.length, 2);
  });

  it("no such file, a folder, an empty file, an unreadable one", async () => {
    assert.equal((await cli.error(["thin", file("none.bc")], 3)).name, "UnreadableFile");
    assert.equal((await cli.error(["thin", file("good.bc"), file("none.bc")], 3)).file, file("none.bc"));
    await mkdir(file("folder"));
    assert.equal((await cli.error(["thin", file("folder")], 3)).name, "UnreadableFile");
    await writeFile(file("empty.o"), "");
    const empty = await cli.error(["thin", file("empty.o")], 3);
    assert.deepEqual([empty.name, empty.file], ["NotAnObject", file("empty.o")]);
    assert.ok(empty.help);
  });

  it("a file that may not be read", async (context) => {
    if (process.getuid?.() === 0) {
      context.skip("root may read everything");
      return;
    }
    await copyFile(file("good.bc"), file("secret.bc"));
    await chmod(file("secret.bc"), 0);
    assert.equal((await cli.error(["thin", file("secret.bc")], 3)).name, "UnreadableFile");
  });

  it("not an object, and an object without bitcode: says how to build it", async () => {
    await writeFile(file("text.bc"), "This is not bitcode.");
    const text = await cli.error(["thin", file("text.bc")], 3);
    assert.deepEqual([text.name, text.file], ["NotAnObject", file("text.bc")]);
    const bare = await cli.error(["thin", file("bare.o")], 3);
    assert.deepEqual([bare.name, bare.file], ["NoBitcode", file("bare.o")]);
    assert.match(bare.help ?? "", /lto-inspector capture/);
  });

  it("truncated bitcode", async () => {
    const good = await readFile(file("good.bc"));
    await writeFile(file("cut.bc"), good.subarray(0, Math.floor(good.length / 2)));
    const cut = await cli.error(["thin", file("cut.bc")], 3);
    assert.equal(cut.file, file("cut.bc"));
    assert.ok(["ParseBitcode", "LoadBitcode", "PrepareThinLtoContext"].includes(cut.name), cut.name);
  });

  it("bitcode of a newer LLVM, with both versions", async () => {
    await writeFile(file("newer.bc"), withProducer(await readFile(file("good.bc")), "LLVM22", "LLVM23"));
    const newer = await cli.error(["thin", file("good.bc"), file("newer.bc")], 3);
    assert.deepEqual([newer.name, newer.file, newer.module], ["ForeignLlvm", file("newer.bc"), "newer.bc"]);
    assert.match(newer.message, /written by LLVM 23\..*library is LLVM 22\./);
    assert.match(newer.help ?? "", /can read it/);
    // An older one is read, with a warning that the library is not the producer's.
    await writeFile(file("older.bc"), withProducer(await readFile(file("good.bc")), "LLVM22", "LLVM21"));
    const older = await cli.report<RunReport>(["thin", "--analyze", file("older.bc")]);
    assert.equal(older.llvm.matchesProducer, false);
    assert.ok(
      older.warnings.some((warning) => warning.includes("LLVM 21.")),
      older.warnings.join("\n"),
    );
  });

  it("a truncated archive: names the member", async () => {
    const good = await readFile(file("libdemo.rlib"));
    await writeFile(file("libcut.rlib"), good.subarray(0, good.length - 200));
    const cut = await cli.error(["thin", file("libcut.rlib")], 3);
    assert.deepEqual([cut.name, cut.file], ["CorruptArchive", file("libcut.rlib")]);
    assert.match(cut.message, /rcgu\.o|rmeta/);
  });

  it("an archive with a damaged member: names archive and member", async () => {
    const bytes = await readFile(file("libdemo.rlib"));
    const member = bytes.lastIndexOf(Buffer.from("BC\xC0\xDE", "latin1"));
    assert.ok(member > 0);
    bytes.fill(0xff, member + 64, member + 512);
    await writeFile(file("libbad.rlib"), bytes);
    const bad = await cli.error(["thin", file("libbad.rlib")], 3);
    assert.equal(bad.file, file("libbad.rlib"));
    assert.match(`${bad.message} ${bad.module ?? ""}`, /rcgu\.o/);
  });

  it("one file given twice; two files with the same name are two modules", async () => {
    const twice = await cli.error(["thin", file("good.bc"), file("good.bc")], 3);
    assert.deepEqual([twice.name, twice.module], ["DuplicateModule", "good.bc"]);
    await mkdir(file("copy"));
    await copyFile(file("good.bc"), file("copy/good.bc"));
    const report = await cli.report<RunReport>(["thin", file("good.bc"), file("copy/good.bc"), "--analyze"]);
    assert.deepEqual(
      report.modules.map(({ name }) => name),
      [file("good.bc"), file("copy/good.bc")],
    );
  });

  it("modules for different targets are a warning", async (context) => {
    const targets = spawnSync("rustc", ["--print", "target-list"], { encoding: "utf8" }).stdout.split("\n");
    const other = ["i686-unknown-linux-gnu", "aarch64-unknown-linux-gnu"].find((target) => targets.includes(target));
    // A crate without core needs no standard library for the target.
    await writeFile(
      file("bare.rs"),
      '#![feature(no_core)]\n#![no_core]\n#![feature(lang_items)]\n#[lang = "pointee_sized"] pub trait PointeeSized {}\n#[lang = "meta_sized"] pub trait MetaSized: PointeeSized {}\n#[lang = "sized"] pub trait Sized: MetaSized {}\n#[lang = "copy"] pub trait Copy {}\nimpl Copy for u32 {}\n#[no_mangle] pub extern "C" fn three(x: u32) -> u32 { x }\n',
    );
    const args = ["--crate-type=lib", "--emit=llvm-bc", `--target=${other ?? ""}`, "-Cpanic=abort", "-o", "other.bc", "bare.rs"];
    const built = spawnSync("rustc", args, { cwd: scratch, encoding: "utf8", env: { ...process.env, RUSTC_BOOTSTRAP: "1" } });
    if (built.status !== 0) {
      context.skip(`this rustc cannot compile for another target without its core: ${built.stderr.split("\n")[0] ?? ""}`);
      return;
    }
    const report = await cli.report<RunReport>(["thin", "--analyze", file("good.bc"), file("other.bc")]);
    assert.ok(
      report.warnings.some((warning) => /different targets.*other\.bc.*no linker accepts them/.test(warning)),
      report.warnings.join("\n"),
    );
  });

  it("an unknown unit, module, stage or option", async () => {
    assert.equal((await cli.error(["thin", "no-such-unit"], 3)).name, "UnknownUnit");
    assert.equal((await cli.error(["verify", "no-such-unit"], 3)).name, "UnknownUnit");
    assert.equal((await cli.error(["thin", file("good.bc"), "--only", "other"], 3)).name, "UnknownModule");
    assert.equal((await cli.error(["thin", file("good.bc"), "--save-temps", "other"], 2)).name, "Usage");
    assert.equal((await cli.error(["thin", file("good.bc"), "--no-such-option"], 2)).name, "Usage");
    assert.equal((await cli.run(["no-such-command"])).code, 2);
    assert.equal((await cli.run([])).code, 2);
  });

  it("a libLLVM that does not exist, or that is not a libLLVM", async () => {
    const none = await cli.error(["thin", file("good.bc"), "--llvm", file("libLLVM.so")], 3);
    assert.equal(none.name, "NoLibLlvm");
    assert.match(none.message, /libLLVM\.so does not exist/);
    await writeFile(file("libLLVM-fake.so"), Buffer.alloc(2 << 20));
    const fake = await cli.error(["thin", file("good.bc"), "--llvm", file("libLLVM-fake.so")], 3);
    assert.deepEqual([fake.name, fake.file], ["NoLibLlvm", file("libLLVM-fake.so")]);
  });

  it("a session in progress, and an empty session", async () => {
    await mkdir(file("incremental/demo-1/s-abc-def-working"), { recursive: true });
    assert.equal((await cli.error(["thin", file("incremental/demo-1/s-abc-def-working")], 3)).name, "SessionUnderWay");
    assert.equal(
      (await cli.error(["thin", file("good.bc"), "--session", file("incremental/demo-1/s-abc-def-working")], 3)).name,
      "SessionUnderWay",
    );
    await mkdir(file("incremental/demo-1/s-abc-def-ghi"));
    assert.equal((await cli.error(["thin", file("incremental/demo-1/s-abc-def-ghi")], 3)).name, "NothingToInspect");
  });

  it("writing into one of rustc's sessions is refused", async () => {
    const session = file("incremental/demo-1/s-abc-def-ghi");
    assert.equal((await cli.error(["thin", file("good.bc"), "--out", session], 2)).name, "Usage");
    assert.deepEqual(await readdir(session), []);
  });

  it("a unit that is incomplete, was built with fat LTO, or has lost a file", async () => {
    const rlib = file("libdemo.rlib");
    const toolchain = (
      await cli.report<{ toolchains: { toolchain: UnitManifest["toolchain"]; usedHere: boolean }[] }>(["doctor", scratch])
    ).toolchains.find(({ usedHere }) => usedHere)?.toolchain;
    assert.ok(toolchain);
    const manifest: Partial<UnitManifest> = {
      schema: 1,
      id: "demo-bin-00000000",
      capture: 1,
      name: "demo (bin)",
      crateName: "demo",
      packageName: "demo",
      crateTypes: ["bin"],
      profile: "release",
      mode: "thin",
      incremental: false,
      workspace: scratch,
      capturedAt: new Date().toISOString(),
      toolchain,
      commandLine: [],
      deviations: [],
      complete: true,
      localModules: [{ name: "gone", origin: "local", file: "inputs/gone.bc", reserialize: false, green: false }],
      upstream: [{ crate: "demo", file: "inputs/demo.rlib", source: rlib, members: null }],
      previousKeysFile: null,
      currentKeysFile: null,
      decisions: null,
      rustcStages: {},
      outputBytes: null,
      warnings: [],
      settings: PLAIN_SETTINGS,
    };
    const store = async (changes: Partial<UnitManifest>): Promise<void> => {
      const folder = file("store/captures/demo-bin-00000000/1");
      await rm(folder, { recursive: true, force: true });
      await mkdir(join(folder, "inputs"), { recursive: true });
      await cp(rlib, join(folder, "inputs", "demo.rlib"));
      await writeFile(join(folder, "manifest.json"), JSON.stringify({ ...manifest, ...changes }));
    };
    await store({});
    const lost = await cli.error(["thin", "demo-bin-00000000"], 3);
    assert.equal(lost.name, "UnreadableFile");
    assert.match(lost.help ?? "", /[Cc]apture/);
    await store({ complete: false, incompleteBecause: { name: "IncompleteUnit", message: "The final crate left no bitcode." } });
    const incomplete = await cli.error(["verify", "demo-bin-00000000"], 3);
    assert.equal(incomplete.name, "IncompleteUnit");
    assert.match(incomplete.help ?? "", /lto-inspector capture/);
    await store({});
    assert.match((await cli.error(["fat", "demo-bin-00000000"], 2)).help ?? "", /lto-inspector thin/);
    await store({ mode: "fat" });
    const other = await cli.error(["thin", "demo-bin-00000000"], 2);
    assert.equal(other.name, "Usage");
    assert.match(other.help ?? "", /lto-inspector fat/);
    await store({ toolchain: { ...toolchain, llvmVersion: "21.1.8", release: "1.92.0" } });
    const noEngine = await cli.error(["thin", "demo-bin-00000000"], 3);
    assert.equal(noEngine.name, "NoAddon");
    assert.match(noEngine.message, /^rustc 1\.92\.0 uses LLVM 21\.1\.8; this build has .*22/);
  });

  it("leaves the inputs as they were, and no half-written run", async () => {
    const before = await readFile(file("good.bc"));
    await cp(file("good.bc"), file("again.bc"));
    await cli.error(["thin", file("text.bc"), "--out", file("out")], 3);
    assert.deepEqual(await readdir(file("out")), []);
    const runs = await readdir(file("store/runs"));
    for (const run of runs) {
      const manifest = JSON.parse(await readFile(file(`store/runs/${run}/manifest.json`), "utf8")) as { state: string };
      assert.ok(["done", "failed"].includes(manifest.state));
    }
    assert.ok((await readFile(file("good.bc"))).equals(before));
  });
});
