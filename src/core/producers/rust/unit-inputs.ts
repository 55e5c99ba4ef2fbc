/**
 * Prepares the inputs of a run from a captured unit: checks that it is complete, finds the promotion suffixes of builds without a session, applies
 * the user's overrides.
 */
import type { EngineLocalModule } from "../../../protocol/engine/analysis.js";
import type { FunctionsResult } from "../../../protocol/engine/ir.js";
import { pipelineOf } from "../../../protocol/pipelines.js";
import type { LocalModule, Toolchain, UnitManifest } from "../../../protocol/units.js";
import { summaryOf } from "../../replay/unit-summary.js";
import { buildOptions } from "./build-options.js";
import { codegenSettings, splitDwarfOf } from "./codegen-settings.js";
import { crateSymbolsOf, NO_CRATE_SYMBOLS } from "./crate-symbols.js";
import { dylibProblem } from "./capture/dylib-lto.js";
import type { EngineClient } from "../../engine/client.js";
import { isLtoError, LtoError, reportOf } from "../../base/errors.js";
import { openRegularFile } from "../../base/read-file.js";
import { applyOverrides, type Overrides, type LtoInputs } from "../../replay/inputs.js";
import { crateOfSessionFolder, crateOfUnitName } from "../../pipelines/codegen-unit-names.js";
import { previousKeysIn } from "../../pipelines/session-folder.js";
import { isProven, unprovenRules } from "../../pipelines/toolchain-profile.js";
import { isProvenHere } from "../../store/proven-toolchains.js";
import type { VouchedUnit } from "./vouched-unit.js";
import type { StoreLayout } from "../../store/store-layout.js";

/**
 * Prepares a captured unit for `analyze`.
 *
 * @param vouched its manifest is as `loadUnit` reads it: every path absolute
 * @param engine reads rustc's own after-rename files to find the promotion suffix
 * @param layout of the store that knows which compilers were verified
 * @throws LtoError UnreadableFile
 */
export async function inputsOfUnit(
  { unit: manifest, toolchain }: VouchedUnit,
  overrides: Overrides,
  engine: EngineClient,
  layout: StoreLayout,
  signal?: AbortSignal,
): Promise<LtoInputs> {
  const { settings, deviations } = applyOverrides(manifest.settings, overrides);
  const promotes = pipelineOf(manifest.mode).keys && !manifest.incremental;
  const suffixes = promotes ? await promotionSuffixes(manifest, engine, signal) : new Map<string, string>();
  const globalAllocator = await hasGlobalAllocator(manifest, engine, signal);
  const unknown =
    manifest.incremental && pipelineOf(manifest.mode).keys ? manifest.localModules.filter((module) => module.green === null).length : 0;
  const crateTypes = overrides.crateTypes ?? manifest.crateTypes;
  const typeDeviation =
    overrides.crateTypes === undefined ? [] : [{ setting: "crate-type", build: manifest.crateTypes.join(","), used: crateTypes.join(",") }];
  const preserved = overrides.crateTypes === undefined ? await crateSymbolsOf(manifest, engine, signal) : NO_CRATE_SYMBOLS;
  const preserve = overrides.preserve ?? [];
  const preserveDeviation = preserve.length === 0 ? [] : [{ setting: "preserve", build: "", used: preserve.join(" ") }];
  return {
    unit: { ...summaryOf(manifest), crateTypes },
    manifest,
    toolchain,
    settings,
    deviations: [...manifest.deviations, ...deviations, ...typeDeviation, ...preserveDeviation],
    buildOptions: buildOptions(manifest.commandLine),
    mode: manifest.mode,
    crateTypes,
    localCrate: { name: manifest.crateName, stableId: stableIdOf(manifest)?.toString() ?? null, noBuiltins: manifest.noBuiltins ?? null },
    local: manifest.localModules.map((module) => engineModule(manifest, module, { suffix: suffixes.get(module.name), globalAllocator })),
    upstream: manifest.upstream.map((archive) => ({ crate: archive.crate, file: archive.file, members: archive.members })),
    preserve,
    crateSymbols: preserved.symbols,
    preserveExternals: false,
    incremental: manifest.incremental || overrides.session !== undefined,
    profileFile: manifest.profileFile ?? null,
    previousKeysFile: overrides.session === undefined ? manifest.previousKeysFile : await previousKeysIn(overrides.session),
    baseWhereTied: manifest.decisions?.linked?.[0] ?? null,
    contentDigest: null,
    objectSettings: objectSettingsOf(manifest),
    linkersLto: false,
    warnings: [
      ...manifest.warnings,
      ...(await rulesWarning(layout, manifest.toolchain)),
      ...preserved.warnings,
      ...(unknown === 0
        ? []
        : [`It is unknown whether ${unknown} of the local modules came from rustc's incremental cache; the replay assumes that they did.`]),
    ],
  };
}

