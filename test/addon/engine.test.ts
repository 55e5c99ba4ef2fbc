/** The addon through the engine process: answers, errors, cancellation, and two units at once. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { cp, link, mkdtemp, readdir, readFile, realpath, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { EnginePool } from "../../src/core/engine/pool.js";
import type { EngineClient } from "../../src/core/engine/client.js";
import { chooseLibrary, systemLibrary } from "../../src/core/engine/libllvm.js";
import { llvmArguments, toolchainProfile } from "../../src/core/pipelines/toolchain-profile.js";
import { isLtoError, type LtoError } from "../../src/core/base/errors.js";
import { PLAIN_SETTINGS } from "../../src/core/replay/inputs.js";
import { describeRustc } from "../../src/core/machine/toolchain.js";
import type { AnalyzeParams } from "../../src/protocol/engine/analysis.js";
import type { ModuleFile } from "../../src/protocol/engine/modules.js";
import type { EngineProgress, OptimizeResult } from "../../src/protocol/engine/stages.js";
import type { LtoErrorName } from "../../src/protocol/error-table.js";
import { THIN_STAGES } from "../../src/protocol/stages.js";
import type { Toolchain } from "../../src/protocol/units.js";
import { skipWithoutRust } from "../support/cli.js";
import { LLVM_LIBRARY } from "../support/llvm-library.js";
import { aFewTurns, until } from "../support/patience.js";

const SOURCES: Readonly<Record<string, string>> = {
  one: `#![no_std]
#[no_mangle] pub extern "C" fn one(x: u32) -> u32 { helper(x) + 1 }
#[inline(never)] fn helper(x: u32) -> u32 { x.rotate_left(3) ^ unsafe { two(x) } }
extern "C" { fn two(x: u32) -> u32; }
`,
  two: `#![no_std]
#[no_mangle] pub extern "C" fn two(x: u32) -> u32 { x ^ 2 }
`,
};

describe("the engine process", { skip: skipWithoutRust }, () => {
  let scratch = "";
  let toolchain: Toolchain;
  let pool: EnginePool;
  let engine: EngineClient;
  let files: string[] = [];
  let libstd = "";
  let units = 0;

  const engineOf = async (of: EnginePool): Promise<EngineClient> => {
    const chosen = await chooseLibrary(LLVM_LIBRARY, toolchain);
    return of.engine({
      library: chosen.path,
      series: chosen.series,
      expectedVersion: chosen.expectedVersion,
      llvmArguments: llvmArguments(toolchainProfile(toolchain.release), []),
    });
  };
  const modulesOf = async (paths: readonly string[], of = engine): Promise<readonly ModuleFile[]> => {
    const read = await of.request("readModules", { files: paths, members: "rust-objects" });
    assert.deepEqual(read.errors, []);
    return read.modules;
  };
  const analysis = (modules: readonly ModuleFile[], changes: Partial<AnalyzeParams> = {}): AnalyzeParams => ({
    unit: `unit ${++units}`,
    mode: "thin",
    crateTypes: [],
    settings: PLAIN_SETTINGS,
    addLtoPostLink: false,
    rustLevelNames: [],
    countsProfilerSymbols: false,
    preservesAsanGlobals: true,
    summaryAfterFatLto: false,
    thinPreLink: false,
    profileFile: null,
    local: modules.map(({ name, file, member, hasSummary }) => ({
      name,
      origin: "input",
      crate: "test",
      file,
      ...(member === null ? {} : { member }),
      reserialize: !hasSummary,
      green: false,
    })),
    upstream: [],
    preserve: [],
    crateSymbols: null,
    preserveExternals: true,
    incremental: false,
    previousKeysFile: null,
    keysFile: null,
    baseWhereTied: null,
    ...changes,
  });
  const errorOf = async (asked: Promise<unknown>, name: LtoErrorName): Promise<LtoError> => {
    const error: unknown = await asked.then(
      () => assert.fail(`${name} was expected`),
      (thrown: unknown) => thrown,
    );
    assert.ok(isLtoError(error, name), String(error));
    return error;
  };
  const essence = (result: OptimizeResult): unknown =>
    result.stages.map(({ stage, blob, bytes, instructions, functions }) => [stage, blob, bytes, instructions, functions]);

  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), "lto-inspector-addon-"));
    toolchain = await describeRustc("rustc");
    for (const [name, source] of Object.entries(SOURCES)) {
      await writeFile(join(scratch, `${name}.rs`), source);
      const args = [
        "--crate-type=lib",
        "-O",
        "-Cpanic=abort",
        "-Ccodegen-units=1",
        "-Clinker-plugin-lto",
        "--emit=llvm-bc",
        "-o",
        `${name}.bc`,
        `${name}.rs`,
      ];
      const built = spawnSync("rustc", args, { cwd: scratch, encoding: "utf8" });
      assert.equal(built.status, 0, built.stderr);
    }
    files = Object.keys(SOURCES).map((name) => join(scratch, `${name}.bc`));
    const libraries = spawnSync("rustc", ["--print", "target-libdir"], { encoding: "utf8" }).stdout.trim();
    libstd = join(libraries, readdirSync(libraries).find((name) => /^libstd-.*\.rlib$/.test(name)) ?? assert.fail("no libstd"));
    pool = new EnginePool(4);
    engine = await engineOf(pool);
  });

  after(async () => {
    await pool.close();
    await rm(scratch, { recursive: true, force: true });
  });

  it("runs on the chosen libLLVM and says so", async () => {
    const info = await engine.info();
    assert.equal(await realpath(info.path), await realpath(engine.spec.library));
    if (LLVM_LIBRARY === "auto") assert.ok(info.version.startsWith(toolchain.llvmVersion), info.version);
    assert.ok(info.targets.length > 0);
    assert.ok(info.compiledAgainst.startsWith(`${engine.spec.series.name}.`), info.compiledAgainst);
  });

  it("runs on a libLLVM that is not the system's", async (context) => {
    const system = (await systemLibrary()) === null ? null : await chooseLibrary("system", null);
    if (system === null || (await realpath(system.path)) === (await realpath(engine.spec.library))) {
      context.skip("the toolchain's libLLVM is the system's: nothing is redirected");
      return;
    }
    const other = pool.engine({ library: system.path, series: system.series, expectedVersion: null, llvmArguments: [] });
    assert.notEqual((await other.info()).version, (await engine.info()).version);
    assert.notEqual(await other.pid(), await engine.pid());
  });

  it("notices when it is replaced, and a new hard link to it does not count", async () => {
    const addon = join(scratch, "copy.node");
    await cp(engine.spec.addon, addon);
    const copied = new EnginePool(1, () => ({ hostScript: engine.spec.hostScript, addon }));
    try {
      const running = await engineOf(copied);
      const pid = await running.pid();
      await link(addon, join(scratch, "another-link.node"));
      assert.equal(await running.runsWhatLiesThere(), true);
      await running.followReplacement();
      assert.equal(await running.pid(), pid);
      await cp(engine.spec.addon, `${addon}.new`);
      await rename(`${addon}.new`, addon);
      assert.equal(await running.runsWhatLiesThere(), false);
      await running.followReplacement();
      assert.notEqual(await running.pid(), pid);
    } finally {
      await copied.close();
    }
  });

  it("refuses a file that is not a libLLVM, unknown LLVM arguments, and a missing addon", async () => {
    const fake = join(scratch, "libLLVM.so");
    await writeFile(fake, "not a library");
    const { library, series } = engine.spec;
    await errorOf(pool.engine({ library: fake, series, expectedVersion: null, llvmArguments: [] }).info(), "NoLibLlvm");
    const wrong = pool.engine({ library, series, expectedVersion: null, llvmArguments: ["-no-such-argument"] });
    const error: unknown = await wrong.info().catch((thrown: unknown) => thrown);
    assert.ok(isLtoError(error) && error.message.includes("no-such-argument"), String(error));
    const without = new EnginePool(1, () => ({ hostScript: engine.spec.hostScript, addon: join(scratch, "none.node") }));
    await errorOf((await engineOf(without)).info(), "NoAddon");
    // An addon, but without this build's messages.
    const other = new EnginePool(1, () => ({
      hostScript: engine.spec.hostScript,
      addon: join(dirname(engine.spec.addon), "lto_inspector_lock.node"),
    }));
    const { message } = await errorOf((await engineOf(other)).info(), "NoAddon");
    assert.match(message, /lto_inspector_lock\.node is the native engine of another version/);
  });

  it("reads modules: names, producers, members; and reports files that are not modules", async () => {
    const [one] = await modulesOf(files);
    assert.equal(one?.name, "one.bc");
    if (LLVM_LIBRARY === "auto") assert.equal(one.producer.version, (await engine.info()).version);
    assert.ok(one.triple.length > 0 && one.definitions > 0 && one.hasSummary);
    assert.ok((await modulesOf([libstd])).every(({ member, file }) => member !== null && file === libstd));
    await writeFile(join(scratch, "text.bc"), "no bitcode");
    const read = await engine.request("readModules", {
      files: [join(scratch, "text.bc"), join(scratch, "none.bc"), ...files],
      members: "all",
    });
    assert.deepEqual(
      read.errors.map(({ name, file }) => [name, basename(file ?? "")]),
      [
        ["NotAnObject", "text.bc"],
        ["UnreadableFile", "none.bc"],
      ],
    );
    assert.equal(read.modules.length, 2);
  });

  it("analyses and optimises: every stage, stored by content, with progress and rustc's activities", async () => {
    const blobs = join(scratch, "blobs");
    const seen: EngineProgress[] = [];
    const quiet = engine.onProgress((progress) => seen.push(progress));
    const params = analysis(await modulesOf(files));
    const analyzed = await engine.request("analyze", params);
    assert.ok(
      analyzed.modules.every(
        ({ key, verdict, reason }) => /^[0-9A-F]{40}$/.test(key) && verdict === "re-compiled" && reason === "no-session",
      ),
    );
    assert.ok(analyzed.preservedSymbols >= 2);
    const result = await engine.attempt("optimize", { unit: params.unit, module: "one.bc", stages: THIN_STAGES, blobs });
    quiet();
    assert.deepEqual(
      result.stages.map(({ stage }) => stage),
      THIN_STAGES,
    );
    for (const { blob, bytes } of result.stages) {
      const content = await readFile(join(blobs, blob.slice(0, 2), `${blob.slice(2)}.bc`));
      assert.equal(content.length, bytes);
      assert.equal(content.readUInt32LE(0), 0xdec04342);
    }
    for (const [index, { blob, sameAsPrevious }] of result.stages.entries()) {
      assert.equal(sameAsPrevious, index > 0 && blob === result.stages[index - 1]?.blob);
    }
    assert.equal(
      new Set((await readdir(blobs, { recursive: true })).filter((name) => name.endsWith(".bc"))).size,
      new Set(result.stages.map(({ blob }) => blob)).size,
    );
    assert.deepEqual([...new Set(seen.map(({ module, unit }) => `${unit} ${module}`))].includes(`${params.unit} one.bc`), true);
    assert.ok(result.timings.some(({ activity, argument }) => activity === "LLVM_thin_lto_rename" && argument === "one.bc"));
    const functions = await engine.request("functions", {
      file: join(blobs, result.stages[5]?.blob.slice(0, 2) ?? "", `${result.stages[5]?.blob.slice(2) ?? ""}.bc`),
    });
    assert.ok(functions.functions.some(({ name, declaration }) => name === "one" && !declaration));
    await engine.attempt("release", { unit: params.unit });
    await errorOf(engine.attempt("optimize", { unit: params.unit, module: "one.bc", stages: [], blobs: null }), "UnknownUnit");
  });

  it("makes only the requested stages, which are the same alone or together", async () => {
    const params = analysis(await modulesOf(files));
    await engine.request("analyze", params);
    const optimize = (stages: (typeof THIN_STAGES)[number][]): Promise<OptimizeResult> =>
      engine.attempt("optimize", { unit: params.unit, module: "one.bc", stages, blobs: join(scratch, "blobs-some") });
    const all = await optimize([...THIN_STAGES]);
    for (const stage of THIN_STAGES) {
      const [alone] = (await optimize([stage])).stages;
      assert.equal(alone?.blob, all.stages.find((made) => made.stage === stage)?.blob, stage);
    }
    assert.deepEqual((await optimize([])).stages, []);
    await errorOf(engine.attempt("optimize", { unit: params.unit, module: "none", stages: [], blobs: null }), "UnknownModule");
  });

  it("works on two units at once, on many threads, with the result of each alone", async () => {
    const modules = await modulesOf([...files, libstd]);
    const [left, right] = [
      analysis(modules),
      analysis(modules, {
        settings: { ...PLAIN_SETTINGS, optLevel: "0", vectorizeLoops: false, vectorizeSlp: false, mergeFunctions: false },
      }),
    ];
    const optimize = (of: EngineClient, unit: string, module: string): Promise<OptimizeResult> =>
      of.attempt("optimize", { unit, module, stages: THIN_STAGES, blobs: join(scratch, "blobs-two") });
    const names = [
      "one.bc",
      "two.bc",
      ...modules.filter(({ bytes, file }) => file === libstd && bytes < 2e5).map(({ name }) => name),
    ].slice(0, 5);
    await Promise.all([engine.request("analyze", left), engine.request("analyze", right)]);
    const together = await Promise.all(names.flatMap((name) => [optimize(engine, left.unit, name), optimize(engine, right.unit, name)]));
    const single = new EnginePool(1);
    try {
      const alone = await engineOf(single);
      const expected: OptimizeResult[] = [];
      for (const params of [left, right]) await alone.request("analyze", params);
      for (const name of names) for (const params of [left, right]) expected.push(await optimize(alone, params.unit, name));
      assert.deepEqual(together.map(essence), expected.map(essence));
      const stages = together.map(essence);
      assert.notDeepEqual(
        stages.filter((_, index) => index % 2 === 0),
        stages.filter((_, index) => index % 2 === 1),
        "the units differ in their settings",
      );
    } finally {
      await single.close();
    }
  });

  it("stops on cancellation: acknowledges at once, leaves nothing half-written, and stays usable", async () => {
    const modules = await modulesOf([libstd]);
    const largest = modules.toSorted((left, right) => right.bytes - left.bytes)[0]?.name ?? assert.fail("libstd is empty");
    const params = analysis(modules);
    await engine.request("analyze", params);
    const cancel = new AbortController();
    const entered = new Promise<void>((resolve) => {
      const quiet = engine.onProgress(({ unit, stage }) => {
        if (unit !== params.unit || stage !== "thin-lto-after-pm") return;
        quiet();
        resolve();
      });
    });
    const running = engine.attempt(
      "optimize",
      { unit: params.unit, module: largest, stages: ["thin-lto-after-pm"], blobs: join(scratch, "blobs-cancel") },
      cancel.signal,
    );
    await entered;
    let acknowledged = false;
    const refused = errorOf(running, "Cancelled").then(() => (acknowledged = true));
    cancel.abort();
    await aFewTurns();
    assert.ok(acknowledged, "acknowledged without waiting for the engine");
    await refused;
    const blobs = join(scratch, "blobs-cancel");
    await until("the end of what it was writing", async () => {
      const names = await readdir(blobs, { recursive: true }).catch(() => []);
      return !names.some((name) => name.includes("tmp"));
    });
    assert.equal((await modulesOf(files)).length, 2);
    await errorOf(engine.request("analyze", analysis(modules), AbortSignal.abort()), "Cancelled");
  });

  it("reports inputs that rustc refuses, with rustc's names for the errors", async () => {
    const modules = await modulesOf(files);
    const settings = PLAIN_SETTINGS;
    const refused: [LtoErrorName, Partial<AnalyzeParams>][] = [
      ["LtoDisallowed", { crateTypes: ["rlib"] }],
      ["LtoDylib", { crateTypes: ["dylib"] }],
      ["LtoProcMacro", { crateTypes: ["proc-macro"] }],
      ["DynamicLinkingWithLTO", { crateTypes: ["bin"], settings: { ...settings, preferDynamic: true } }],
    ];
    for (const [name, changes] of refused) {
      await errorOf(engine.request("analyze", analysis(modules, { preserveExternals: false, ...changes })), name);
    }
    assert.ok(
      (await engine.request("analyze", analysis(modules, { mode: "thin-local", crateTypes: ["rlib"], preserveExternals: false }))).modules
        .length === 2,
    );
  });

  it("writes keys as rustc does, compares them, and warns about a map that it cannot read", async () => {
    const modules = await modulesOf(files);
    const keysFile = join(scratch, "keys.bin");
    const first = await engine.request("analyze", analysis(modules, { incremental: true, keysFile }));
    assert.ok(first.modules.every(({ reason }) => reason === "no-previous-keys"));
    const lines = (await readFile(keysFile, "utf8")).trimEnd().split("\n");
    assert.deepEqual(new Set(lines), new Set(first.modules.map(({ name, key }) => `${name} ${key}`)));
    const params = analysis(modules, { incremental: true, previousKeysFile: keysFile });
    const green = await engine.request("analyze", {
      ...params,
      unit: "green",
      local: params.local.map((module) => ({ ...module, origin: "local", green: true })),
    });
    assert.ok(green.modules.every(({ reason, verdict }) => reason === "key-equal" && verdict === "re-used"));
    const equal = await engine.request("analyze", { ...params, local: params.local.map((module) => ({ ...module, origin: "local" })) });
    assert.ok(equal.modules.every(({ reason, verdict }) => reason === "key-equal-but-not-green" && verdict === "re-compiled"));
    await writeFile(keysFile, `${lines[0] ?? ""}\nbroken\n`);
    const broken = await engine.request("analyze", analysis(modules, { incremental: true, previousKeysFile: keysFile }));
    assert.ok(broken.modules.every(({ reason }) => reason === "no-previous-keys"));
    assert.ok(
      broken.warnings.some((warning) => warning.includes("broken") || warning.includes("line 2")),
      broken.warnings.join("\n"),
    );
    await errorOf(
      engine.request("analyze", analysis(modules, { incremental: true, keysFile: join(scratch, "no", "such", "folder", "keys") })),
      "WriteThinLtoKey",
    );
  });
});
