/** One unit with two LLVMs: a capture by rustc 1.85 (LLVM 19), replayed with its own LLVM and with that of the machine's rustc. */
import assert from "node:assert/strict";
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { findMatrixToolchain, type MatrixToolchain } from "../../bench/verify-matrix/toolchains.js";
import { closeCore, createCore } from "../../src/core/engine/core-context.js";
import { toolchainLibrary } from "../../src/core/engine/libllvm.js";
import { compareModule } from "../../src/core/ir/llvms/compare-module.js";
import { majorOf, seriesOf } from "../../src/core/machine/llvm-series.js";
import { engineOfRun } from "../../src/core/replay/reading-engine.js";
import type { CompareLlvmReport } from "../../src/protocol/llvm-comparison.js";
import { PIPELINES } from "../../src/protocol/pipelines.js";
import type { RunReport } from "../../src/protocol/runs.js";
import { THIN_STAGES } from "../../src/protocol/stages.js";
import { skipWithoutRust, TestCli } from "../support/cli.js";
import { FIELD_DEMO, layOut } from "../support/programs.js";

describe("compare-llvm", { skip: skipWithoutRust }, () => {
  let oldRust: MatrixToolchain;
  let newRust: MatrixToolchain;
  /** Why one of the two cannot be had here; empty: both can. */
  let missing = "";
  let scratch = "";
  let unit = "";
  let cli: TestCli;
  let report: CompareLlvmReport;

  before(async () => {
    const [old, today] = [await findMatrixToolchain("debian-1.85"), await findMatrixToolchain("stable")];
    if (typeof old === "string" || typeof today === "string") {
      missing = [old, today].find((one) => typeof one === "string") ?? "";
      return;
    }
    [oldRust, newRust] = [old, today];
    scratch = await mkdtemp(join(tmpdir(), "lto-inspector-llvms-"));
    cli = new TestCli(join(scratch, "store"));
    const workspace = await layOut(FIELD_DEMO, join(scratch, "demo"));
    unit = await cli.capture(workspace, "--toolchain", oldRust.described.rustc);
    report = await cli.report<CompareLlvmReport>(["compare-llvm", unit, "--to", newRust.described.rustc]);
  });

  after(async () => {
    if (scratch !== "") await rm(scratch, { recursive: true, force: true });
  });

  const withBoth = (name: string, test: () => Promise<void> | void): void => {
    it(name, async (context) => {
      if (missing === "") await test();
      else context.skip(missing);
    });
  };

  withBoth("replays with both libraries, as two runs of the store", async () => {
    const sides = [report.from, report.to];
    assert.deepEqual(
      sides.map(({ llvm }) => llvm.version),
      [oldRust, newRust]
        .map(({ described }) => described.llvmVersion)
        .map((version, index) => (index === 0 ? version : sides[1]?.llvm.version)),
    );
    assert.ok(report.to.llvm.version.startsWith(newRust.described.llvmVersion));
    assert.deepEqual(
      sides.map(({ llvm }) => llvm.matchesProducer),
      [true, false],
    );
    const { runs } = await cli.report<{ runs: readonly { id: string; state: string }[] }>(["store"]);
    for (const { run } of sides) assert.ok(runs.some(({ id, state }) => id === run && state === "done"));
  });

  withBoth("finds no difference up to the import: both sides are read by the newer LLVM", () => {
    assert.deepEqual(
      report.stages.map(({ stage }) => stage),
      THIN_STAGES,
    );
    for (const { stage, differentModules, changed, modules, onlyFrom, onlyTo, instructions, same } of report.stages.slice(0, -1)) {
      assert.equal(differentModules, 0, stage);
      assert.deepEqual(Object.values(changed), [0, 0, 0, 0, 0]);
      assert.deepEqual([onlyFrom, onlyTo], [0, 0]);
      assert.equal(modules, report.modules.length);
      assert.equal(instructions.from, instructions.to);
      assert.ok(same > 0);
    }
  });

  withBoth("shows what reading alone changes as its own kind", () => {
    assert.ok(report.reading !== null);
    const { functions, changed, rewritings } = report.reading;
    assert.ok(changed > 0 && changed <= functions);
    assert.equal(functions, report.stages[0]?.same);
    assert.ok(rewritings.some(({ before, after: now }) => before === "nocapture" && now === "captures(none)"));
  });

  withBoth("lists for each module the first stage at which a function differs, and the functions with their sizes", () => {
    const pm = report.stages.at(-1);
    const differing = report.modules.filter(({ first }) => first !== null);
    assert.ok(differing.length > 0);
    assert.equal(pm?.differentModules, differing.length);
    assert.equal(report.different, true);
    for (const { first, functions, stages } of report.modules) {
      assert.equal(functions.length, stages.at(-1)?.different);
      if (first === null) continue;
      assert.equal(first, "thin-lto-after-pm");
      for (const one of functions) {
        assert.equal(one.stage, "thin-lto-after-pm");
        assert.equal(one.kind === null, one.change !== "changed");
        assert.deepEqual(one.before.from, one.before.to);
      }
    }
    const listed = report.modules.flatMap(({ functions }) => functions);
    const total = Object.values(pm.changed).reduce((sum, count) => sum + count, 0) + pm.onlyFrom + pm.onlyTo;
    assert.equal(listed.length, total);
    // LLVM 22 derives flags that LLVM 19 does not know.
    assert.ok(pm.changed.flags > 0);
  });

  withBoth("imports the same, and says what only one side imports", async () => {
    assert.ok(report.modules.some(({ imports }) => (imports?.imported.from ?? 0) > 0));
    assert.ok(report.modules.every(({ imports }) => imports?.onlyFrom.length === 0 && imports.onlyTo.length === 0));
    const [all, none] = [
      await cli.report<RunReport>(["thin", unit]),
      await cli.report<RunReport>(["thin", unit, "--llvm-arg", "-import-instr-limit=0"]),
    ];
    const core = createCore({ storeRoot: cli.store });
    try {
      const reader = engineOfRun(core, all);
      let lost = 0;
      for (const from of all.modules) {
        const to = none.modules.find(({ name }) => name === from.name) ?? assert.fail(from.name);
        const { module } = await compareModule(reader, { from, to }, PIPELINES.thin);
        const { imports, first, functions } = module;
        assert.ok(imports !== null);
        assert.deepEqual(imports.onlyTo, []);
        assert.equal(imports.onlyFrom.length, imports.imported.from - imports.imported.to);
        lost += imports.onlyFrom.length;
        if (imports.onlyFrom.length === 0) continue;
        assert.equal(first, "thin-lto-after-import");
        assert.ok(functions.some(({ change, kind }) => change === "removed" && kind === null));
      }
      assert.ok(lost > 0);
    } finally {
      await closeCore(core);
    }
  });

  withBoth("compares one module, and the text of one of its functions", async () => {
    const module = report.modules.find(({ functions }) => functions.some(({ kind }) => kind === "flags" || kind === "instructions"));
    const [one] = module?.functions ?? [];
    assert.ok(module !== undefined && one !== undefined);
    const args = ["compare-llvm", unit, module.name, "--to", newRust.described.rustc];
    const alone = await cli.report<CompareLlvmReport>([...args, "--exit-code"], 1);
    assert.deepEqual(alone.modules, [module]);
    const { function: text } = await cli.report<CompareLlvmReport>([...args, "--function", one.name]);
    assert.deepEqual([text?.name, text?.module, text?.stage], [one.name, module.name, "thin-lto-after-pm"]);
    assert.match(text?.patch ?? "", /^--- LLVM 19\..*\n\+\+\+ LLVM \d+\./m);
    assert.match(text?.patch ?? "", /^[+-] /m);
    const input = await cli.report<CompareLlvmReport>([...args, "--function", one.name, "--stage", "input"]);
    assert.deepEqual([input.function?.stage, input.function?.patch], ["thin-lto-input", ""]);
  });

  withBoth("prints it: what reading changes, a row per stage, the modules, and how to go on", async () => {
    const { stdout } = await cli.run(["compare-llvm", unit, "--to", newRust.described.rustc]);
    assert.match(stdout, /^from {2}LLVM 19\..*run 2/m);
    assert.match(stdout, /^Reading alone changes [\d,]+ of [\d,]+ functions: /m);
    assert.match(stdout, /^ +[\d,]+ × {2}nocapture → captures\(none\)$/m);
    for (const stage of PIPELINES.thin.stages) assert.match(stdout, new RegExp(`^${stage.short} +\\d`, "m"));
    assert.match(stdout, /^Both import the same \d+ symbols?\.$/m);
    assert.match(stdout, /^\d+ of \d+ modules differs?:$/m);
    assert.match(stdout, /lto-inspector compare-llvm .* --function /);
  });

  withBoth("understands a series, a toolchain's folder and a library", async () => {
    const series = seriesOf(newRust.described.llvmVersion) ?? assert.fail();
    const library = await toolchainLibrary(newRust.described);
    for (const to of [majorOf(series), series.name, newRust.described.sysroot, library]) {
      const found = await cli.report<CompareLlvmReport>(["compare-llvm", unit, report.modules[0]?.name ?? "", "--to", to]);
      assert.equal(seriesOf(found.to.llvm.version), series, to);
    }
  });

  withBoth("refuses an older LLVM, the unit's own, a series without an engine, and what is none", async () => {
    const compare = (...args: readonly string[]): readonly string[] => ["compare-llvm", ...args];
    const own = await toolchainLibrary(oldRust.described);
    const same = await cli.error(compare(unit, "--to", own), 2);
    assert.deepEqual([same.name, same.file], ["Usage", own]);
    const made = await cli.report<RunReport>(["thin", unit, "--llvm", report.to.llvm.path]);
    const newer = join(scratch, "newer.bc");
    await copyFile(made.modules[0]?.stages.at(-1)?.file ?? "", newer);
    const older = await cli.error(compare(newer, "--to", own), 3);
    assert.deepEqual([older.name, older.file], ["ForeignLlvm", own]);
    assert.match(older.message, /LLVM 19\..* is older than LLVM 2/);
    const noEngine = await cli.error(compare(unit, "--to", "20"), 3);
    assert.match(noEngine.message, /You asked for LLVM 20\.1; this build has /);
    assert.equal((await cli.error(compare(unit, "--to", "no-such-toolchain"), 3)).name, "NoToolchain");
    assert.equal((await cli.error(compare(unit, "--to", newRust.described.rustc, "--function", "main"), 2)).name, "Usage");
  });

  withBoth("bitcode of a newer LLVM: names a library that reads it, and its engine", async () => {
    const newer = join(scratch, "newer.bc");
    const own = await toolchainLibrary(oldRust.described);
    const series = seriesOf(newRust.described.llvmVersion) ?? assert.fail();
    const refused = await cli.error(["thin", newer, "--llvm", own], 3);
    assert.equal(refused.name, "ForeignLlvm");
    assert.match(refused.help ?? "", new RegExp(`can read it, with the engine for LLVM ${majorOf(series)}: name it with --llvm\\.$`));
    // Without any toolchain, the system's library can read it.
    const bare = { RUSTUP_HOME: join(scratch, "none"), CARGO_HOME: join(scratch, "none"), PATH: dirname(process.execPath) };
    const alone = await cli.error(["thin", newer, "--llvm", own], 3, { env: bare });
    assert.match(
      alone.help ?? "",
      /can read it, with the engine for LLVM \d+: add --llvm system\.$|can read it, with the engine .*: name it/,
    );
  });
});
