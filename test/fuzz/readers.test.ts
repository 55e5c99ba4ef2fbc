/** A fixed budget of coverage-guided fuzzing (libFuzzer, with address and undefined-behaviour sanitizers) over the readers of untrusted files. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { repository } from "../support/repository.js";

const BUILD = path.join(repository, ".cache", "fuzz");

/** The same for everybody, so that a failure can be reproduced. */
const SEED = 20;

const SOURCE = `#![no_std]
#[no_mangle] pub extern "C" fn one(x: u32) -> u32 { x.wrapping_mul(3) }
`;

/** Two lines as rustc writes them, one of them with a Windows line break, and an invalid line. */
const KEYS = "abc 0123456789ABCDEF0123456789ABCDEF01234567\ncrate.cgu.0 F123456789ABCDEF0123456789ABCDEF01234567\r\nmalformed\n";

function must(cwd: string, program: string, ...args: readonly string[]): void {
  const { status, error, stdout, stderr } = spawnSync(program, args, { cwd, encoding: "utf8" });
  assert.equal(status, 0, `${program} ${args.join(" ")}: ${error?.message ?? ""}\n${stdout}${stderr}`);
}

/** The fuzzers' corpus: every kind of file with bitcode that rustc writes. */
async function writeCorpus(folder: string): Promise<void> {
  await writeFile(path.join(folder, "demo.rs"), SOURCE);
  const rustc = (...args: readonly string[]): void => {
    must(folder, "rustc", "--crate-type=lib", "-O", "-Cpanic=abort", "-Ccodegen-units=1", ...args, "demo.rs");
  };
  rustc("--emit=llvm-bc", "-o", "raw.bc");
  rustc("--emit=obj", "-o", "bare.o");
  must(folder, "objcopy", "--add-section", ".llvmbc=raw.bc", "bare.o", "embedded.o");
  rustc("-Clinker-plugin-lto", "-o", "libdemo.rlib");
  const files = { archive: ["raw.bc", "embedded.o", "libdemo.rlib"], bitcode_slice: ["raw.bc", "bare.o", "embedded.o"], keys_map: [] };
  for (const [name, seeds] of Object.entries(files)) {
    await mkdir(path.join(folder, name));
    for (const seed of seeds) await cp(path.join(folder, seed), path.join(folder, name, seed));
  }
  await writeFile(path.join(folder, "keys_map", "keys"), KEYS);
}

describe("readers of untrusted files, fuzzed", () => {
  let folder = "";

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "lto-inspector-fuzz-"));
    await mkdir(BUILD, { recursive: true });
    must(repository, "cmake", "-S", "addon/fuzz", "-B", BUILD, "-G", "Ninja", "-DCMAKE_CXX_COMPILER=clang++-22");
    must(repository, "ninja", "-C", BUILD);
    await writeCorpus(folder);
  });

  after(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  for (const [name, runs] of Object.entries({ archive: 40_000, bitcode_slice: 150_000, keys_map: 150_000 })) {
    it(`${name}: ${runs} inputs`, async () => {
      const found = path.join(folder, `${name}-found`);
      await mkdir(found);
      const args = [
        `-runs=${runs}`,
        `-seed=${SEED}`,
        "-max_len=8192",
        // For one input, which takes a millisecond.
        "-timeout=600",
        `-artifact_prefix=${found}${path.sep}`,
        path.join(folder, name),
      ];
      // libLLVM's containers are not instrumented, so container overflow must not be reported.
      const env = { ...process.env, ASAN_OPTIONS: "detect_container_overflow=0" };
      const { status, stderr } = spawnSync(path.join(BUILD, `${name}_fuzzer`), args, { env, encoding: "utf8", maxBuffer: 1 << 28 });
      assert.equal(status, 0, `${(await readdir(found)).join(", ")}\n${stderr.split("\n").slice(-60).join("\n")}`);
    });
  }
});
