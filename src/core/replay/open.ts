/** Opening a unit (or plain files) for LTO: chooses and checks libLLVM, prepares inputs, analyses. An open unit stays analysed until it is closed. */
import { randomBytes } from "node:crypto";
import type { EngineInfo } from "../../protocol/engine/library.js";
import type { ModuleFile } from "../../protocol/engine/modules.js";
import { DEFAULT_COMMAND, type LtoCommand } from "../../protocol/pipelines.js";
import type { UsedLlvm } from "../../protocol/runs.js";
import type { Toolchain } from "../../protocol/units.js";
import type { CoreContext } from "../engine/core-context.js";
import type { EngineClient } from "../engine/client.js";
import { chooseLibrary, LLVM_SERIES, matchProducers, type ChosenLibrary } from "../engine/libllvm.js";
import { makesLlvmPrint } from "../engine/llvm-words.js";
import { llvmArguments, toolchainProfile, type ToolchainProfile } from "../pipelines/toolchain-profile.js";
import { findToolchains } from "../machine/toolchain.js";
import { AnalyzedUnit } from "./analyzed-unit.js";
import { damagedInputs } from "../store/capture-damage.js";
import { nameCulprit } from "./analysis-crash.js";
import { engineBuild } from "../engine/engine-build.js";
import { explainUnreadable, refuseNewer } from "../engine/foreign-llvm.js";
import { InputWatch } from "./input-files.js";
import { engineSettings, type Overrides, type LtoInputs } from "./inputs.js";
import { addsLtoPostLink } from "../pipelines/lto-post-link.js";
import { inputsOfPaths, readPathModules } from "./path-inputs.js";
import { replayIdentity } from "./replay-identity.js";
import { settingsDigest, StageMaker } from "./stage-maker.js";
import { holdInUse } from "../store/in-use.js";
import { summaryOf } from "./unit-summary.js";
import type { UnitProducer, UnitSource, VouchedUnit } from "./producer.js";

/** What the user named: a captured unit, or plain files. */
export type LtoSource = UnitSource | PathsSource;

/** Files of equal rank; without a mode for thin LTO. */
export interface PathsSource {
  readonly kind: "paths";
  readonly paths: readonly string[];
  readonly mode?: LtoCommand;
}

export interface OpenOptions {
  /** "auto", "system" or a path. */
  readonly llvm: string;
  readonly overrides: Overrides;
  /** Where the engine writes the new key map; null: nowhere. */
  readonly keysFile: string | null;
  /** Gets what LLVM prints during the analysis if its arguments ask for output. */
  readonly printed?: (text: string) => void;
}

/** An analysed unit with everything that a run, a verification or a single stage needs. */
export interface OpenUnit {
  readonly inputs: LtoInputs;
  readonly llvm: UsedLlvm;
  readonly engine: EngineClient;
  readonly analyzed: AnalyzedUnit;
  readonly maker: StageMaker;
  readonly watch: InputWatch;
  readonly settingsDigest: string;
  /** Digest of inputs, settings and engine by content: a verification applies to this. */
  readonly identity: string;
  readonly profile: ToolchainProfile;
  /** An unchanged captured unit on its own LLVM. */
  readonly asCaptured: boolean;
  /** LLVM's arguments ask for output. */
  readonly prints: boolean;
  /** Warnings about the inputs, the analysis and libLLVM. */
  readonly warnings: readonly string[];
  close(): Promise<void>;
}

/**
 * Analyses a unit or plain files.
 *
 * @throws LtoError everything that src/protocol/errors.ts names for inputs and engine
 */
export async function openUnit(core: CoreContext, source: LtoSource, options: OpenOptions, signal?: AbortSignal): Promise<OpenUnit> {
  const held = await holdInUse(core.layout, source.kind === "unit" ? { captures: [summaryOf(source.unit).id] } : {});
  try {
    const damage = source.kind === "unit" ? await damagedInputs(core.layout, source.unit) : [];
    const open = await analyzedUnit(core, source, options, signal);
    const close = async (): Promise<void> => {
      await open.close();
      await held.end();
    };
    return { ...open, warnings: [...damage, ...open.warnings], close };
  } catch (error) {
    await held.end();
    throw error;
  }
}

/** A unit whose inputs may be opened. */
interface VouchedSource extends VouchedUnit {
  readonly producer: UnitProducer;
}

async function vouchedSource({ unit, producer }: UnitSource): Promise<VouchedSource> {
  producer.refuseIncomplete(unit);
  return { ...(await producer.vouchFor(unit)), producer };
}

