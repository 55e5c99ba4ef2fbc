/**
 * `fat` on examples/rust with every installed toolchain: the program, and with one toolchain also cdylib and staticlib, with and without a session,
 * compared with rustc's own files; and the results of `fat`, `show`, `diff`, `find` and `explain` for such a unit.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { EXAMPLE } from "../../bench/verify-matrix/projects.js";
import { findMatrixToolchain, TOOLCHAIN_NAMES, type MatrixToolchain } from "../../bench/verify-matrix/toolchains.js";
import { toolchainProfile } from "../../src/core/pipelines/toolchain-profile.js";
import type { ExplainReport } from "../../src/protocol/explain.js";
import type { RunReport, VerifyReport } from "../../src/protocol/runs.js";
import { FAT_STAGES } from "../../src/protocol/stages.js";
import type { UnitManifest } from "../../src/protocol/units.js";
import { skipWithoutRust, TestCli, validate } from "../support/cli.js";
import { DEMO, layOut } from "../support/programs.js";
import { repository } from "../support/repository.js";
import { copyCaptures, DEMO_FAT, DEMO_THIN } from "../support/shared-captures.js";

/** The first installed toolchain, which builds the example's three crates; the others only build the program. */
let first: MatrixToolchain | undefined;

/** Builds with and without a session. */
for (const name of TOOLCHAIN_NAMES) {
  describe(`fat LTO with the toolchain ${name} equals rustc's`, () => {
    let scratch = "";
    let workspace = "";
    let toolchain: MatrixToolchain | string = "";
    let cli: TestCli;

    before(async () => {
      scratch = await mkdtemp(join(tmpdir(), "lto-inspector-fat-"));
      cli = new TestCli(join(scratch, "store"));
      toolchain = await findMatrixToolchain(name);
      if (typeof toolchain === "string") return;
      first ??= toolchain;
      workspace = await EXAMPLE.prepare(join(scratch, "example"), toolchain);
    });
    after(async () => {
      await rm(scratch, { recursive: true, force: true });
    });

    const verifyAll = async (incremental: boolean, env: NodeJS.ProcessEnv): Promise<VerifyReport[]> => {
      const flags = ["--lto", "fat", incremental ? "--incremental" : "--no-incremental"];
      const whole = toolchain === first;
      const select = whole ? ["--", "--workspace"] : (EXAMPLE.targets.program?.select ?? []);
      // Debug info names the crate that the allocator's codegen unit was made for; rustc never writes that unit.
      const debug = whole && incremental ? "2" : "0";
      const ended = await cli.run(["capture", workspace, ...flags, ...select], { env: { ...env, CARGO_PROFILE_RELEASE_DEBUG: debug } });
      assert.equal(ended.code, 0, ended.stderr);
      const reports: VerifyReport[] = [];
      for (const unit of ended.stdout.trim().split("\n")) {
        const file = join(scratch, "verify.json");
        const verified = await cli.run(["verify", unit, "--json", file], { env });
        const report = JSON.parse(await readFile(file, "utf8")) as VerifyReport;
        assert.ok(verified.code === 0 || verified.code === 1, verified.stderr);
        assert.equal(verified.code === 0, report.different.length === 0);
        await validate("verify", report);
        reports.push(report);
      }
      assert.deepEqual(reports.flatMap(({ unit }) => unit.crateTypes).toSorted(), whole ? ["bin", "cdylib", "staticlib"] : ["bin"]);
      return reports;
    };

    const linksAsRustc = ({ linked, preservedSymbols, llvm, unit }: VerifyReport): void => {
      assert.ok((linked?.rustc ?? 0) > 20, unit.name);
      assert.deepEqual(linked, { rustc: linked?.rustc, ours: linked?.rustc, sameBase: true, sameOrder: true });
      assert.equal(preservedSymbols.ours, preservedSymbols.rustc);
      assert.equal(llvm.matchesProducer, true);
    };

    it("with a session: all three stages, byte for byte", async (context) => {
      if (typeof toolchain === "string") {
        context.skip(toolchain);
        return;
      }
      for (const report of await verifyAll(true, toolchain.environment)) {
        linksAsRustc(report);
        assert.deepEqual(report.different, [], report.unit.name);
        for (const stage of FAT_STAGES) assert.equal(report.stages[stage]?.identical, 1, `${report.unit.name} ${stage}`);
        assert.deepEqual(report.objects, { identical: 1, different: 0, absent: 0 }, report.unit.name);
        assert.equal(report.binary?.identical, true, report.unit.name);
        assert.deepEqual(Object.keys(report.stages), [...FAT_STAGES]);
      }
    });

    it("without a session: from what rustc had in memory, with the order of use-lists from a second compilation", async (context) => {
      if (typeof toolchain === "string") {
        context.skip(toolchain);
        return;
      }
      for (const report of await verifyAll(false, toolchain.environment)) {
        linksAsRustc(report);
        assert.deepEqual(report.different, [], report.unit.name);
        for (const stage of FAT_STAGES) assert.equal(report.stages[stage]?.identical, 1, `${report.unit.name} ${stage}`);
        assert.deepEqual(report.objects, { identical: 1, different: 0, absent: 0 }, report.unit.name);
        assert.equal(report.binary?.identical, true, report.unit.name);
        assert.ok(!report.warnings.some((warning) => /use-lists|in memory/.test(warning)));
      }
    });
  });
}

