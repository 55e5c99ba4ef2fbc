/**
 * What a replay needs from a producer: a compiler or linker whose LTO is replayed, or the code that makes inputs from files that a user names. A
 * producer chooses the engine and prepares the inputs. The replay does not name any producer.
 */
import type { LtoErrorReport } from "../../protocol/errors.js";
import { learnReadableNames, type ReadableUnitName } from "../../protocol/module-names.js";
import type { LtoCommand } from "../../protocol/pipelines.js";
import type { OutsideCrate, UnitManifest } from "../../protocol/units.js";
import { isLtoError } from "../base/errors.js";
import type { EngineClient } from "../engine/client.js";
import type { CoreContext } from "../engine/core-context.js";
import type { ToolchainProfile } from "../pipelines/toolchain-profile.js";
import type { LtoInputs, Overrides } from "./inputs.js";

export interface ReplayChoice {
  /** "auto", "system" or a path. */
  readonly llvm: string;
  readonly overrides: Overrides;
}

/** The engine that reads and replays a source. */
export interface ChosenEngine {
  readonly engine: EngineClient;
  readonly profile: ToolchainProfile;
  /** Prepares the source for `analyze`. @throws LtoError UnreadableFile */
  readonly inputs: (signal?: AbortSignal) => Promise<LtoInputs>;
  /** Readable names of modules that the compiler named by hashes: module → name, for those that are certain. Absent: it does not do that. */
  readonly readableNames?: (signal?: AbortSignal) => Promise<ReadonlyMap<string, ReadableUnitName>>;
}

/** @template Subject what the producer makes inputs from */
export interface ReplayPort<Subject> {
  /** @throws LtoError IncompleteUnit: inputs are missing, or LTO of this kind cannot be replayed */
  refuseIncomplete(subject: Subject): void;
  /**
   * The engine that reads the subject's bitcode; the subject may be incomplete. Opens no libLLVM that is not trusted.
   *
   * @throws LtoError NoLibLlvm, NoAddon, UnreadableFile, IncompleteUnit
   */
  chooseEngine(core: CoreContext, subject: Subject, choice: ReplayChoice, signal?: AbortSignal): Promise<ChosenEngine>;
  /** The help for an input that cannot be read. */
  readonly helpIfUnreadable: string;
}

/** Crates that are linked as they are and whose files may be opened, and why others may not be. */
export interface VouchedOutside {
  readonly crates: readonly OutsideCrate[];
  readonly errors: readonly LtoErrorReport[];
}

export interface UnitPort extends ReplayPort<UnitManifest> {
  /** The crates of a unit that take no part in LTO. */
  outside(unit: UnitManifest): Promise<VouchedOutside>;
}

/** A unit and its producer. */
export interface UnitSource {
  readonly kind: "unit";
  readonly unit: UnitManifest;
  readonly producer: UnitPort;
}

/** Files that were named individually. Without a mode: thin LTO. */
export interface PlainFiles {
  readonly paths: readonly string[];
  readonly mode?: LtoCommand;
}

export interface FilesSource extends PlainFiles {
  readonly kind: "paths";
  readonly producer: ReplayPort<PlainFiles>;
}

/** What the user named: a unit, or plain files. */
export type LtoSource = UnitSource | FilesSource;

/** The engine that reads and replays a source. @throws as {@link ReplayPort.chooseEngine} */
export function chooseEngine(core: CoreContext, source: LtoSource, choice: ReplayChoice, signal?: AbortSignal): Promise<ChosenEngine> {
  return source.kind === "unit"
    ? source.producer.chooseEngine(core, source.unit, choice, signal)
    : source.producer.chooseEngine(core, source, choice, signal);
}

/** As {@link chooseEngine}; from then on, this process shows readable names of the source's modules. */
export async function chooseEngineAndNames(
  core: CoreContext,
  source: LtoSource,
  choice: ReplayChoice,
  signal?: AbortSignal,
): Promise<ChosenEngine> {
  const chosen = await chooseEngine(core, source, choice, signal);
  if (chosen.readableNames !== undefined) learnReadableNames(await chosen.readableNames(signal));
  return chosen;
}

/**
 * Readable names of a source's modules; from then on, this process shows them.
 *
 * @returns module → name; empty if there are none, or nothing here can read the modules
 * @throws LtoError Cancelled
 */
export async function readableNamesIn(
  core: CoreContext,
  source: LtoSource,
  choice: ReplayChoice,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, ReadableUnitName>> {
  try {
    const { readableNames } = await chooseEngine(core, source, choice, signal);
    const names = (await readableNames?.(signal)) ?? new Map<string, ReadableUnitName>();
    learnReadableNames(names);
    return names;
  } catch (error) {
    if (isLtoError(error, "Cancelled")) throw error;
    // Rows are shown without; what needs the engine reports why there is none.
    return new Map();
  }
}

/** @throws LtoError IncompleteUnit */
export function refuseIncomplete(source: LtoSource): void {
  if (source.kind === "unit") source.producer.refuseIncomplete(source.unit);
  else source.producer.refuseIncomplete(source);
}