async function analyzedUnit(core: CoreContext, source: LtoSource, options: OpenOptions, signal?: AbortSignal): Promise<OpenUnit> {
  const used = source.kind === "unit" ? await vouchedSource(source) : source;
  const chosen = await chooseEngine(core, used, options, signal);
  const { engine, profile } = chosen;
  await engine.followReplacement();
  const inputs =
    "unit" in used
      ? await used.producer.inputsOf(used.unit, options.overrides, engine, signal)
      : await inputsOfPaths(chosen.modules, used.mode ?? DEFAULT_COMMAND, options.overrides, signal);
  const help =
    source.kind === "unit"
      ? "Capture the unit again: `lto-inspector capture`."
      : "Check that the file exists and that you have permission to read it.";
  const watch = await InputWatch.take(
    [
      ...inputs.local.flatMap(({ file, useListsFile, namesFile }) => [file, useListsFile, namesFile]),
      ...inputs.upstream.map((archive) => archive.file),
      inputs.profileFile ?? undefined,
    ].filter((file) => file !== undefined),
    help,
  );
  const settings = engineSettings(inputs.settings, inputs.manifest !== null, options.overrides);
  const addLtoPostLink = await addsLtoPostLink(profile, inputs.manifest);
  const prints = makesLlvmPrint(inputs.settings.llvmArgs);
  const told = { keysFile: options.keysFile, printed: prints ? options.printed : undefined };
  const analyzed = await analyze(engine, profile, addLtoPostLink, { ...inputs, settings }, told, signal);
  await watch.check();
  const info = await engine.info();
  await refuseNewer(analyzed.result.modules, info);
  const match = matchProducers(
    analyzed.result.modules.map((module) => module.producer),
    info.version,
  );
  const digest = settingsDigest(inputs, settings, engine.spec.llvmArguments, addLtoPostLink);
  const build = await engineBuild(core, engine);
  const maker = new StageMaker({ store: core.store, unit: analyzed, watch, engine: build, settings: digest });
  const parts = { engine: build, settings: digest, thinPreLink: profile.thinPreLinkBeforeFat, inputs, result: analyzed.result };
  return {
    inputs,
    llvm: { path: engine.spec.library, version: info.version, revision: info.revision, matchesProducer: match.matches },
    engine,
    analyzed,
    maker,
    watch,
    settingsDigest: digest,
    identity: replayIdentity(parts),
    profile,
    prints,
    asCaptured: source.kind === "unit" && options.llvm === "auto" && Object.keys(options.overrides).length === 0,
    warnings: [
      ...inputs.warnings,
      ...analyzed.result.warnings,
      ...(match.matches ? [] : [otherLlvm(info, match.producers, inputs.linkersLto)]),
    ],
    close: () => analyzed.close(),
  };
}

function otherLlvm(info: EngineInfo, producers: readonly string[], linkersLto: boolean): string {
  if (linkersLto) {
    return `The bitcode was written by LLVM ${producers.join(" and ")}, and this is LLVM ${info.version}. In a linker's LTO neither of them matters: the linker uses its own LLVM.`;
  }
  return `OTHER LLVM: the bitcode was written by LLVM ${producers.join(" and ")}, and this is LLVM ${info.version}. Text may match, but bytes and keys do not.`;
}

/** Where the results of an analysis go: the file for the new key map, and the consumer of LLVM's output. */
interface Told {
  readonly keysFile: string | null;
  readonly printed: ((text: string) => void) | undefined;
}

async function analyze(
  engine: EngineClient,
  profile: ToolchainProfile,
  addLtoPostLink: boolean,
  inputs: LtoInputs,
  { keysFile, printed }: Told,
  signal?: AbortSignal,
): Promise<AnalyzedUnit> {
  const params = {
    unit: `${inputs.unit.id}#${randomBytes(4).toString("hex")}`,
    mode: inputs.mode,
    crateTypes: inputs.crateTypes,
    settings: inputs.settings,
    addLtoPostLink,
    thinPreLink: profile.thinPreLinkBeforeFat,
    local: inputs.local,
    upstream: inputs.upstream,
    preserve: inputs.preserve,
    crateSymbols: inputs.crateSymbols,
    preserveExternals: inputs.preserveExternals,
    incremental: inputs.incremental,
    profileFile: inputs.profileFile,
    previousKeysFile: inputs.previousKeysFile,
    keysFile: inputs.incremental ? keysFile : null,
    baseWhereTied: inputs.baseWhereTied,
  };
  const opening = (): Promise<AnalyzedUnit> => AnalyzedUnit.open(engine, params, signal);
  try {
    return await (printed === undefined ? opening() : engine.printing(printed, opening));
  } catch (error) {
    throw await nameCulprit(await explainUnreadable(error, engine), engine, params, signal);
  }
}

