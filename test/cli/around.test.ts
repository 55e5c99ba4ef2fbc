/** The commands around runs: doctor, discover, capture's reports, store, --help. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { FoundUnit } from "../../src/protocol/discovery.js";
import type { CaptureReport, DoctorReport, StoreReport } from "../../src/protocol/reports.js";
import { skipWithoutRust, TestCli } from "../support/cli.js";
import { DEMO, layOut } from "../support/programs.js";

const COMMANDS = ["doctor", "discover", "capture", "thin", "verify", "show", "diff", "find", "store"];

describe("the commands around runs", { skip: skipWithoutRust }, () => {
  let scratch = "";
  let workspace = "";
  let cli: TestCli;

  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), "lto-inspector-around-"));
    cli = new TestCli(join(scratch, "store"));
    workspace = await layOut(DEMO, join(scratch, "demo"));
  });

  after(async () => {
    await rm(scratch, { recursive: true, force: true });
  });

  it("prints colours on terminals, and into a pipe only with FORCE_COLOR, even on CI", async () => {
    const nothing = { NO_COLOR: undefined, FORCE_COLOR: undefined, CI: undefined, TERM: "xterm-256color" };
    for (const [env, coloured] of [
      [{}, false],
      [{ CI: "1" }, false],
      [{ FORCE_COLOR: "1" }, true],
      [{ FORCE_COLOR: "1", NO_COLOR: "1" }, false],
    ] as const) {
      const failed = await cli.run(["show", "no-such-run"], { cwd: workspace, env: { ...nothing, ...env } });
      assert.notEqual(failed.code, 0);
      assert.equal(failed.stderr.includes("\x1b["), coloured, JSON.stringify({ env, stderr: failed.stderr }));
      const done = await cli.run(["discover"], { cwd: workspace, env: { ...nothing, ...env } });
      assert.equal(done.code, 0, done.stderr);
      assert.equal(done.stdout.includes("\x1b["), coloured, JSON.stringify({ env, stdout: done.stdout }));
    }
  });

  it("--help documents every command and its options", async () => {
    const all = await cli.run(["--help"]);
    assert.equal(all.code, 0);
    for (const command of COMMANDS) {
      assert.match(all.stdout, new RegExp(`^ {2}${command} .*[a-z]{3}`, "m"));
      const one = await cli.run([command, "--help"]);
      assert.equal(one.code, 0);
      assert.match(one.stdout, /--json <file>/);
      // A switch is off unless it is given; a reader knows that.
      assert.doesNotMatch(one.stdout, /default:\s+false/);
      for (const line of one.stdout.split("\n").filter((text) => /^ {2}-/.test(text))) {
        assert.match(line, /^ {2}(-\w, )?--[\w-]+.* {2,}\S|^ {2}.{30,}$/, line);
      }
    }
    assert.match(all.stdout, /130 +cancelled/);
    const thin = (await cli.run(["thin", "--help"])).stdout;
    for (const option of [
      "out",
      "save-temps",
      "session",
      "only",
      "analyze",
      "threads",
      "crate-type",
      "opt-level",
      "target-cpu",
      "target-features",
      "llvm-arg",
      "preserve",
      "preserve-file",
      "llvm",
    ]) {
      assert.ok(thin.includes(`--${option}`), option);
    }
    const fat = (await cli.run(["fat", "--help"])).stdout;
    assert.ok(fat.includes("--preserve-file") && !fat.includes("--session"), fat);
  });

  it("doctor loads each toolchain's libLLVM and says what it is", async () => {
    const report = await cli.report<DoctorReport>(["doctor", workspace]);
    assert.equal(report.usable, true);
    assert.equal(report.toolchains.filter(({ usedHere }) => usedHere).length, 1);
    for (const { toolchain, library, problem } of report.toolchains) {
      assert.ok((library === null) !== (problem === null));
      if (library === null) continue;
      assert.ok(library.version === toolchain.llvmVersion || library.version.startsWith(`${toolchain.llvmVersion}-`), library.version);
      assert.equal(await realpath(library.path), library.path);
    }
    for (const { toolchain, problem } of report.toolchains) {
      const engine = report.engines.find(({ series }) => toolchain.llvmVersion.startsWith(`${series}.`));
      assert.ok(engine?.usedBy.includes(toolchain.release) ?? problem !== null, toolchain.release);
    }
    assert.ok(report.engines.some(({ addon }) => addon === report.addon.path));
    const text = await cli.run(["doctor", workspace]);
    assert.match(text.stdout, /^Engine for LLVM \d+\.1 \(rustc 1\.\d+ to 1\.\d+\): \/.*lto_inspector-\d+\.node$/m);
    assert.match(text.stdout, /^rustc \S+ {2}LLVM 22\.1\.\d+ {2}used here$/m);
    assert.match(text.stdout, /loaded: LLVM 22\.1\.\d+/);
  });

  it("doctor reports what is missing: a compiler, the engine", async () => {
    const report = await cli.report<DoctorReport>(["doctor", scratch], 1, {
      env: {
        PATH: join(scratch, "nothing"),
        HOME: scratch,
        RUSTUP_HOME: scratch,
        CARGO_HOME: scratch,
        LTO_INSPECTOR_ADDON: join(scratch, "none.node"),
      },
    });
    assert.equal(report.usable, false);
    const problems = report.problems.map(({ name }) => name);
    assert.ok(problems.includes("NoAddon"), problems.join(" "));
    assert.ok(report.problems.every(({ help }) => help !== undefined));
  });

  it("doctor names the engine that a toolchain lacks, and the command that builds it", async () => {
    // This addon counts as the engine for LLVM 19: there is none for this machine's toolchains.
    const env = { LTO_INSPECTOR_ADDON: join(scratch, "lto_inspector-19.node") };
    const { engines, problems } = await cli.report<DoctorReport>(["doctor", workspace], 1, { env });
    const missing = engines.find(({ series }) => series === "22.1");
    assert.deepEqual([missing?.addon, missing?.build], [null, "npm run build:addon -- --llvm 22"]);
    assert.ok((missing?.usedBy.length ?? 0) > 0);
    assert.ok(
      problems.some(
        ({ name, message }) => name === "NoAddon" && /uses LLVM 22\.1\.\d+; this build has an engine for LLVM 19\./.test(message),
      ),
    );
    const text = await cli.run(["doctor", workspace], { env });
    assert.match(
      text.stdout,
      /^Engine for LLVM 22\.1 \(rustc 1\.95 to 1\.98\): missing, used by rustc .*; `npm run build:addon -- --llvm 22` builds it$/m,
    );
  });

  it("an engine that cannot be loaded is an error with its help", async () => {
    const error = await cli.error(["thin", join(workspace, "Cargo.toml")], 3, { env: { LTO_INSPECTOR_ADDON: join(scratch, "none.node") } });
    assert.equal(error.name, "NoAddon");
    assert.match(error.help ?? "", /npm run build/);
  });

  it("discover finds nothing, then the captured units, and never writes", async () => {
    const none = await cli.run(["discover", workspace]);
    assert.match(none.stdout, /lto-inspector capture/);
    const report = await cli.report<CaptureReport>(["capture", workspace, "--profile", "local"]);
    const [unit] = report.units;
    assert.ok(unit);
    assert.equal(unit.complete, true);
    assert.equal(unit.mode, "thin-local");
    assert.equal(unit.incremental, true);
    assert.equal(unit.reused, 0);
    assert.ok((unit.recompiled ?? 0) > 1);
    assert.deepEqual(unit.deviations, []);
    const { units } = await cli.report<{ units: FoundUnit[] }>(["discover", workspace]);
    assert.deepEqual(
      units.map(({ kind, unit: id, complete }) => [kind, id, complete]),
      [["capture", unit.id, true]],
    );
    assert.ok(!existsSync(join(workspace, "target")), "the user's own target directory is not written to");
  });

  it("capture prints one id per line, and the deviations on stderr; a failed build is reported with Cargo's output", async () => {
    const ended = await cli.run(["capture", workspace, "--profile", "local", "--no-incremental", "--line-tables", "--", "--quiet"]);
    assert.equal(ended.code, 0, ended.stderr);
    assert.match(ended.stdout, /^demo-bin-[0-9a-f]{8}\n$/);
    assert.match(ended.stderr, /incremental: your build true, here false/);
    assert.match(ended.stderr, /debug: your build none, here line-tables-only/);
    const failed = await cli.error(["capture", workspace, "--package", "nobody"], 3);
    assert.ok(["BuildFailed", "Usage", "NothingToInspect"].includes(failed.name), failed.name);
    assert.match(failed.message, /nobody/);
    assert.equal((await cli.error(["capture", join(scratch, "nowhere")], 3)).name, "UnreadableFile");
  });

  it("store shows its contents and prunes to its quota, but keeps the latest captures", async () => {
    const [unit] = (await cli.report<CaptureReport>(["capture", workspace, "--profile", "local"])).units;
    assert.ok(unit);
    assert.equal((await cli.run(["thin", `${unit.id}@1`])).code, 0);
    const before = await cli.report<StoreReport>(["store"]);
    assert.ok(before.totalBytes > 0 && before.stageRecords > 0);
    assert.equal(before.pruned, null);
    assert.ok(before.runs.every(({ state }) => state === "done"));
    assert.ok(before.captures.some((capture) => capture.unit === unit.id && capture.capture === 1));
    const after = await cli.report<StoreReport>(["store", "--prune"], 0, { env: { LTO_INSPECTOR_STORE_QUOTA: "1" } });
    assert.equal(after.stageRecords, 0);
    assert.ok((after.pruned?.stageRecords ?? 0) > 0);
    assert.deepEqual(
      (await readdir(join(cli.store, "blobs"), { recursive: true })).filter((name) => name.endsWith(".bc")),
      [],
    );
    assert.ok(after.captures.some((capture) => capture.unit === unit.id && capture.capture === unit.capture));
    const again = await cli.run(["thin", unit.id]);
    assert.equal(again.code, 0, again.stderr);
    assert.match((await cli.run(["store"])).stdout, /blobs +[\d.]+ \wB/);
  });
});