/** With another crate type or level, the objects are those that rustc would make with it. */
function objectSettingsOf(manifest: UnitManifest): LtoInputs["objectSettings"] {
  const codegen = codegenSettings(manifest);
  const split = splitDwarfOf(manifest);
  const remaps = manifest.commandLine.some((word) => word.startsWith("--remap-path-prefix"));
  return (module) => {
    // The name of a split file goes through `--remap-path-prefix`, which is not mirrored.
    if (codegen === null || (split !== "off" && remaps)) return null;
    if (split === "off") return { ...codegen, splitDwarfFile: null, separateDwarf: false };
    const source = manifest.rustcObjects?.[module]?.source;
    // Only rustc's object shows the name.
    if (source === undefined) return null;
    const splitDwarfFile = `${source.replace(/\.o$/, "")}.dwo`;
    return { ...codegen, splitDwarfFile, separateDwarf: split === "split" };
  };
}

/** The crate's `StableCrateId`, which the names of its codegen units or of its session's folder contain. */
function stableIdOf({ crateName, localModules, sessionFolders = [] }: UnitManifest): bigint | undefined {
  const named = [...localModules.map(({ name }) => crateOfUnitName(name)), ...sessionFolders.slice(0, 1).map(crateOfSessionFolder)];
  return named.find((crate) => crate?.name === crateName)?.stableId;
}

async function rulesWarning(layout: StoreLayout, toolchain: Toolchain): Promise<string[]> {
  const { release } = toolchain;
  return isProven(release) || (await isProvenHere(layout, toolchain)) ? [] : [unprovenRules(release)];
}

/** @throws LtoError IncompleteUnit: inputs are missing, or LTO of this kind cannot be replayed (captures of older versions call it complete) */
export function refuseIncomplete(manifest: UnitManifest): void {
  const dylib = dylibProblem(manifest);
  if (dylib !== undefined) throw new LtoError(dylib);
  if (!manifest.complete) {
    const why = manifest.incompleteBecause;
    const said = manifest.notLinked === undefined ? "" : ` ${manifest.notLinked.message}`;
    throw new LtoError({
      name: "IncompleteUnit",
      message: `${manifest.name} cannot be replayed: ${why?.message ?? "its final crate left no bitcode."}${said}`,
      ...(why?.file === undefined ? {} : { file: why.file }),
      help:
        why?.help ??
        `Run \`lto-inspector capture ${manifest.workspace}\`, which builds it in a separate target directory and keeps what a replay needs.`,
    });
  }
}

interface FoundFacts {
  readonly suffix: string | undefined;
  readonly globalAllocator: boolean;
}

