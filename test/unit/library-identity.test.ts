/** Identifying a libLLVM without loading it. */
import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { mkdir, open, readFile, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { NotElf, readElf } from "../../src/core/engine/elf.js";
import { chooseLibrary } from "../../src/core/engine/libllvm.js";
import { seriesOf } from "../../src/core/machine/llvm-series.js";
import { identifyLibrary } from "../../src/core/engine/library-identity.js";
import { reachingOut } from "../../src/core/engine/llvm-words.js";
import { LtoError } from "../../src/core/base/errors.js";
import { fakeLibrary, type FakeLibrary } from "../support/fake-library.js";

const scratch = mkdtempSync(join(tmpdir(), "lto-inspector-elf-"));
after(() => rm(scratch, { recursive: true, force: true }));

let last = 0;

async function library(fake: FakeLibrary): Promise<string> {
  const file = join(scratch, `lib-${++last}.so`);
  await fakeLibrary(file, fake);
  return file;
}

async function refusal(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => assert.fail("was taken"),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof LtoError, String(error));
  assert.equal(error.report.name, "NoLibLlvm");
  assert.ok(error.report.help);
  return error.report.message;
}

describe("a library's identity", () => {
  it("is its SONAME and the version that it writes into bitcode", async () => {
    const file = await library({});
    assert.deepEqual(await identifyLibrary(file), {
      soname: "libLLVM.so.22.1-rust-1.95.0-stable",
      version: "22.1.2-rust-1.95.0-stable",
      series: seriesOf("22.1.2"),
    });
  });

  const wrong: readonly (readonly [name: string, fake: FakeLibrary, said: RegExp])[] = [
    ["another library", { soname: "libz.so.1", version: null, producer: null }, /is not a libLLVM, but libz\.so\.1/],
    [
      "an LLVM of no known series",
      { soname: "libLLVM.so.18.1", version: "LLVM_18.1", producer: "LLVM18.1.8" },
      /is LLVM 18\.1; .*19\.1 to/,
    ],
    ["no version definition", { version: null }, /without a version/],
    ["no producer", { producer: null }, /does not say which LLVM it is/],
    ["a producer of another series", { producer: "LLVM21.1.8" }, /as LLVM 21\.1\.8, but its symbols have the version LLVM_22\.1/],
  ];
  for (const [name, fake, said] of wrong) {
    it(`is refused for ${name}`, async () => {
      assert.match(await refusal(identifyLibrary(await library(fake))), said);
    });
  }

  it("is refused for anything but a shared library of this machine", async () => {
    const file = await library({});
    const content = await readFile(file);
    const other = join(scratch, "other.so");
    const changed = async (offset: number, byte: number): Promise<string> => {
      const copy = Buffer.from(content);
      copy[offset] = byte;
      await writeFile(other, copy);
      return refusal(identifyLibrary(other));
    };
    assert.match(await changed(0, 0), /is not a shared library \(ELF\)/);
    assert.match(await changed(4, 1), /another machine/);
    assert.match(await changed(18, 8), /another machine/);
    assert.match(await changed(16, 2), /is not a shared library/);
    assert.match(await refusal(identifyLibrary("/dev/zero")), /not a regular file/);
    assert.match(await refusal(identifyLibrary(scratch)), /not a regular file|cannot be read/);
    assert.match(await refusal(identifyLibrary(join(scratch, "none"))), /cannot be read/);
  });

  it("takes bounded time on damaged files: every header byte changed, every length truncated", async () => {
    const content = await readFile(await library({}));
    const file = join(scratch, "damaged.so");
    for (let offset = 0; offset < 1024; offset += 3) {
      const copy = Buffer.from(content);
      copy[offset] = (copy[offset] ?? 0) ^ 0xff;
      await writeFile(file, copy);
      const handle = await open(file);
      await readElf(handle).catch((error: unknown) => {
        assert.ok(error instanceof NotElf, `byte ${offset}: ${String(error)}`);
      });
      await handle.close();
    }
    for (let length = content.length; length > 0; length -= 997) {
      await truncate(file, length);
      const handle = await open(file);
      await readElf(handle).catch((error: unknown) => {
        assert.ok(error instanceof NotElf, `length ${length}: ${String(error)}`);
      });
      await handle.close();
    }
  });

  it("is read for each way in which a library is chosen", async (context) => {
    // Whatever is built here: an addon of this name counts as the engine for LLVM 22.
    const before = process.env["LTO_INSPECTOR_ADDON"];
    process.env["LTO_INSPECTOR_ADDON"] = join(scratch, "lto_inspector-22.node");
    context.after(() => {
      if (before === undefined) delete process.env["LTO_INSPECTOR_ADDON"];
      else process.env["LTO_INSPECTOR_ADDON"] = before;
    });
    const older = await library({ version: "LLVM_21.1", soname: "libLLVM.so.21.1", producer: "LLVM21.1.8" });
    await assert.rejects(chooseLibrary(older, null), (error) => {
      assert.ok(error instanceof LtoError);
      assert.equal(error.report.name, "NoAddon");
      assert.match(error.report.message, /is LLVM 21\.1\.8; this build has an engine for LLVM 22/);
      return true;
    });
    const bad = await library({ version: "LLVM_18.1", producer: "LLVM18.1.8" });
    assert.match(await refusal(chooseLibrary(bad, null)), /is LLVM 18\.1/);
    const sysroot = join(scratch, "sysroot");
    await mkdir(join(sysroot, "lib"), { recursive: true });
    await symlink(bad, join(sysroot, "lib", "libLLVM.so.22.1-rust-1.95.0-stable"));
    const toolchain = {
      rustc: join(sysroot, "bin", "rustc"),
      sysroot,
      host: "",
      release: "1.95.0",
      commitHash: null,
      llvmVersion: "22.1.2",
    };
    assert.match(await refusal(chooseLibrary("auto", toolchain)), /is LLVM 18\.1/);
    await rm(join(sysroot, "lib"), { recursive: true });
    await mkdir(join(sysroot, "lib"));
    await symlink(await library({ producer: "LLVM22.1.9-rust-1.99.0-stable" }), join(sysroot, "lib", "libLLVM.so.22.1-rust-1.95.0-stable"));
    assert.match(await refusal(chooseLibrary("auto", toolchain)), /is LLVM 22\.1\.9.*says that it uses LLVM 22\.1\.2/);
  });
});

