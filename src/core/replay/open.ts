/** Opens a unit (or plain files) for LTO: its producer chooses the libLLVM and prepares the inputs, which the engine then analyses. */
import { randomBytes } from "node:crypto";
import type { EngineInfo } from "../../protocol/engine/library.js";
import { learnReadableNames, type ReadableUnitName } from "../../protocol/module-names.js";
import type { UsedLlvm } from "../../protocol/runs.js";
import type { CoreContext } from "../engine/core-context.js";
import type { EngineClient } from "../engine/client.js";
import { matchProducers } from "../engine/libllvm.js";
import { makesLlvmPrint } from "../engine/llvm-words.js";
import type { ToolchainProfile } from "../pipelines/toolchain-profile.js";
import { AnalyzedUnit } from "./analyzed-unit.js";
import { damagedInputs } from "../store/capture-damage.js";
import { nameCulprit } from "./analysis-crash.js";
import { engineBuild } from "../engine/engine-build.js";
import { explainUnreadable, refuseNewer } from "../engine/foreign-llvm.js";
import { InputWatch } from "./input-files.js";
import { engineSettings, type LtoInputs } from "./inputs.js";
import { addsLtoPostLink } from "../pipelines/lto-post-link.js";
import { MeasuredTimes } from "./measured-times.js";
import { replayIdentity } from "./replay-identity.js";
import { settingsDigest, StageMaker } from "./stage-maker.js";
import { holdInUse } from "../store/in-use.js";
import { summaryOf } from "./unit-summary.js";
import { chooseEngine, refuseIncomplete, type LtoSource, type ReplayChoice } from "./producer.js";

export interface OpenOptions extends ReplayChoice {
  /** Where the engine writes the new key map; null: nowhere. */
  readonly keysFile: string | null;
  /** Called with LLVM's output during the analysis, if its arguments ask for any. */
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
  readonly times: MeasuredTimes;
  readonly settingsDigest: string;
  /** A digest of the content of inputs, settings and engine; a verification applies to it. */
  readonly identity: string;
  readonly profile: ToolchainProfile;
  /** An unchanged captured unit on its own LLVM. */
  readonly asCaptured: boolean;
  /** LLVM's arguments ask for output. */
  readonly prints: boolean;
  /** Readable names of modules that the compiler named by hashes, where they are certain. */
  readonly readable: ReadonlyMap<string, ReadableUnitName>;
  /** Warnings about the inputs, the analysis and libLLVM. */
  readonly warnings: readonly string[];
  close(): Promise<void>;
}

/**
 * Analyses a unit or plain files.
 *
 * @throws LtoError any error that src/protocol/errors.ts lists for inputs and the engine
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

async function analyzedUnit(core: CoreContext, source: LtoSource, options: OpenOptions, signal?: AbortSignal): Promise<OpenUnit> {
  refuseIncomplete(source);
  const { engine, profile, inputs: prepare, readableNames } = await chooseEngine(core, source, options, signal);
  await engine.followReplacement();
  const inputs = await prepare(signal);
  const watch = await InputWatch.take(
    [
      ...inputs.local.flatMap(({ file, useListsFile, namesFile }) => [file, useListsFile, namesFile]),
      ...inputs.upstream.map((archive) => archive.file),
      inputs.profileFile ?? undefined,
    ].filter((file) => file !== undefined),
    source.producer.helpIfUnreadable,
  );
  const settings = engineSettings(inputs.settings, inputs.manifest !== null, options.overrides);
  const addLtoPostLink = await addsLtoPostLink(profile, inputs.manifest);
  const prints = makesLlvmPrint(inputs.settings.llvmArgs);
  const told = { keysFile: options.keysFile, printed: prints ? options.printed : undefined };
  // The engine analyses meanwhile.
  const names = (readableNames?.(signal) ?? Promise.resolve(NO_NAMES)).catch(() => NO_NAMES);
  const analyzed = await analyze(engine, profile, addLtoPostLink, { ...inputs, settings }, told, signal);
  await watch.check();
  const info = await engine.info();
  await refuseNewer(analyzed.result.modules, info);
  const match = matchProducers(
    analyzed.result.modules.map((module) => module.producer),
    info.version,
  );
  const digest = settingsDigest(inputs, settings, engine.spec.llvmArguments, addLtoPostLink, profile.summaryAfterFatLto);
  const build = await engineBuild(core, engine);
  const times = new MeasuredTimes({ layout: core.layout, work: core.work, unit: inputs.unit.id, mode: inputs.mode });
  const maker = new StageMaker({ store: core.store, unit: analyzed, watch, times, engine: build, settings: digest });
  const parts = { engine: build, settings: digest, thinPreLink: profile.thinPreLinkBeforeFat, inputs, result: analyzed.result };
  return {
    inputs,
    llvm: { path: engine.spec.library, version: info.version, revision: info.revision, matchesProducer: match.matches },
    engine,
    analyzed,
    maker,
    watch,
    times,
    settingsDigest: digest,
    identity: replayIdentity(parts),
    profile,
    prints,
    readable: await learnt(names),
    asCaptured: source.kind === "unit" && options.llvm === "auto" && Object.keys(options.overrides).length === 0,
    warnings: [
      ...inputs.warnings,
      ...analyzed.result.warnings,
      ...(match.matches ? [] : [otherLlvm(info, match.producers, inputs.linkersLto)]),
    ],
    close: () => analyzed.close(),
  };
}

const NO_NAMES: ReadonlyMap<string, ReadableUnitName> = new Map();

/** From here on, this process shows these names. */
async function learnt(finding: Promise<ReadonlyMap<string, ReadableUnitName>>): Promise<ReadonlyMap<string, ReadableUnitName>> {
  const names = await finding;
  learnReadableNames(names);
  return names;
}

function otherLlvm(info: EngineInfo, producers: readonly string[], linkersLto: boolean): string {
  if (linkersLto) {
    return `The bitcode was written by LLVM ${producers.join(" and ")}, and this is LLVM ${info.version}. In a linker's LTO neither of them matters: the linker uses its own LLVM.`;
  }
  return `OTHER LLVM: the bitcode was written by LLVM ${producers.join(" and ")}, and this is LLVM ${info.version}. Text may match, but bytes and keys do not.`;
}

/** Where an analysis writes: the file for the new key map, and the consumer of LLVM's output. */
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
    ...(inputs.localCrate === undefined ? {} : { localCrate: inputs.localCrate }),
    settings: inputs.settings,
    addLtoPostLink,
    rustLevelNames: profile.rustLevelNames,
    countsProfilerSymbols: profile.countsProfilerSymbols,
    preservesAsanGlobals: profile.preservesAsanGlobals,
    thinPreLink: profile.thinPreLinkBeforeFat,
    summaryAfterFatLto: profile.summaryAfterFatLto,
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
