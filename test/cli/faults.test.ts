/** Faults during a run: crashes of LLVM, a killed engine, Ctrl-C, files that change, a full disk. */
import assert from "node:assert/strict";
import { spawnSync, type ChildProcess } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { appendFile, copyFile, cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { noteLlvmWords } from "../../src/core/machine/own-notes.js";
import type { RunManifest, RunReport, VerifyReport } from "../../src/protocol/runs.js";
import { THIN_STAGES } from "../../src/protocol/stages.js";
import type { UnitManifest } from "../../src/protocol/units.js";
import { skipWithoutRust, TestCli } from "../support/cli.js";
import { until } from "../support/patience.js";
import { copyCaptures, DEMO_LOCAL } from "../support/shared-captures.js";

describe("faults during a run", { skip: skipWithoutRust }, () => {
  let scratch = "";
  let cli: TestCli;
  /** Large enough for a run of several seconds. */
  let large: string[] = [];
  const file = (name: string): string => join(scratch, name);

  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), "lto-inspector-faults-"));
    cli = new TestCli(file("store"));
    const libraries = join(spawnSync("rustc", ["--print", "target-libdir"], { encoding: "utf8" }).stdout.trim());
    large = ["core", "alloc", "std"].map((crate) => {
      const found = readdirSync(libraries).find((name) => name.startsWith(`lib${crate}-`) && name.endsWith(".rlib"));
      return join(libraries, found ?? assert.fail(`no lib${crate} in ${libraries}`));
    });
  });

  after(async () => {
    await rm(scratch, { recursive: true, force: true });
  });

  /** Waits until the newest run of a store has started. */
  const underWay = async (store: string, earlier: number): Promise<string> => {
    const runs = join(store, "runs");
    return until("a run", () => {
      const names = existsSync(runs) ? readdirSync(runs).toSorted() : [];
      const manifest = join(runs, names.at(-1) ?? "", "manifest.json");
      return names.length > earlier && existsSync(manifest) ? manifest : undefined;
    });
  };

  /** Waits until a run has made its first stages, with many still to make. */
  const makingStages = async (store: string): Promise<unknown> => until("a stage", () => readdirSync(join(store, "blobs")).length > 0);

  const temporaryFiles = async (folder: string): Promise<string[]> =>
    (await readdir(folder, { recursive: true }).catch(() => [])).filter((name) => /\.tmp|\.temp|tmp\w*$/i.test(name));

  it("LLVM crashes in some modules: each is named with its stage, the others continue, and the next command works", async () => {
    const { unit } = await copyCaptures(DEMO_LOCAL, cli.store);
    const folder = join(cli.store, "captures", unit);
    await cp(join(folder, "1"), join(folder, "2"), { recursive: true });
    const manifest = JSON.parse(await readFile(join(folder, "1", "manifest.json"), "utf8")) as UnitManifest;
    // LLVM's own pass for testing crashes aborts in the first function.
    const settings = { ...manifest.settings, passes: ["function(trigger-crash-function)"] };
    await writeFile(join(folder, "2", "manifest.json"), JSON.stringify({ ...manifest, capture: 2, settings }));
    // As if the user's own build had used it: a capture alone may not request such a pass.
    const env = { XDG_STATE_HOME: file("state") };
    await noteLlvmWords(settings, env);

    const report = await cli.report<RunReport>(["thin", `${unit}@2`], 4, { env });
    const failed = report.modules.filter((module) => module.verdict === "failed");
    const whole = report.modules.filter((module) => module.verdict !== "failed");
    assert.ok(failed.length > 1 && whole.length > 0, "modules without functions do not crash");
    assert.ok(whole.every((module) => module.stages.length === 6));
    for (const module of failed) {
      assert.equal(module.reason.kind, "failed");
      assert.deepEqual(
        [module.error?.name, module.error?.module, module.error?.stage],
        ["EngineCrashed", module.name, "thin-lto-after-pm"],
      );
      assert.match(module.error?.message ?? "", /SIGABRT/);
      assert.deepEqual(
        module.stages.map(({ stage }) => stage),
        THIN_STAGES.slice(0, -1),
        "stages before the crash are kept",
      );
    }
    const said = await cli.run(["thin", `${unit}@2`], { env });
    assert.equal(said.code, 4);
    assert.match(said.stdout, /EngineCrashed: LLVM crashed \(SIGABRT\) in module \S+, stage thin-lto-after-pm/);
    assert.match(said.stdout, /CGUs failed; the others are complete/);
    assert.equal(
      (await cli.report<VerifyReport>(["verify", `${unit}@2`], 1, { env })).stages["thin-lto-after-pm"]?.different,
      failed.length,
    );
    assert.equal((await cli.run(["verify", `${unit}@1`])).code, 0);
  });

  it("an engine that is killed is replaced, and the result is the same", async () => {
    const [killed, quiet] = [new TestCli(file("store-killed")), new TestCli(file("store-quiet"))];
    let killer: Promise<boolean> | undefined;
    const report = await killed.report<RunReport>(["thin", ...large], 0, {
      onStart: (child) => {
        killer = killEngine(child, killed.store);
      },
    });
    assert.equal(await killer, true, "the engine was killed");
    const expected = await quiet.report<RunReport>(["thin", ...large]);
    const essence = (run: RunReport): unknown =>
      run.modules.map(({ name, verdict, stages }) => [name, verdict, stages.map(({ bytes, instructions }) => [bytes, instructions])]);
    assert.deepEqual(essence(report), essence(expected));
    const told = /^The engine process exited or was killed \(SIGKILL\).* A new one was started, and .* was repeated\.$/;
    assert.equal(report.warnings.filter((warning) => told.test(warning)).length, 1, report.warnings.join("\n"));
    assert.deepEqual(
      expected.warnings.filter((warning) => told.test(warning)),
      [],
    );
  });

  const killEngine = async (child: ChildProcess, store: string): Promise<boolean> => {
    await makingStages(store);
    const pid = child.pid ?? 0;
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").map(Number);
    // The first engine has only read the files; the last one makes stages.
    const engine = children.findLast((one) => readFileSync(`/proc/${one}/cmdline`, "utf8").includes("engine-host"));
    return engine !== undefined && process.kill(engine, "SIGKILL");
  };

  it("Ctrl-C: 130 at once, nothing half-written, a manifest that says so, and the next run completes", async () => {
    const stopped = new TestCli(file("store-stopped"));
    const out = file("out-stopped");
    const ended = await stopped.run(["thin", ...large, "--out", out], {
      onStart: (child) => {
        void makingStages(stopped.store).then(() => child.kill("SIGINT"));
      },
    });
    assert.equal(ended.code, 130, ended.stderr);
    assert.match(ended.stderr, /error \(Cancelled\)/);
    assert.deepEqual(await temporaryFiles(out), []);
    const [run] = await readdir(join(stopped.store, "runs"));
    const manifest = JSON.parse(await readFile(join(stopped.store, "runs", run ?? "", "manifest.json"), "utf8")) as RunManifest;
    assert.equal(manifest.state, "cancelled");
    assert.ok(!existsSync(join(out, "report.json")));
    const again = await stopped.report<RunReport>(["thin", ...large]);
    assert.ok(again.modules.every((module) => module.stages.length === 6));
  });

  it("a file that changes ends the run, and the store keeps nothing of it", async () => {
    const changed = new TestCli(file("store-changed"));
    await mkdir(file("changing"));
    const copies = await Promise.all(
      large.map(async (path, index) => {
        const copy = file(`changing/lib${index}.rlib`);
        await copyFile(path, copy);
        return copy;
      }),
    );
    const error = await changed.error(["thin", ...copies], 3, {
      onStart: () => {
        void underWay(changed.store, 0).then(() => appendFile(copies[1] ?? "", "\n"));
      },
    });
    assert.deepEqual([error.name, error.file], ["FilesChanged", copies[1]]);
    const records = await readdir(join(changed.store, "stages"), { recursive: true }).catch(() => []);
    assert.deepEqual(
      records.filter((name) => name.endsWith(".json")),
      [],
    );
  });

  it("a disk that is too small is reported first, and one that fills up when it is full", async (context) => {
    const disk = file("disk");
    await mkdir(disk);
    const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=4m", "tmpfs", disk]);
    if (mounted.status !== 0) {
      context.skip("a small file system cannot be mounted here");
      return;
    }
    try {
      const before = await new TestCli(join(disk, "store")).error(["thin", ...large], 3);
      assert.equal(before.name, "DiskFull");
      assert.match(before.message, /MB.*free/);
      assert.ok(before.help);
      // Enough bytes but too few inodes: this is only noticed when it happens.
      assert.equal(spawnSync("mount", ["-o", "remount,size=1g,nr_inodes=40", disk]).status, 0);
      const full = await new TestCli(join(disk, "store")).error(["thin", ...large], 3);
      assert.equal(full.name, "DiskFull");
      assert.deepEqual(await temporaryFiles(join(disk, "store", "blobs")), []);
    } finally {
      spawnSync("umount", [disk]);
    }
  });
});