describe("LLVM's arguments in a capture", () => {
  const words = (llvmArgs: readonly string[], passes: readonly string[] = []): string | undefined => reachingOut({ llvmArgs, passes });

  it("are accepted if they stay inside LLVM", () => {
    const plain = [
      "-inline-threshold=75",
      "--enable-loop-distribute",
      "-vectorize-loops=false",
      "-opt-bisect-limit=-1",
      "-regalloc=greedy",
    ];
    assert.equal(words([...plain, "-preserve-bc-uselistorder", "-print-after=licm", "-unroll-threshold=1.5"]), undefined);
    assert.equal(words([], ["lint", "instcombine"]), undefined);
  });

  for (const word of [
    "-exec-on-ir-change=x",
    "--exec-on-ir-change=x",
    "-load",
    "-load=x",
    "-load-pass-plugin=x",
    "-x86-lvi-load-opt-plugin=x",
    "-print-changed=dot-cfg",
    "-print-changed-dot-path=x",
    "-view-edge-bundles",
    "-pgo-view-counts=graph",
    "-view-hot-freq-percent=10",
    "-info-output-file=x",
    "-time-trace-file=x",
    "-ir-dump-directory=x",
    "-print-on-crash-path=x",
    "-cs-profile-path=x",
    "-inliner-interactive-channel-base=x",
    "-memprof-import-summary=x",
    "-thinlto-workload-def=x",
    "-attributor-depgraph-dot-filename-prefix=x",
    "-inline-threshold=/x",
    "@x",
    "x",
    "",
    "-a b",
    "-a=b\nc",
  ]) {
    it(`are refused if they reach outside: ${JSON.stringify(word)}`, () => {
      assert.equal(words(["-inline-threshold=75", word]), word);
    });
  }

  it("include passes, which are refused if they reach outside", () => {
    for (const pass of ["dot-cfg", "view-cfg", "function(view-cfg)", "print<domtree>", "gcov-profiler", "pgo-instr-use"]) {
      assert.equal(words([], ["lint", pass]), pass);
    }
  });
});
