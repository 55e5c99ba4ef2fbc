/**
 * What a replay asks of whoever made a unit. A producer is a compiler or linker whose LTO is replayed, with what it leaves on disk; it lowers its units
 * to inputs that the replay knows. The replay names none of them.
 */
import type { Toolchain, UnitManifest } from "../../protocol/units.js";
import type { EngineClient } from "../engine/client.js";
import type { LtoInputs, Overrides } from "./inputs.js";

export interface VouchedUnit {
  /** As the manifest, with upstream files of the vouched toolchain's. */
  readonly unit: UnitManifest;
  /** null: nobody vouches for the toolchain that it asks for; a libLLVM has to be named. */
  readonly toolchain: Toolchain | null;
}

export interface UnitProducer {
  /** @throws LtoError IncompleteUnit: inputs are missing, or LTO of this kind cannot be replayed */
  refuseIncomplete(unit: UnitManifest): void;
  /** Finds what a unit asks for among what is vouched for. @throws LtoError UnreadableFile, IncompleteUnit */
  vouchFor(unit: UnitManifest): Promise<VouchedUnit>;
  /** @throws LtoError NoLibLlvm that says which toolchain is asked for */
  requireToolchain(vouched: VouchedUnit): Toolchain;
  /** Prepares a unit for `analyze`. @throws LtoError UnreadableFile */
  inputsOf(unit: UnitManifest, overrides: Overrides, engine: EngineClient, signal?: AbortSignal): Promise<LtoInputs>;
}

/** A unit, and who made it. */
export interface UnitSource {
  readonly kind: "unit";
  readonly unit: UnitManifest;
  readonly producer: UnitProducer;
}
