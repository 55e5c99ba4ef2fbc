/**
 * What a replay needs from a producer: a compiler or linker whose LTO is replayed, with what it leaves on disk. A producer turns its units
 * into inputs that the replay knows. The replay names no producer.
 */
import type { Toolchain, UnitManifest } from "../../protocol/units.js";
import type { EngineClient } from "../engine/client.js";
import type { LtoInputs, Overrides } from "./inputs.js";

export interface VouchedUnit {
  /** As the manifest, with upstream files of the vouched toolchain's. */
  readonly unit: UnitManifest;
  /** null: nobody vouches for the toolchain that it needs, so the user has to name a libLLVM. */
  readonly toolchain: Toolchain | null;
}

export interface UnitProducer {
  /** @throws LtoError IncompleteUnit: inputs are missing, or LTO of this kind cannot be replayed */
  refuseIncomplete(unit: UnitManifest): void;
  /** Finds the toolchain that a unit needs among those that somebody vouches for. @throws LtoError UnreadableFile, IncompleteUnit */
  vouchFor(unit: UnitManifest): Promise<VouchedUnit>;
  /** @throws LtoError NoLibLlvm, which names the toolchain that the unit needs */
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