describe("the plugin that writes use-lists with LLVM 19", () => {
  let scratch = "";
  let toolchain: MatrixToolchain | string = "";

  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), "lto-inspector-plugin-"));
    toolchain = await findMatrixToolchain("debian-1.85");
  });
  after(async () => {
    await rm(scratch, { recursive: true, force: true });
  });

  const plugin = "lto_inspector_use_lists-19.so";
  const missing = "The order of use-lists, which passes can depend on, is missing";

  /** Captures with an installation of its own. @returns what the capture printed to stderr */
  const captureWith = async (used: MatrixToolchain, name: string, change?: (plugin: string) => Promise<void>): Promise<string> => {
    const dist = join(scratch, name, "dist");
    await cp(join(repository, "dist"), dist, { recursive: true });
    await change?.(join(dist, plugin));
    const folder = await layOut(DEMO, join(scratch, name, "demo"));
    const cli = new TestCli(join(scratch, name, "store"), dist);
    const ended = await cli.run(["capture", folder, "--lto", "fat", "--no-incremental"], { env: used.environment });
    assert.equal(ended.code, 0, ended.stderr);
    return ended.stderr;
  };

  it("may be in a folder whose name has spaces and commas, where rustc would split a path", async (context) => {
    if (typeof toolchain === "string") context.skip(toolchain);
    else assert.doesNotMatch(await captureWith(toolchain, "a space, a comma"), /warning/);
  });

  it("may be missing: the capture warns, and is complete", async (context) => {
    if (typeof toolchain === "string") {
      context.skip(toolchain);
      return;
    }
    const said = await captureWith(toolchain, "missing", (file) => rm(file));
    assert.ok(said.includes(missing), said);
    assert.match(said, /this installation has no lto_inspector_use_lists-19\.so/);
  });

  it("may be one that rustc cannot load: the capture warns, and is complete", async (context) => {
    if (typeof toolchain === "string") {
      context.skip(toolchain);
      return;
    }
    const said = await captureWith(toolchain, "damaged", (file) => writeFile(file, "no library"));
    assert.ok(said.includes(missing), said);
    assert.match(said, /Could not load library 'lto_inspector_use_lists-19\.so': .*: file too short/);
  });
});

