/**
 * Inspecting a workspace, or replaying somebody else's capture, runs none of its programs. Each row of the tables in test/support is one attempt;
 * the controls show that the same files do run if the user requests it.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, isAbsolute, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { noteLinkLine } from "../../src/core/machine/own-notes.js";
import type { Discovery } from "../../src/protocol/discovery.js";
import type { DoctorReport } from "../../src/protocol/reports.js";
import type { RunReport, VerifyReport } from "../../src/protocol/runs.js";
import type { UnitManifest } from "../../src/protocol/units.js";
import { HELLO, ON_LOOKING, plant, plantProgram, whatRan, type Attempt } from "../support/attempts.js";
import { ON_REPLAYING } from "../support/capture-attempts.js";
import { skipWithoutRust, TestCli } from "../support/cli.js";
import { BARE_THIN, copyCaptures } from "../support/shared-captures.js";

const scratch = mkdtempSync(join(tmpdir(), "lto-inspector-security-"));
const cli = new TestCli(join(scratch, "store"));
const state = { XDG_STATE_HOME: join(scratch, "state") };
// Removes a variable that changes rustup's behaviour and is not part of the product.
delete process.env["RUSTUP_AUTO_INSTALL"];

after(() => rm(scratch, { recursive: true, force: true }));

let last = 0;

async function planted(attempt: Attempt): Promise<{ folder: string; env: NodeJS.ProcessEnv }> {
  const folder = join(scratch, `ws-${++last}`, "workspace");
  await plant(attempt, folder);
  return { folder, env: { ...state, ...attempt.env?.(folder, process.env) } };
}

function attemptNamed(part: string): Attempt {
  return ON_LOOKING.find(({ name }) => name.includes(part)) ?? assert.fail(part);
}

describe("inspecting a workspace runs nothing of it", { skip: skipWithoutRust }, () => {
  for (const attempt of ON_LOOKING) {
    it(attempt.name, async () => {
      const { folder, env } = await planted(attempt);
      const options = { cwd: join(folder, attempt.folder ?? ""), env };
      const session = join(options.cwd, "target/release/incremental/hello-1a2b/s-h1a2b-0c3d-4e5f");
      await mkdir(session, { recursive: true });
      await writeFile(join(session, "hello.pre-lto.bc"), "BC");
      const [found, doctor] = await Promise.all([
        cli.report<Discovery>(["discover", "."], 0, options),
        cli.report<DoctorReport>(["doctor", "."], 0, options),
        cli.run(["thin", session], options),
      ]);
      assert.equal(found.workspace, folder);
      assert.ok(doctor.usable);
      assert.deepEqual(await whatRan(join(folder, "..")), []);
    });
  }

  it("says which toolchain was not run, and how to run it", async () => {
    const { folder, env } = await planted(attemptNamed("rust-toolchain.toml names a toolchain by path"));
    const { notRun } = await cli.report<Discovery>(["discover", folder], 0, { env });
    assert.equal(notRun?.name, "NoToolchain");
    assert.ok(notRun.message.includes(join(folder, "rust-toolchain.toml")) && notRun.message.includes(join(folder, "tc")), notRun.message);
    assert.match(notRun.help ?? "", /--run-toolchain/);
    const { problems } = await cli.report<DoctorReport>(["doctor", folder], 0, { env });
    assert.deepEqual(
      problems.map(({ message }) => message),
      [notRun.message],
    );
    const compiler = await planted(attemptNamed("build.rustc"));
    const told = await cli.report<Discovery>(["discover", compiler.folder], 0, { env: compiler.env });
    assert.match(told.notRun?.message ?? "", /build\.rustc in Cargo's configuration chooses tc\/bin\/rustc\. It was not run/);
  });

  it("reports nothing if the workspace names the toolchain that is used anyway", async () => {
    const { folder, env } = await planted({ name: "none", files: { "rust-toolchain.toml": `[toolchain]\nchannel = "stable"\n` } });
    const { notRun } = await cli.report<Discovery>(["discover", folder], 0, { env });
    assert.equal(notRun, undefined);
  });
});

describe("controls: the same files run if the user requests it", { skip: skipWithoutRust }, () => {
  for (const [part, ran] of [
    ["rust-toolchain.toml names it absolutely", "tc/bin/cargo"],
    ["PATH has a folder of the workspace", "tc/bin/cargo"],
    ["[env] preloads a library", "evil.so"],
    ["build.rustc", "tc/bin/rustc"],
  ] as const) {
    it(`--run-toolchain: ${part}`, async () => {
      const { folder, env } = await planted(attemptNamed(part));
      await cli.run(["doctor", folder, "--run-toolchain"], { env });
      assert.ok((await whatRan(folder)).includes(ran), `${ran} did not run`);
    });
  }
});

describe("a capture's folder is data", { skip: skipWithoutRust }, () => {
  let captured = "";
  let manifest: UnitManifest;

  before(async () => {
    const { unit } = await copyCaptures(BARE_THIN, cli.store, 1);
    captured = join(cli.store, "captures", unit, "1");
    manifest = JSON.parse(await readFile(join(captured, "manifest.json"), "utf8")) as UnitManifest;
    // The user's own captures ran this linker too, so that `verify` links.
    await noteLinkLine(manifest.link ?? assert.fail("no link line"), state);
  });

  async function shared(): Promise<string> {
    const folder = join(scratch, `shared-${++last}`, "capture");
    await cp(captured, folder, { recursive: true });
    return folder;
  }

  async function write(folder: string, changed: UnitManifest): Promise<void> {
    await writeFile(join(folder, "manifest.json"), JSON.stringify(changed));
  }

  for (const { name, change, ends } of ON_REPLAYING) {
    it(name, async () => {
      const folder = await shared();
      await write(folder, await change(manifest, folder));
      const options = { cwd: folder, env: { ...state, PATH: `${folder}/tc:${process.env["PATH"] ?? ""}` } };
      if (ends === "done") {
        const report = await cli.report<RunReport>(["thin", folder, "--analyze"], 0, options);
        assert.ok(report.llvm.matchesProducer);
      } else {
        assert.equal((await cli.error(["thin", folder], 3, options)).name, ends);
      }
      for (const command of [
        ["verify", folder],
        ["show", folder, "demo"],
        ["explain", folder],
      ]) {
        await cli.run(command, options);
      }
      assert.deepEqual(await whatRan(join(folder, "..")), []);
    });
  }

  it("the linker is not taken from its toolchain, even if the user names a libLLVM for it", async () => {
    const folder = await shared();
    const upstream = manifest.upstream.map((archive) => ({ ...archive, file: join("inputs", basename(archive.file)) }));
    for (const [at, { file }] of manifest.upstream.entries()) {
      if (isAbsolute(file)) await cp(file, join(folder, upstream[at]?.file ?? ""));
    }
    const unknown = { ...manifest.toolchain, commitHash: "0".repeat(40), sysroot: join(folder, "tc") };
    for (const name of ["cc", "gcc"]) await plantProgram(join(folder, "tc", "lib", "rustlib", unknown.host, "bin", name));
    await write(folder, { ...manifest, upstream, toolchain: unknown });
    const { llvm } = await cli.report<RunReport>(["thin", captured, "--analyze"], 0, { env: state });
    const report = await cli.report<VerifyReport>(["verify", folder, "--llvm", llvm.path], 0, { env: state });
    assert.deepEqual(report.binary, { identical: true, differs: [] });
    assert.deepEqual(await whatRan(folder), []);
  });

  it("names the required toolchain if it is not installed", async () => {
    const folder = await shared();
    const upstream = manifest.upstream.filter(({ file }) => !file.startsWith("/"));
    await write(folder, { ...manifest, upstream, toolchain: { ...manifest.toolchain, commitHash: "0".repeat(40) } });
    const { name, message, help } = await cli.error(["thin", folder], 3, { env: state });
    assert.equal(name, "NoLibLlvm");
    assert.match(message, /needs rustc .* \(commit 000000000, .*\) with LLVM .*, which is not installed on this machine/);
    assert.match(help ?? "", /rustup toolchain install .* --llvm PATH/);
  });

  it("control: an argument that starts a program works if the user passes it", async () => {
    const folder = await shared();
    const attempt = ON_REPLAYING.find(({ name }) => name.includes("starts a program")) ?? assert.fail();
    const asked = await attempt.change(manifest, folder);
    const words = asked.settings.llvmArgs.map((word) => `--llvm-arg=${word}`);
    // A small module, because the program is started for each pass that changes something.
    const module = manifest.localModules.at(-1)?.name ?? "";
    await cli.run(["thin", folder, "--only", module, ...words], { env: state });
    assert.deepEqual(await whatRan(folder), ["tc/program"]);
  });
});

describe("a capture that the user made on this machine", { skip: skipWithoutRust }, () => {
  it("is replayed on its toolchain, which discovery does not find, but not on another file at the same path", async (t) => {
    const folder = join(scratch, "own");
    await plant(
      {
        name: "own",
        files: {
          "rust-toolchain.toml": `[toolchain]\npath = "\${workspace}/tc"\n`,
          "Cargo.toml": `${HELLO["Cargo.toml"] ?? ""}[profile.release]\nlto = "thin"\n`,
        },
      },
      folder,
    );
    const sysroot = execFileSync("rustc", ["--print", "sysroot"], { encoding: "utf8" }).trim();
    try {
      await mkdir(join(folder, "tc"));
      execFileSync("cp", ["-al", join(sysroot, "bin"), join(sysroot, "lib"), join(folder, "tc")]);
    } catch {
      t.skip("the toolchain is on another file system: copying it takes 1.4 GB");
      return;
    }
    const ended = await cli.run(["capture", folder], { env: state });
    assert.equal(ended.code, 0, ended.stderr);
    const unit = ended.stdout.trim();
    const elsewhere = { RUSTUP_HOME: join(scratch, "no-rustup"), CARGO_HOME: join(scratch, "no-cargo"), PATH: "/usr/bin" };
    const report = await cli.report<RunReport>(["thin", unit, "--analyze"], 0, { env: { ...state, ...elsewhere } });
    assert.ok(report.llvm.path.startsWith(join(folder, "tc")), report.llvm.path);
    assert.equal(
      (await cli.error(["thin", unit], 3, { env: { XDG_STATE_HOME: join(scratch, "nobody"), ...elsewhere } })).name,
      "UnreadableFile",
    );
    const library = report.llvm.path;
    const content = await readFile(library);
    await rm(library);
    await writeFile(library, Buffer.concat([content, Buffer.from("changed")]));
    assert.equal((await cli.error(["thin", unit], 3, { env: { ...state, ...elsewhere } })).name, "UnreadableFile");
  });
});
