/**
 * What a replay needs of a producer: a compiler or linker whose LTO is replayed, or whoever makes inputs of the files that a user names. A producer chooses
 * the engine and prepares the inputs. The replay names no producer.
 */
import type { LtoErrorReport } from "../../protocol/errors.js";
import type { LtoCommand } from "../../protocol/pipelines.js";
import type { OutsideCrate, UnitManifest } from "../../protocol/units.js";
import type { EngineClient } from "../engine/client.js";
import type { CoreContext } from "../engine/core-context.js";
import type { ToolchainProfile } from "../pipelines/toolchain-profile.js";
import type { LtoInputs, Overrides } from "./inputs.js";

export interface ReplayChoice {
  /** "auto", "system" or a path. */
  readonly llvm: string;
  readonly overrides: Overrides;
}

/** The engine that a source is read and replayed on. */
export interface ChosenEngine {
  readonly engine: EngineClient;
  readonly profile: ToolchainProfile;
  /** Prepares the source for `analyze`. @throws LtoError UnreadableFile */
  readonly inputs: (signal?: AbortSignal) => Promise<LtoInputs>;
}

/** @template Subject what the producer makes inputs of */
export interface ReplayPort<Subject> {
  /** @throws LtoError IncompleteUnit: inputs are missing, or LTO of this kind cannot be replayed */
  refuseIncomplete(subject: Subject): void;
  /**
   * The engine that reads the subject's bitcode, whether the subject is complete or not. Nothing is opened that nobody vouches for.
   *
   * @throws LtoError NoLibLlvm, NoAddon, UnreadableFile, IncompleteUnit
   */
  chooseEngine(core: CoreContext, subject: Subject, choice: ReplayChoice, signal?: AbortSignal): Promise<ChosenEngine>;
  /** What to do about an input that cannot be read. */
  readonly helpIfUnreadable: string;
}

/** Crates that are linked as they are, whose files may be opened, and what keeps others from it. */
export interface VouchedOutside {
  readonly crates: readonly OutsideCrate[];
  readonly errors: readonly LtoErrorReport[];
}

export interface UnitPort extends ReplayPort<UnitManifest> {
  /** What of a unit takes no part in LTO. */
  outside(unit: UnitManifest): Promise<VouchedOutside>;
}

/** A unit, and who made it. */
export interface UnitSource {
  readonly kind: "unit";
  readonly unit: UnitManifest;
  readonly producer: UnitPort;
}

/** Files of equal rank; without a mode for thin LTO. */
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

/** The engine that a source is read and replayed on. @throws as {@link ReplayPort.chooseEngine} */
export function chooseEngine(core: CoreContext, source: LtoSource, choice: ReplayChoice, signal?: AbortSignal): Promise<ChosenEngine> {
  return source.kind === "unit"
    ? source.producer.chooseEngine(core, source.unit, choice, signal)
    : source.producer.chooseEngine(core, source, choice, signal);
}

/** @throws LtoError IncompleteUnit */
export function refuseIncomplete(source: LtoSource): void {
  if (source.kind === "unit") source.producer.refuseIncomplete(source.unit);
  else source.producer.refuseIncomplete(source);
}
