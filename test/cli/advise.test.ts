/** `advise`: every row's output is what the compiler makes with this setting, and nothing is built or measured twice. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { AdvisedEdits, AdvisedSetting, AdviseReport } from "../../src/protocol/advise.js";
import type { IfChangedReport } from "../../src/protocol/explain.js";
import type { SizeReport } from "../../src/protocol/size.js";
import type { UnitManifest } from "../../src/protocol/units.js";
import { skipWithoutRust, TestCli } from "../support/cli.js";
import { BARE_DEMO, editedDemo, layOut } from "../support/programs.js";

const SETTINGS = ["lto=off", "lto=fat", "opt-level=s,codegen-units=1", "import-instr-limit=0", "lto=thin,opt-level=3"];

describe("advise", { skip: skipWithoutRust }, () => {
  let scratch = "";
  let workspace = "";
  let cli: TestCli;
  let unit = "";
  let report: AdviseReport;

  const advise = (...args: readonly string[]): Promise<AdviseReport> =>
    cli.report<AdviseReport>(["advise", unit, ...SETTINGS.flatMap((setting) => ["--set", setting]), ...args]);

  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), "lto-inspector-advise-"));
    workspace = await layOut(BARE_DEMO, join(scratch, "workspace"));
    cli = new TestCli(join(scratch, "store"));
    const captured = await cli.run(["capture", workspace]);
    unit = captured.stdout.trim().split("\n").at(-1) ?? "";
    report = await advise("--inlined", "--bench", "{} || true", "--rounds", "3", "--html", join(scratch, "page.html"));
  });
  after(async () => {
    await rm(scratch, { recursive: true, force: true });
  });

  const row = (name: string): AdvisedSetting => report.settings.find((one) => one.name === name) ?? assert.fail(`${name} is missing`);
  const isOutput = async ({ output }: AdvisedSetting, file: string): Promise<void> => {
    assert.ok((await readFile(output)).equals(await readFile(file)), `${output} is ${file}`);
  };
  const manifestOf = async (ref: string): Promise<UnitManifest> => {
    const [id = "", capture = ""] = ref.split("@");
    return JSON.parse(await readFile(join(cli.store, "captures", id, capture, "manifest.json"), "utf8")) as UnitManifest;
  };

  it("has a row for each setting, the build's own first", () => {
    assert.deepEqual(
      report.settings.map(({ name, by, lto }) => [name, by, lto]),
      [
        ["as built", "replayed", "thin"],
        ["lto=off", "built", "off"],
        ["lto=fat", "captured", "fat"],
        ["opt-level=s,codegen-units=1", "captured", "thin"],
        ["import-instr-limit=0", "replayed", "thin"],
        // The build has both anyway.
        ["lto=thin,opt-level=3", "replayed", "thin"],
      ],
    );
    assert.deepEqual(report.failed, []);
    for (const { ltoMillis, by, fileBytes, sections } of report.settings) {
      assert.equal(ltoMillis === null, by === "built");
      assert.ok(sections.reduce((sum, { bytes }) => sum + bytes, 0) < fileBytes);
    }
  });

  it("replays give the outputs of their builds", () => {
    assert.deepEqual(
      report.settings.map(({ identical }) => identical),
      [true, null, true, true, null, true],
    );
  });

  it("a build without LTO is Cargo's own", async () => {
    const target = join(scratch, "off");
    const env = { ...process.env, CARGO_TARGET_DIR: target, CARGO_PROFILE_RELEASE_LTO: "off" };
    execFileSync("cargo", ["build", "--release", "--quiet"], { cwd: workspace, env });
    await isOutput(row("lto=off"), join(target, "release", "demo"));
  });

  it("a replay with an import limit is rustc's own command line with that limit", async () => {
    const { commandLine, toolchain, crateName } = await manifestOf(`${unit}@1`);
    const out = join(scratch, "limited");
    await mkdir(out);
    const folders = new Map([
      ["--out-dir", out],
      ["-C incremental", join(out, "incremental")],
    ]);
    const words = commandLine.map((word, index) => {
      if (commandLine[index - 1] === "--out-dir") return folders.get("--out-dir") ?? word;
      return word.startsWith("incremental=") ? `incremental=${folders.get("-C incremental") ?? ""}` : word;
    });
    execFileSync(toolchain.rustc, [...words, "-C", "llvm-args=-import-instr-limit=0"], { cwd: workspace, stdio: "ignore" });
    const made = (await readdir(out)).find((name) => name.startsWith(`${crateName}-`) && !name.includes("."));
    await isOutput(row("import-instr-limit=0"), join(out, made ?? assert.fail("rustc linked nothing")));
    assert.notEqual(row("import-instr-limit=0").fileBytes, 0);
  });

  it("says what an edit re-compiles, as a prediction of one function does", async () => {
    const edits = (name: string): AdvisedEdits => row(name).edits ?? assert.fail(`${name} was replayed`);
    const own = edits("as built");
    assert.ok(0 < own.median && own.median <= own.most && own.most <= own.reusable && own.reusable < own.modules, JSON.stringify(own));
    const { ifChanged } = await cli.report<IfChangedReport>(["explain", unit, "--if-changed", own.mostBy ?? ""]);
    assert.equal(ifChanged?.cacheable, own.most);
    // Without imports, an edit stays in the modules that have the function.
    assert.ok(edits("import-instr-limit=0").most <= own.most);
    assert.deepEqual([edits("lto=fat").reusable, edits("lto=fat").most], [0, 0]);
    assert.equal(row("lto=off").edits, null);
  });

  it("says which functions differ most, and which calls are inlined in one and not in the other", async () => {
    const { inlining } = report;
    assert.ok(inlining !== null && inlining.code.equal > 0 && inlining.code.different === 0);
    assert.deepEqual([row("as built").symbols, row("as built").inlined], [[], null]);
    const { symbols, inlined } = row("import-instr-limit=0");
    const sizes = symbols.map(({ before, after }) => Math.abs(after - before));
    assert.ok(sizes.length > 0 && sizes.every((bytes, index) => bytes > 0 && bytes <= (sizes[index - 1] ?? bytes)));
    assert.ok(
      (inlined ?? []).some(({ before, after }) => after < before),
      "what is not imported is not inlined",
    );
    assert.equal(row("lto=off").inlined, null);
    const against = await cli.report<SizeReport>(["size", row("lto=fat").unit ?? "", "--against", unit, "--inlined"]);
    assert.deepEqual(row("lto=fat").symbols, against.against?.symbols.slice(0, row("lto=fat").symbols.length));
  });

  it("says how long programs were on processors", () => {
    for (const { benchmark } of report.settings) assert.ok((benchmark?.userMillis ?? -1) >= 0);
  });

  it("builds for the target that the capture was for", async () => {
    const host = /host: (.*)/.exec(execFileSync("rustc", ["-vV"], { encoding: "utf8" }))?.[1] ?? "";
    const store = new TestCli(join(scratch, "other-store"));
    const captured = await store.run(["capture", workspace, "--", "--target", host]);
    const { settings } = await store.report<AdviseReport>(["advise", captured.stdout.trim().split("\n").at(-1) ?? "", "--set", "lto=off"]);
    assert.deepEqual(
      settings.map(({ by }) => by),
      ["replayed", "built"],
    );
  });

  it("has a page with every setting", async () => {
    const page = await readFile(join(scratch, "page.html"), "utf8");
    for (const { name } of report.settings) assert.ok(page.includes(`<th scope="row">${name}</th>`), name);
  });

  it("few runs are no verdict, and the same program has the same result", () => {
    const results = report.settings.map(({ benchmark }) => [benchmark?.runs, benchmark?.verdict]);
    const verdicts = report.settings.map(({ sameOutputAs }) => (sameOutputAs === "as built" ? "baseline" : "too-few-runs"));
    verdicts[0] = "baseline";
    assert.deepEqual(
      results,
      verdicts.map((verdict) => [3, verdict]),
    );
    assert.equal(report.settings.at(-1)?.sameOutputAs, "as built");
  });

  it("leaves names as short as they were: other settings are meant only by their whole id", async () => {
    const [short = ""] = unit.split("-");
    const { unit: found } = await cli.report<SizeReport>(["size", short]);
    assert.equal(found.id, `${unit}@1`);
    const other = row("lto=fat").unit ?? "";
    assert.match(other, /-variant@1$/);
    assert.equal((await cli.report<SizeReport>(["size", other])).unit.id, other);
  });

  it("says which program fails, and refuses a command that fails with the build's own", async () => {
    const [allowed = ""] = /^Cpus_allowed_list:\t(\d+)/m.exec(await readFile("/proc/self/status", "utf8"))?.slice(1) ?? [];
    const pinning = existsSync("/usr/bin/taskset") && allowed !== "" ? ["--pin", allowed] : [];
    const failing = `case {} in *${row("lto=off").output}*) exit 3;; esac`;
    const { settings } = await advise("--bench", failing, "--rounds", "2", ...pinning);
    assert.deepEqual(
      settings.map(({ benchmark }) => benchmark?.verdict === "failed"),
      settings.map(({ name }) => name === "lto=off"),
    );
    const { message, output } = await cli.error(
      ["advise", unit, "--set", "lto=off", "--bench", "{} >/dev/null; echo no luck >&2; exit 7"],
      2,
    );
    assert.match(message, /failed with the program of "as built": it ended with exit code 7/);
    assert.equal(output, "no luck");
  });

  it("compares what Criterion estimates, without the user's own baselines", async () => {
    const estimate = `{"median":{"confidence_interval":{"lower_bound":9,"upper_bound":11},"point_estimate":10}}`;
    const folder = `"$CRITERION_HOME/sum/new"`;
    const writing = `mkdir -p ${folder} && echo '${estimate}' > ${folder}/estimates.json && echo '{"full_id":"sum"}' > ${folder}/benchmark.json`;
    const { criterion, bench } = await advise("--bench", `{}; ${writing}`);
    assert.equal(bench, null);
    assert.deepEqual(
      criterion?.benchmarks.map(({ id, estimates }) => [id, estimates.map(({ verdict }) => verdict).slice(0, 2)]),
      // From 0.82 to 1.22 times: that is no verdict.
      [["sum", ["baseline", "too-noisy"]]],
    );
  });

  it("does not build what a changed capture names", async () => {
    const folder = join(cli.store, "captures", unit, "1");
    const text = await readFile(join(folder, "manifest.json"), "utf8");
    const manifest = JSON.parse(text) as UnitManifest;
    await writeFile(join(folder, "manifest.json"), JSON.stringify({ ...manifest, scope: { ...manifest.scope, folder: "../elsewhere" } }));
    const { message } = await cli.error(["advise", unit, "--set", "lto=fat"], 3);
    assert.match(message, /names a folder outside of its workspace/);
    await writeFile(join(folder, "manifest.json"), text);
  });

  it("measures and builds nothing twice", async () => {
    const captures = await readdir(join(cli.store, "captures"));
    const again = await advise();
    assert.deepEqual(
      again.settings.map(({ kept }) => kept),
      [true, false, true, true, true, true],
    );
    assert.deepEqual(
      again.settings.map(({ ltoMillis, output }) => [ltoMillis, output]),
      report.settings.map(({ ltoMillis, output }) => [ltoMillis, output]),
    );
    assert.deepEqual(await readdir(join(cli.store, "captures")), captures);
    assert.deepEqual(await readdir(join(cli.store, "captures", unit)), ["1"]);
  });

  it("compares nothing with builds of other sources, and names the new capture", async () => {
    await layOut(editedDemo(5), workspace);
    const { message, help } = await cli.error(["advise", unit, "--set", "lto=fat"], 3);
    assert.match(message, /sources of demo .* have changed since capture 1/);
    assert.match(help ?? "", new RegExp(`${unit}@2`));
  });

  it("refuses what it does not understand, and a command without a place for the program", async () => {
    assert.match((await cli.error(["advise", unit, "--set", "lto=thick"], 2)).message, /`lto=thick` is not understood/);
    assert.match((await cli.error(["advise", unit, "--bench", "true"], 2)).message, /does not say where the program goes/);
    assert.match((await cli.error(["advise", unit, "--pin", "0"], 2)).message, /there is no --bench/);
    for (const [pin, why] of [
      ["0,x", /no list of numbers/],
      ["9999", /cannot be pinned to the processors 9999: /],
    ] as const) {
      assert.match((await cli.error(["advise", unit, "--bench", "{}", "--pin", pin], 2)).message, why);
    }
  });
});