function engineModule(manifest: UnitManifest, module: LocalModule, { suffix, globalAllocator }: FoundFacts): EngineLocalModule {
  return {
    name: module.name,
    origin: module.origin,
    crate: manifest.crateName,
    file: globalAllocator ? (module.withGlobalAllocator ?? module.file) : module.file,
    reserialize: module.reserialize,
    ...(module.inMemory === true ? { inMemory: true } : {}),
    ...(module.useListsFile === undefined ? {} : { useListsFile: module.useListsFile }),
    ...(module.namesFile === undefined ? {} : { namesFile: module.namesFile }),
    green: module.green ?? manifest.incremental,
    ...(suffix === undefined ? {} : { promotionSuffix: suffix }),
    ...internalizedFile(manifest, module.name),
  };
}

/** If the crate is not a Rust library, rustc's own file shows what it preserves at the Rust level (`symbolsKeptByRustc` in the engine). */
function internalizedFile(manifest: UnitManifest, module: string): Pick<EngineLocalModule, "internalizedFile"> {
  const file = !pipelineOf(manifest.mode).upstream ? manifest.rustcStages[module]?.["thin-lto-after-internalize"] : undefined;
  return file === undefined ? {} : { internalizedFile: file };
}

/**
 * Whether one of the crates has a `#[global_allocator]`, and so defines what the allocator module otherwise defines. The sysroot's crates never do.
 */
async function hasGlobalAllocator(manifest: UnitManifest, engine: EngineClient, signal?: AbortSignal): Promise<boolean> {
  if (manifest.localModules.every((module) => module.withGlobalAllocator === undefined)) return false;
  const local = manifest.localModules.filter((module) => module.origin === "local").map((module) => module.file);
  const upstream = manifest.upstream.filter((archive) => archive.file !== archive.source).map((archive) => archive.file);
  const { modules } = await engine.request("readModules", { files: [...local, ...upstream], members: "rust-objects" }, signal);
  return modules.some((module) => module.isAllocator);
}

/** rustc's own files in which a module's symbols already have their promoted names, and which do not contain imported definitions yet. */
const PROMOTED_IN = ["thin-lto-after-rename", "thin-lto-after-resolve", "thin-lto-after-internalize"] as const;

/**
 * Without a session, the local modules' bitcode has to be serialised again, which changes its hash and with it the suffix of promoted locals.
 * rustc's own files have its suffix in the names of the symbols that the module defines.
 */
async function promotionSuffixes(manifest: UnitManifest, engine: EngineClient, signal?: AbortSignal): Promise<Map<string, string>> {
  const suffixes = new Map<string, string>();
  await Promise.all(
    manifest.localModules.map(async ({ name }) => {
      const suffix = await promotionSuffixOf(manifest.rustcStages[name] ?? {}, engine, signal);
      if (suffix !== undefined) suffixes.set(name, suffix);
    }),
  );
  return suffixes;
}

/** @throws LtoError that names the file, if none of rustc's files can be read */
async function promotionSuffixOf(
  files: UnitManifest["rustcStages"][string],
  engine: EngineClient,
  signal?: AbortSignal,
): Promise<string | undefined> {
  let damaged: LtoError | undefined;
  for (const stage of PROMOTED_IN) {
    const file = files[stage];
    if (file === undefined) continue;
    try {
      const { handle } = await openRegularFile(file);
      await handle.close();
      return promotionSuffixIn(await engine.request("functions", { file }, signal));
    } catch (error) {
      if (isLtoError(error, "Cancelled")) throw error;
      damaged ??= new LtoError({ ...reportOf(error, `Reading ${file}`), file }, { cause: error });
    }
  }
  if (damaged !== undefined) throw damaged;
  return undefined;
}

/** The decimal number after ".llvm." in the names that a module defines; undefined if it promoted nothing. */
export function promotionSuffixIn(symbols: FunctionsResult): string | undefined {
  for (const symbol of [...symbols.functions, ...symbols.globals]) {
    const suffix = symbol.declaration ? undefined : /\.llvm\.(\d+)$/.exec(symbol.name)?.[1];
    if (suffix !== undefined) return suffix;
  }
  return undefined;
}