describe("fat", { skip: skipWithoutRust }, () => {
  let scratch = "";
  let workspace = "";
  let unit = "";
  let thin = "";
  let cli: TestCli;

  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), "lto-inspector-fat-"));
    cli = new TestCli(join(scratch, "store"));
    ({ unit, workspace } = await copyCaptures(DEMO_FAT, cli.store));
    ({ unit: thin } = await copyCaptures(DEMO_THIN, cli.store, 1));
  });
  after(async () => {
    await rm(scratch, { recursive: true, force: true });
  });

  const manifestOf = async (id: string): Promise<UnitManifest> =>
    JSON.parse(await readFile(join(cli.store, "captures", id, "1", "manifest.json"), "utf8")) as UnitManifest;

  it("links all modules into the base module, which has the three stages; the second time, from the store", async () => {
    const report = await cli.report<RunReport>(["fat", unit]);
    assert.equal(report.command, "fat");
    assert.deepEqual([report.unit.mode, report.llvm.matchesProducer, report.fidelity], ["fat", true, "same LLVM, not verified"]);
    const [base, ...others] = report.modules;
    assert.ok(base !== undefined && others.length > 20);
    assert.ok(report.modules.every(({ verdict, key, previousKey }) => verdict === "linked" && key === null && previousKey === null));
    assert.equal(base.reason.kind, "base-module");
    assert.deepEqual(
      base.stages.map(({ stage }) => stage),
      FAT_STAGES,
    );
    assert.ok(others.every(({ stages, reason }) => stages.length === 0 && reason.kind === "linked-into-base"));
    const names = others.map(({ name }) => Buffer.from(name));
    assert.deepEqual(
      names,
      names.toSorted((left, right) => left.compare(right)),
    );
    assert.deepEqual(
      report.modules.filter(({ origin }) => origin === "allocator").map(({ crate }) => crate),
      ["demo"],
    );
    const again = await cli.report<RunReport>(["fat", unit]);
    assert.equal(again.modules[0]?.fromStore, true);
    assert.deepEqual(
      again.modules[0].stages.map(({ file }) => file),
      base.stages.map(({ file }) => file),
    );
  });

  it("measures activities with the compiler's own names", async () => {
    const { timings, modules } = await cli.report<RunReport>(["fat", unit, "--opt-level", "1"]);
    const { toolchain, decisions } = await manifestOf(unit);
    const { fatActivities } = toolchainProfile(toolchain.release);
    assert.deepEqual(new Set(timings.map(({ activity }) => activity)), new Set([...fatActivities, "lto.input", "lto.after-restriction"]));
    // A stage's bar in the timeline is as long as its report says.
    const measured = { "lto.input": "lto.input", "lto.after-restriction": "lto.after-restriction", "lto.after-pm": "LLVM_lto_optimize" };
    for (const [stage, activity] of Object.entries(measured)) {
      const micros = timings.find((timing) => timing.activity === activity)?.durationMicros ?? 0;
      const millis = modules[0]?.stages.find((made) => made.stage === stage)?.millis ?? 0;
      assert.ok(micros > 0 && micros <= 1000 * millis + 1, `${stage}: ${micros} µs, ${millis} ms`);
    }
    const links = timings.filter(({ activity }) => activity === "LLVM_fat_lto_link_module").map(({ argument }) => argument);
    assert.deepEqual(links, decisions?.linked?.slice(1));
    const driver = /librustc_driver\S* => (\/\S+)/.exec(spawnSync("ldd", [toolchain.rustc], { encoding: "utf8" }).stdout)?.[1];
    if (driver === undefined) return;
    const compiler = await readFile(driver);
    for (const activity of fatActivities) assert.ok(compiler.includes(activity), activity);
  });

  it("is verified against rustc, and says so afterwards", async () => {
    const report = await cli.report<VerifyReport>(["verify", unit]);
    assert.deepEqual(report.keys, { equal: 0, different: 0 });
    assert.deepEqual(report.decisions, { equal: 0, different: 0, reused: 0, recompiled: 0, exercised: false });
    const said = await cli.run(["verify", unit]);
    assert.match(said.stdout, /Linked: (\d+) of \1 modules; the base module is rustc's, and the others are linked in rustc's order\./);
    assert.match(said.stdout, /VERIFIED: 3 of 3 stage files identical to rustc's own/);
    assert.equal((await cli.report<RunReport>(["fat", unit, "--analyze"])).fidelity, "verified");
  });

  it("uses the functions of a program's own global allocator, and in a #![no_builtins] crate nothing that LLVM knows of libraries", async () => {
    const folder = await layOut(DEMO, join(scratch, "allocator"));
    const main = join(folder, "demo", "src", "main.rs");
    const allocator = "#[global_allocator]\nstatic GLOBAL: std::alloc::System = std::alloc::System;\n";
    await writeFile(main, `#![no_builtins]\n${await readFile(main, "utf8")}\n${allocator}`);
    const own = await cli.capture(folder, "--lto", "fat");
    const { different, objects } = await cli.report<VerifyReport>(["verify", own]);
    assert.deepEqual(different, []);
    assert.equal(objects?.identical, 1);
  });

  it("uses the variables of a build script for the second compilation", async () => {
    const folder = await layOut(DEMO, join(scratch, "variables"));
    const main = join(folder, "demo", "src", "main.rs");
    await writeFile(join(folder, "demo", "build.rs"), 'fn main() {\n    println!("cargo:rustc-env=SET_BY_BUILD_SCRIPT=yes");\n}\n');
    const variables = '#[used]\nstatic VARIABLES: [&str; 2] = [env!("SET_BY_BUILD_SCRIPT"), env!("CARGO_PKG_AUTHORS")];\n';
    await writeFile(main, `${await readFile(main, "utf8")}\n${variables}`);
    const own = await cli.capture(folder, "--lto", "fat", "--no-incremental");
    const { different, warnings } = await cli.report<VerifyReport>(["verify", own]);
    assert.deepEqual(different, []);
    assert.ok(!warnings.some((warning) => warning.includes("order in which values are used")), warnings.join("\n"));
  });

  it("writes the requested stages to --out, and makes none for --analyze", async () => {
    const out = join(scratch, "out");
    const { modules } = await cli.report<RunReport>(["fat", unit, "--out", out, "--save-temps", "input,restriction"]);
    const base = modules[0]?.name ?? assert.fail("no module");
    const files = (await readdir(out)).filter((file) => file.endsWith(".bc"));
    assert.deepEqual(files.toSorted(), [`${base}.lto.after-restriction.bc`, `${base}.lto.input.bc`]);
    const analyzed = await cli.report<RunReport>(["fat", unit, "--analyze"]);
    assert.ok(analyzed.modules.every(({ stages }) => stages.length === 0));
    const one = await cli.error(["fat", unit, "--only", modules[1]?.name ?? ""], 3);
    assert.equal(one.name, "UnknownModule");
  });

  it("takes plain paths, the first of them as the base module", async () => {
    const { localModules } = await manifestOf(unit);
    const files = localModules.filter(({ origin }) => origin === "local").map(({ file }) => join(cli.store, "captures", unit, "1", file));
    const { modules, unit: summary } = await cli.report<RunReport>(["fat", ...files, "--preserve", "main"]);
    assert.equal(summary.mode, "fat");
    assert.equal(modules.length, files.length);
    assert.equal(modules[0]?.stages.length, 3);
    assert.ok(files[0]?.endsWith(modules[0].name));
  });

  it("refuses units of the other kind, and keys", async () => {
    assert.match((await cli.error(["fat", thin], 2)).message, /was built with thin LTO/);
    assert.match((await cli.error(["thin", unit], 2)).message, /was built with fat LTO/);
    const session = join(workspace, "target");
    assert.match((await cli.error(["fat", unit, "--session", session], 2)).message, /no keys/);
    for (const words of [[unit], [unit, "--if-changed"], [thin, "--against", unit]]) {
      const { message, help = "" } = await cli.error(["explain", ...words], 2);
      assert.match(message, /was built with fat LTO, which has no keys/);
      assert.match(help, /lto-inspector fat/);
    }
  });

  it("is ignored when a later build with thin LTO is explained", async () => {
    const captures = join(cli.store, "captures", thin);
    await cp(join(captures, "1"), join(captures, "2"), { recursive: true });
    const manifest = await manifestOf(thin);
    await writeFile(join(captures, "2", "manifest.json"), JSON.stringify({ ...manifest, capture: 2 }));
    await writeFile(join(captures, "1", "manifest.json"), JSON.stringify({ ...manifest, mode: "fat" }));
    const { against, build } = await cli.report<ExplainReport>(["explain", thin]);
    assert.deepEqual([build.name, against], [`${thin}@2`, null]);
  });

  it("is supported by show, diff and find in the base module, function by function", async () => {
    const shown = await cli.report<{ text: string; truncated: boolean }>([
      "show",
      unit,
      (await manifestOf(unit)).decisions?.linked?.[0] ?? "",
      "--stage",
      "restriction",
      "--function",
      "demo_entry",
    ]);
    assert.match(shown.text, /define .*@demo_entry\(/);
    const base = (await manifestOf(unit)).decisions?.linked?.[0] ?? "";
    const diff = await cli.run(["diff", unit, base, "restriction", "pm", "--function", "demo_entry"]);
    assert.equal(diff.code, 0, diff.stderr);
    const found = await cli.report<{ hits: { module: string; role: string }[] }>(["find", unit, "demo_entry"]);
    assert.ok(found.hits.some(({ module, role }) => module === base && role === "defined"));
  });
});
