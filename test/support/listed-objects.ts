/**
 * A producer for tests only: its builds leave a folder with `objects.list`, which names bitcode files, and with the stages that its linker saved as
 * `<file>.<stage>`. It shows what a new producer needs.
 */
import { existsSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import type { UnitProducer } from "../../src/core/producers/producer.js";
import { applyOverrides, PLAIN_SETTINGS, type LtoInputs } from "../../src/core/replay/inputs.js";
import type { ReplayChoice } from "../../src/core/replay/producer.js";
import { readingEngine } from "../../src/core/replay/reading-engine.js";
import { summaryOf } from "../../src/core/replay/unit-summary.js";
import { LtoError } from "../../src/core/base/errors.js";
import { readTextFile } from "../../src/core/base/read-file.js";
import { toolchainProfile } from "../../src/core/pipelines/toolchain-profile.js";
import type { FoundUnit } from "../../src/protocol/discovery.js";
import { THIN_STAGES } from "../../src/protocol/stages.js";
import type { UnitManifest } from "../../src/protocol/units.js";

export const LIST = "objects.list";

const TOOLCHAIN = { rustc: "/nowhere", sysroot: "/nowhere", host: "", release: "1.0.0", commitHash: null, llvmVersion: "22.1.0" };

export const LISTED_OBJECTS: UnitProducer = {
  name: "listed-objects",
  left: {
    isUnit,
    read,
    meant: async (folder) => ((await isUnit(folder)) ? folder : undefined),
    before: () => Promise.resolve(undefined),
    hasOverwritten: () => Promise.resolve(false),
    whyOverwritten: "Each build writes a list of its own.",
  },
  workspaces: {
    homes: async (folder) => ((await unitsBelow(folder)).length > 0 ? [folder] : []),
    discover: async ({ folder }) => {
      const units = await unitsBelow(folder);
      if (units.length === 0) throw new LtoError({ name: "NothingToInspect", message: `Nothing was listed in ${folder}.`, file: folder });
      return { workspace: folder, targetDirectory: folder, units: await Promise.all(units.map(found)) };
    },
    toldApart: (units) => new Map(units.map(({ id }) => [id, ["listed"]])),
    watch: () => ({ follow: () => undefined, close: () => undefined }),
  },
  captures: null,
  refuseIncomplete: ({ complete, name }) => {
    if (!complete) throw new LtoError({ name: "IncompleteUnit", message: `${name} lists nothing.` });
  },
  chooseEngine: async (core, unit, choice) => {
    const engine = await readingEngine(core, choice.llvm, choice.overrides.llvmArgs);
    return { engine, profile: toolchainProfile(null), inputs: () => Promise.resolve(inputsOf(unit, choice)) };
  },
  helpIfUnreadable: "Build again.",
  savedStages: () => Promise.resolve(undefined),
  outside: () => Promise.resolve({ crates: [], errors: [] }),
  keptSources: () => Promise.resolve(undefined),
};

function isUnit(folder: string): Promise<boolean> {
  return Promise.resolve(existsSync(join(folder, LIST)));
}

async function unitsBelow(folder: string): Promise<string[]> {
  const names = await readdir(folder);
  return names.map((name) => join(folder, name)).filter((one) => existsSync(join(one, LIST)));
}

async function read(folder: string): Promise<UnitManifest> {
  const list = join(folder, LIST);
  const files = (await readTextFile(list)).split("\n").filter((line) => line !== "");
  const names = await readdir(folder);
  const savedOf = (file: string): Record<string, string> =>
    Object.fromEntries(
      THIN_STAGES.filter((stage) => names.includes(`${file}.${stage}`)).map((stage) => [stage, join(folder, `${file}.${stage}`)]),
    );
  return {
    ...{
      schema: 1,
      producer: "listed-objects",
      folder: resolve(folder),
      id: basename(folder),
      capture: 1,
      name: `${basename(folder)} (list)`,
    },
    ...{ crateName: "listed", packageName: "listed", crateTypes: [], profile: "none", mode: "thin", incremental: false },
    ...{ workspace: dirname(folder), capturedAt: (await stat(list)).mtime.toISOString(), toolchain: TOOLCHAIN, commandLine: [] },
    ...{ settings: PLAIN_SETTINGS, deviations: [], complete: files.length > 0, upstream: [] },
    rustcStages: Object.fromEntries(files.map((file) => [file, savedOf(file)])),
    localModules: files.map((file) => ({ name: file, origin: "local", file: join(folder, file), reserialize: false, green: null })),
    ...{ previousKeysFile: null, currentKeysFile: null, decisions: null, outputBytes: null, warnings: [] },
  };
}

async function found(folder: string): Promise<FoundUnit> {
  const { name, profile, mode, localModules, capturedAt, complete } = await read(folder);
  return {
    kind: "session",
    unit: folder,
    name,
    path: folder,
    profile,
    mode,
    modules: localModules.length,
    modifiedAt: capturedAt,
    complete,
  };
}

function inputsOf(unit: UnitManifest, { overrides }: ReplayChoice): LtoInputs {
  const { settings, deviations } = applyOverrides(unit.settings, overrides);
  return {
    ...{ unit: summaryOf(unit), manifest: unit, toolchain: null, settings, deviations, buildOptions: {}, mode: unit.mode, crateTypes: [] },
    local: unit.localModules.map(({ name, file }) => ({ name, origin: "local", crate: "listed", file, reserialize: false, green: false })),
    ...{ upstream: [], preserve: [], crateSymbols: null, preserveExternals: true, incremental: false, profileFile: null },
    ...{ previousKeysFile: null, baseWhereTied: null, contentDigest: null, objectSettings: () => null, linkersLto: false, warnings: [] },
  };
}
