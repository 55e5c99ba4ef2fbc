/** `thin` on units and plain paths: its options, reports, and re-use of the store. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { readModuleTimes, writeModuleTimes } from "../../src/core/store/module-times.js";
import { storeLayout } from "../../src/core/store/store-layout.js";
import { toolchainProfile } from "../../src/core/pipelines/toolchain-profile.js";
import type { ModuleReport, RunManifest, RunReport, VerifyReport } from "../../src/protocol/runs.js";
import { THIN_STAGES } from "../../src/protocol/stages.js";
import type { UnitManifest } from "../../src/protocol/units.js";
import { skipWithoutRust, TestCli, validate } from "../support/cli.js";
import { copyCaptures, DEMO_LOCAL, DEMO_THIN } from "../support/shared-captures.js";

describe("thin and verify", { skip: skipWithoutRust }, () => {
  let scratch = "";
  let unit = "";
  let local = "";
  let cli: TestCli;

  const manifestOf = async (id: string, capture: number): Promise<UnitManifest> =>
    JSON.parse(await readFile(join(cli.store, "captures", id, String(capture), "manifest.json"), "utf8")) as UnitManifest;
  /** Everything in a report that must not depend on time, threads or the store's location. */
  const essence = (report: RunReport): unknown =>
    report.modules.map(({ fromStore: _, source: _source, stages, ...module }) => ({
      ...module,
      stages: stages.map(({ millis: _millis, file, ...stage }) => ({ ...stage, file: file === null ? null : file.slice(-40) })),
    }));

  /** Checks that timings have the profile's names, and that the compiler in use has the same ones. */
  const sameActivities = async (report: RunReport, id: string): Promise<void> => {
    const { toolchain } = await manifestOf(id, 1);
    const { thinActivities } = toolchainProfile(toolchain.release);
    assert.deepEqual(new Set(report.timings.map(({ activity }) => activity)), new Set(["thin-lto-input", ...thinActivities]));
    for (const { thread } of report.timings) assert.ok(thread < availableParallelism(), `${thread} is more than the number of workers`);
    const libraries = spawnSync("ldd", [toolchain.rustc], { encoding: "utf8" }).stdout;
    const driver = /librustc_driver\S* => (\/\S+)/.exec(libraries)?.[1];
    if (driver === undefined) return;
    const compiler = await readFile(driver);
    for (const activity of thinActivities) assert.ok(compiler.includes(activity), activity);
  };

  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), "lto-inspector-thin-"));
    cli = new TestCli(join(scratch, "store"));
    ({ unit } = await copyCaptures(DEMO_THIN, cli.store));
    ({ unit: local } = await copyCaptures(DEMO_LOCAL, cli.store));
  });

  after(async () => {
    await rm(scratch, { recursive: true, force: true });
  });

  it("makes every stage of every module, and finds all of them in the store the second time", async () => {
    const first = await cli.report<RunReport>(["thin", unit]);
    assert.equal(first.llvm.matchesProducer, true);
    assert.equal(first.fidelity, "same LLVM, not verified");
    assert.ok(first.modules.length > 20);
    for (const module of first.modules) {
      assert.deepEqual(
        module.stages.map(({ stage }) => stage),
        THIN_STAGES,
      );
      assert.equal(module.fromStore, false, module.name);
    }
    await sameActivities(first, unit);
    assert.ok(first.peakMemoryBytes > 1e6);
    const times = await readModuleTimes(storeLayout(cli.store), unit);
    assert.deepEqual(new Set(times.keys()), new Set(first.modules.map(({ name }) => name)), "the order of the next run");
    const second = await cli.report<RunReport>(["thin", unit]);
    assert.deepEqual(
      second.modules.filter((module) => !module.fromStore).map(({ name }) => name),
      [],
      second.warnings.join("\n"),
    );
    assert.deepEqual(essence(second), essence(first));
  });

  it("says what rustc decided for each module, and why", async () => {
    const { modules } = await cli.report<RunReport>(["thin", unit, "--analyze"]);
    assert.ok(modules.every((module) => module.stages.length === 0 && module.key !== null));
    const decided = new Map<string, ModuleReport[]>();
    for (const module of modules) decided.set(module.reason.kind, [...(decided.get(module.reason.kind) ?? []), module]);
    assert.ok((decided.get("key-equal")?.length ?? 0) > 0, "some are re-used");
    assert.ok((decided.get("key-changed")?.length ?? 0) > 0, "some have changed");
    assert.ok(
      decided
        .get("key-equal")
        ?.every((module) => module.verdict === "re-used" && module.origin === "local" && module.key === module.previousKey),
    );
    assert.ok(decided.get("key-equal-but-not-cached")?.every((module) => module.verdict === "re-compiled" && module.origin !== "local"));
    assert.ok(decided.get("key-changed")?.every((module) => module.key !== module.previousKey));
  });

  it("is verified against rustc, with re-used and re-compiled modules, and says so afterwards", async () => {
    const report = await cli.report<VerifyReport>(["verify", unit]);
    assert.equal(report.decisions.exercised, true);
    assert.equal(report.decisions.different + report.keys.different, 0);
    for (const stage of THIN_STAGES) {
      const counts = report.stages[stage] ?? assert.fail(stage);
      assert.ok(counts.identical > 20 && counts.reusedByRustc > 0);
      assert.equal(counts.sameText + counts.different + counts.absent, 0);
    }
    assert.equal(report.preservedSymbols.ours, report.preservedSymbols.rustc);
    assert.equal((await cli.report<RunReport>(["thin", unit, "--analyze"])).fidelity, "verified");
    const said = await cli.run(["verify", unit]);
    assert.match(said.stdout, /VERIFIED: (\d+) of \1 stage files identical to rustc's own/);
  });

  it("finds a stage that differs from rustc's, and one that is missing", async () => {
    const manifest = await manifestOf(local, 1);
    const [changed, missing] = Object.keys(manifest.rustcStages);
    assert.ok(changed !== undefined && missing !== undefined);
    const folder = join(cli.store, "captures", local, "1");
    const other = manifest.rustcStages[missing]?.["thin-lto-after-pm"] ?? assert.fail("no file");
    const tampered = {
      ...manifest,
      capture: 2,
      rustcStages: {
        ...manifest.rustcStages,
        [changed]: { ...manifest.rustcStages[changed], "thin-lto-after-pm": other },
        [missing]: { ...manifest.rustcStages[missing], "thin-lto-input": undefined },
      },
    };
    await cp(folder, join(dirname(folder), "2"), { recursive: true });
    await writeFile(join(dirname(folder), "2", "manifest.json"), JSON.stringify(tampered));
    assert.equal((await cli.run(["verify", `${local}@1`])).code, 0);
    const report = await cli.report<VerifyReport>(["verify", `${local}@2`], 1);
    assert.equal(report.stages["thin-lto-after-pm"]?.different, 1);
    assert.equal(report.stages["thin-lto-input"]?.absent, 1);
    assert.deepEqual(
      new Set(report.different.map(({ module, stage }) => `${module} ${stage}`)),
      new Set([`${changed} thin-lto-after-pm`, `${missing} thin-lto-input`]),
    );
    assert.match(report.different.find(({ module }) => module === changed)?.why ?? "", /line \d+ of the text/);
    await rm(join(dirname(folder), "2"), { recursive: true });
  });

  it("writes --out: files, keys, manifest and report; and nothing into rustc's sessions", async () => {
    const out = join(scratch, "out");
    const report = await cli.report<RunReport>(["thin", local, "--out", out, "--save-temps", "rename,pm"]);
    const expected = report.modules.flatMap(({ name }) => [`${name}.thin-lto-after-rename.bc`, `${name}.thin-lto-after-pm.bc`]);
    assert.deepEqual((await readdir(out)).toSorted(), [...expected, "manifest.json", "report.json", "thin-lto-past-keys.bin"].toSorted());
    for (const stage of report.modules.flatMap((module) => module.stages)) {
      assert.equal(dirname(stage.file ?? ""), out);
      assert.equal((await stat(stage.file ?? "")).size, stage.bytes);
    }
    const keys = (await readFile(join(out, "thin-lto-past-keys.bin"), "utf8")).trim().split("\n").toSorted();
    assert.deepEqual(keys, report.modules.map(({ name, key }) => `${name} ${key ?? ""}`).toSorted());
    const written: unknown = JSON.parse(await readFile(join(out, "report.json"), "utf8"));
    await validate("thin", written);
    const manifest = JSON.parse(await readFile(join(out, "manifest.json"), "utf8")) as RunManifest;
    assert.equal(manifest.state, "done");
    assert.equal(Object.keys(manifest.saved).length, report.modules.length);
  });

  it("compares with the keys of another session on request", async () => {
    const [same, none] = [join(scratch, "out"), await mkdtemp(join(scratch, "empty-"))];
    const reused = await cli.report<RunReport>(["thin", local, "--analyze", "--session", same]);
    assert.ok(reused.modules.filter((module) => module.origin === "local").every((module) => module.previousKey === module.key));
    const fresh = await cli.report<RunReport>(["thin", local, "--analyze", "--session", none]);
    assert.ok(fresh.modules.every((module) => module.reason.kind === "no-previous-keys" && module.verdict === "re-compiled"));
    assert.ok(
      fresh.warnings.some((warning) => warning.includes("thin-lto-past-keys.bin")),
      fresh.warnings.join("\n"),
    );
    assert.deepEqual(await readdir(none), []);
  });

  it("has the same result on one thread and on several, in another order, and for one module alone", async () => {
    const alone = new TestCli(join(scratch, "store-one"));
    await cp(join(cli.store, "captures"), join(alone.store, "captures"), { recursive: true });
    const one = await alone.report<RunReport>(["thin", local, "--threads", "1"]);
    const opposite = one.modules.map(({ name, bytes }) => [name, 1e9 / bytes] as const);
    await writeModuleTimes(storeLayout(cli.store), local, new Map(opposite));
    const many = await cli.report<RunReport>(["thin", local, "--threads", "4"]);
    assert.deepEqual(essence(one), essence(many));
    const [name] = one.modules.map((module) => module.name);
    const only = await cli.report<RunReport>(["thin", local, "--only", name ?? ""]);
    assert.deepEqual(
      only.modules.map((module) => module.stages.length),
      only.modules.map((module) => (module.name === name ? 6 : 0)),
    );
  });

  it("lists the user's changes as deviations, and does not mix such results with others", async () => {
    const report = await cli.report<RunReport>([
      "thin",
      local,
      "--opt-level",
      "0",
      "--llvm-arg=-inline-threshold=1",
      "--preserve",
      "demo_entry",
      "--save-temps",
      "pm",
    ]);
    assert.deepEqual(
      report.deviations.map(({ setting }) => setting),
      ["opt-level", "llvm-args", "preserve"],
    );
    assert.equal(report.settings.optLevel, "0");
    assert.ok(report.settings.llvmArgs.includes("-inline-threshold=1"));
    assert.ok(report.modules.every((module) => !module.fromStore));
  });

  it("forwards LLVM's requested output by module, each time, and keeps it with the run", async () => {
    const { modules } = await cli.report<RunReport>(["thin", unit, "--analyze"]);
    const two = modules.filter(({ origin }) => origin === "local").slice(0, 2);
    for (const { name } of two) {
      for (const time of ["first", "second"]) {
        const out = join(scratch, `printed-${time}-${name}`);
        const args = ["thin", unit, "--only", name, "--llvm-arg=-opt-bisect-limit=1000000", "--out", out, "--json", "-"];
        const { stdout, stderr } = await cli.run(args);
        assert.ok(stderr.includes(`; LLVM, ${name}:\nBISECT: running pass (1)`), time);
        const { file = "", bytes } = (JSON.parse(stdout) as RunReport).llvmOutput ?? {};
        const kept = await readFile(file, "utf8");
        assert.equal(file, join(out, "llvm-output.txt"));
        assert.equal(Buffer.byteLength(kept), bytes);
        assert.ok(stderr.includes(kept.split("\n").at(-2) ?? assert.fail()), time);
        // LLVM counts the passes of its whole process: two modules in one run would share the numbers.
        assert.equal(kept.match(/^; LLVM, /gm)?.length, 1);
      }
    }
    const all = await cli.report<RunReport>(["thin", unit, "--llvm-arg=-print-import-failures", "--llvm-arg=-opt-bisect-limit=1000000"]);
    const kept = await readFile(all.llvmOutput?.file ?? "", "utf8");
    assert.match(kept, /^; LLVM, analysis of all modules:\n/);
    const headings = [...kept.matchAll(/^; LLVM, (?<module>\S+):$/gm)].map((found) => found.groups?.["module"]);
    assert.equal(new Set(headings).size, headings.length, "one section per module");
    for (const { name } of two) assert.ok(headings.includes(name), name);
    const plain = await cli.report<RunReport>(["thin", unit, "--only", two[0]?.name ?? ""]);
    assert.equal(plain.llvmOutput, undefined);
  });

  it("accepts a shortened id, and lists the units that it could mean", async () => {
    const digits = unit.slice(-8);
    for (const short of [unit.slice(0, -3), digits.slice(0, 5), `${unit.slice(0, -3)}@2`]) {
      const report = await cli.report<RunReport>(["thin", short, "--analyze"]);
      assert.equal(report.unit.id, `${unit}@2`);
    }
    const { name, message } = await cli.error(["verify", "demo-bin"], 3);
    assert.equal(name, "UnknownUnit");
    for (const id of [unit, local]) assert.ok(message.includes(id), message);
    await cli.error(["thin", digits.slice(0, 3), "--analyze"], 3);
  });

  it("warns clearly if the LLVM is not the producer's", async (context) => {
    const doctor = await cli.report<{ systemLibrary: { version: string } | null }>(["doctor"]);
    if (doctor.systemLibrary === null) {
      context.skip("there is no system libLLVM");
      return;
    }
    const producer = (await cli.report<RunReport>(["thin", local, "--analyze"])).llvm.version;
    if (producer === doctor.systemLibrary.version) {
      context.skip("the system's libLLVM is the toolchain's own");
      return;
    }
    const report = await cli.report<RunReport>(["thin", local, "--analyze", "--llvm", "system"]);
    assert.equal(report.llvm.matchesProducer, false);
    assert.equal(report.fidelity, "other LLVM");
    const said = await cli.run(["thin", local, "--analyze", "--llvm", "system"]);
    assert.match(said.stdout, /text may match, but bytes and keys do not/);
    const verified = await cli.report<VerifyReport>(["verify", `${local}@1`, "--llvm", "system"], 1);
    assert.equal(verified.keys.equal, 0);
    for (const counts of Object.values(verified.stages)) {
      assert.equal(counts.identical + counts.different + counts.absent, 0, "the text is the same");
    }
  });

  it("takes plain paths: an rlib and bitcode, with external definitions preserved", async () => {
    const manifest = await manifestOf(unit, 1);
    const rlib = manifest.upstream.find(({ crate }) => crate.startsWith("shapes"))?.file ?? assert.fail("no rlib");
    const bitcode = manifest.localModules[0]?.file ?? assert.fail("no module");
    const folder = join(cli.store, "captures", unit, "1");
    const report = await cli.report<RunReport>(["thin", join(folder, rlib), join(folder, bitcode)]);
    assert.equal(report.llvm.matchesProducer, true, "the producer's libLLVM is found automatically");
    assert.ok(report.modules.length >= 2);
    assert.ok(
      report.modules.every(
        (module) => module.origin === "input" && module.verdict === "re-compiled" && module.reason.kind === "no-session",
      ),
    );
    assert.ok(report.modules.every((module) => module.stages.length === 6));
    assert.ok(report.settings.preservedSymbols > 0);
  });

  it("prints the tree, and writes the report", async () => {
    const file = join(scratch, "report.json");
    const ended = await cli.run(["thin", unit, "--json", file]);
    assert.equal(ended.code, 0);
    assert.match(ended.stdout, /^demo {2}\d+ CGUs: \d+ changed, 1 never cached, \d+ re-used$/m);
    assert.match(ended.stdout, /^[├└]─ \S+ +re-used +key-equal .*input .* pm /m);
    assert.match(ended.stdout, /^std {2}1 CGU: 1 never cached$/m);
    assert.match(ended.stdout, /^\d+ CGUs: \d+ changed, \d+ never cached, \d+ re-used; \d+ preserved symbols?$/m);
    const crates = [...ended.stdout.matchAll(/^(\S+) {2}\d+ CGUs?(?::.*)?$/gm)].map(([, crate = ""]) => crate);
    const report = JSON.parse(await readFile(file, "utf8")) as RunReport;
    const placeOf = new Map(report.modules.map(({ crate, place }) => [crate, place]));
    assert.deepEqual([placeOf.get("demo"), placeOf.get("std")], ["workspace", "std"]);
    const places = crates.map((crate) => placeOf.get(crate) ?? "dependency");
    assert.deepEqual(places, [...["workspace", "dependency", "std"].flatMap((place) => places.filter((one) => one === place))]);
    assert.match(ended.stdout, /^Deviations from your build: none$/m);
    assert.ok(!ended.stdout.includes("\u001B"), "no colours without a terminal");
    await validate("thin", JSON.parse(await readFile(file, "utf8")));
  });
});
