/** The engine for clang's LLVM on what that clang writes from C and C++: summaries, keys, and every stage of every module. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { EngineClient } from "../../src/core/engine/client.js";
import { chooseLibrary } from "../../src/core/engine/libllvm.js";
import { EnginePool } from "../../src/core/engine/pool.js";
import { majorOf } from "../../src/core/machine/llvm-series.js";
import { PLAIN_SETTINGS } from "../../src/core/replay/inputs.js";
import type { AnalyzeParams } from "../../src/protocol/engine/analysis.js";
import { THIN_STAGES } from "../../src/protocol/stages.js";
import { LLVM_LIBRARY } from "../support/llvm-library.js";
import { runTool, skipWithout } from "../support/llvm-tools.js";
import { repository } from "../support/repository.js";

const SOURCES = join(repository, "test", "fixtures", "clang");
const MAJOR = process.env["LTO_INSPECTOR_TEST_CLANG"] ?? "";
const FLAGS: readonly (readonly string[])[] = [
  ["-O2"],
  ["-O1", "-g"],
  ["-O3", "-march=x86-64-v3"],
  ["-Os", "-fno-plt", "-fvisibility=hidden"],
];

const skip = MAJOR === "" ? "`npm run test:series` runs it, with the newest clang" : skipWithout(`clang-${MAJOR}`);

describe("modules of clang", { skip }, () => {
  let scratch = "";
  let pool: EnginePool;
  let engine: EngineClient;

  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), "lto-inspector-clang-"));
    pool = new EnginePool(2);
    const { path, series, expectedVersion } = await chooseLibrary(LLVM_LIBRARY, null);
    assert.equal(majorOf(series), MAJOR);
    engine = pool.engine({ library: path, series, expectedVersion, llvmArguments: [] });
  });

  after(async () => {
    await pool.close();
    await rm(scratch, { recursive: true, force: true });
  });

  /** Compiles every source. @returns the files of bitcode */
  const compiled = (flags: readonly string[]): string[] =>
    readdirSync(SOURCES)
      .filter((name) => /\.c(?:pp)?$/.test(name))
      .map((name) => {
        const file = join(scratch, `${name}.bc`);
        runTool(`clang-${MAJOR}`, [...flags, "-flto=thin", "-c", join(SOURCES, name), "-o", file], scratch);
        return file;
      });

  for (const flags of FLAGS) {
    for (const preserve of [["main"], []]) {
      it(`${flags.join(" ")}, ${preserve.length > 0 ? "as a program" : "with every symbol preserved"}: keys and stages`, async () => {
        const { modules, errors } = await engine.request("readModules", { files: compiled(flags), members: "all" });
        assert.deepEqual(errors, []);
        assert.ok(modules.length >= 5);
        const { version } = await engine.info();
        for (const { name, hasSummary, producer } of modules) {
          assert.ok(hasSummary, `${name} has a summary`);
          assert.equal(producer.version, version, name);
        }
        const params: AnalyzeParams = {
          unit: flags.join(" ") + preserve.join(),
          mode: "thin",
          crateTypes: preserve.length > 0 ? ["bin"] : [],
          settings: PLAIN_SETTINGS,
          addLtoPostLink: false,
          rustLevelNames: [],
          countsProfilerSymbols: false,
          preservesAsanGlobals: true,
          summaryAfterFatLto: false,
          thinPreLink: false,
          profileFile: null,
          local: modules.map(({ name, file }) => ({ name, origin: "input", crate: "test", file, reserialize: false, green: false })),
          upstream: [],
          preserve,
          crateSymbols: null,
          preserveExternals: preserve.length === 0,
          incremental: false,
          previousKeysFile: null,
          keysFile: null,
          baseWhereTied: null,
        };
        const analyzed = await engine.request("analyze", params);
        const keys = await engine.attempt("keyComponents", { unit: params.unit, first: 0, count: modules.length });
        assert.equal(keys.modules.length, modules.length);
        for (const [index, { name, key, exact }] of keys.modules.entries()) {
          assert.ok(exact, `the parts of the key of ${name} make up LLVM's own key`);
          assert.equal(key, analyzed.modules[index]?.key);
        }
        assert.equal(new Set(keys.modules.map(({ key }) => key)).size, modules.length);
        assert.ok(
          keys.modules.some(({ imports }) => imports.length > 0),
          "something is imported",
        );
        for (const { name } of modules) {
          const { stages } = await engine.attempt("optimize", {
            unit: params.unit,
            module: name,
            stages: THIN_STAGES,
            blobs: join(scratch, "blobs"),
          });
          assert.deepEqual(
            stages.map(({ stage }) => stage),
            THIN_STAGES,
          );
          for (const { blob, stage } of stages) {
            const file = join(scratch, "blobs", blob.slice(0, 2), `${blob.slice(2)}.bc`);
            assert.equal(readFileSync(file).readUInt32LE(0), 0xdec04342, `${name} ${stage}`);
          }
        }
        await engine.attempt("release", { unit: params.unit });
      });
    }
  }
});