interface ChosenEngine {
  readonly engine: EngineClient;
  readonly profile: ToolchainProfile;
  /** Of plain files: what they hold. */
  readonly modules: readonly ModuleFile[];
}

async function chooseEngine(
  core: CoreContext,
  source: VouchedSource | PathsSource,
  options: OpenOptions,
  signal?: AbortSignal,
): Promise<ChosenEngine> {
  const added = options.overrides.llvmArgs ?? [];
  if ("unit" in source) {
    const engine = await vouchedEngine(core, source, options.llvm, options.overrides);
    return { engine, profile: toolchainProfile(source.unit.toolchain.release), modules: [] };
  }
  const profile = toolchainProfile(null);
  const args = llvmArguments(profile, added);
  const first = engineOn(core, await libraryToRead(options.llvm), args);
  const modules = await readPathModules(source.paths, first, signal).catch(async (error: unknown) => {
    throw await explainUnreadable(error, first);
  });
  await refuseNewer(modules, await first.info());
  const toolchain = options.llvm === "auto" ? await producingToolchain(modules) : null;
  if (toolchain === null) return { engine: first, profile, modules };
  const own = toolchainProfile(toolchain.release);
  return { engine: engineOn(core, await chooseLibrary("auto", toolchain), llvmArguments(own, added)), profile: own, modules };
}

/** The engine that a captured unit is replayed on. @throws LtoError NoLibLlvm, NoAddon, and what `vouchFor` throws */
export async function chooseUnitEngine(core: CoreContext, source: UnitSource, llvm: string, overrides: Overrides): Promise<EngineClient> {
  const { unit, producer } = source;
  return vouchedEngine(core, { ...(await producer.vouchFor(unit)), producer }, llvm, overrides);
}

async function vouchedEngine(core: CoreContext, vouched: VouchedSource, llvm: string, overrides: Overrides): Promise<EngineClient> {
  const { unit } = vouched;
  const profile = toolchainProfile(unit.toolchain.release);
  const library = await chooseLibrary(llvm, llvm === "auto" ? vouched.producer.requireToolchain(vouched) : null);
  return engineOn(core, library, llvmArguments(profile, [...unit.settings.llvmArgs, ...(overrides.llvmArgs ?? [])]));
}

/** Plain files have to be read to find the toolchain that made them; any library of the series can read them. */
export async function libraryToRead(choice: string): Promise<ChosenLibrary> {
  try {
    return await chooseLibrary(choice, null);
  } catch (error) {
    if (choice !== "auto") throw error;
    const usable = (await findToolchains()).find((found) => found.toolchain.llvmVersion.startsWith(`${LLVM_SERIES}.`));
    if (usable === undefined) throw error;
    return chooseLibrary("auto", usable.toolchain);
  }
}

/** The installed toolchain whose LLVM wrote all of the modules, or null. */
async function producingToolchain(modules: readonly ModuleFile[]): Promise<Toolchain | null> {
  const versions = [...new Set(modules.map((module) => module.producer.version))];
  const [version] = versions;
  if (version === undefined || versions.length > 1) return null;
  for (const { toolchain } of await findToolchains()) {
    if (producedBy(version, toolchain)) return toolchain;
  }
  return null;
}

/** "22.1.2-rust-1.95.0-stable" is rustup's 1.95.0 with LLVM 22.1.2; a plain "22.1.8" is a distribution's. */
export function producedBy(version: string, toolchain: Toolchain): boolean {
  const parts = /^(?<llvm>[\d.]+)(?:-rust-(?<release>.+?)(?:-stable)?)?$/.exec(version)?.groups;
  if (parts?.["llvm"] !== toolchain.llvmVersion) return false;
  return parts["release"] === undefined ? toolchain.sysroot === "/usr" : parts["release"] === toolchain.release;
}

function engineOn(core: CoreContext, library: ChosenLibrary, args: readonly string[]): EngineClient {
  return core.engines.engine({ library: library.path, expectedVersion: library.expectedVersion, llvmArguments: args });
}
