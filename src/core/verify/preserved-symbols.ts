/** Compares the number of symbols that LTO preserves with that in rustc's log. */
import { pipelineOf } from "../../protocol/pipelines.js";
import type { VerifyReport } from "../../protocol/runs.js";
import type { UnitManifest } from "../../protocol/units.js";
import { isRustLibrary } from "../pipelines/crate-types.js";

/**
 * Compares the counts. In thin-local LTO, rustc preserves what it exports at the Rust level. For an executable or a C-like library, that includes
 * hidden functions that public ones refer to, which only rustc's metadata lists. If a capture could not make rustc print them, the engine finds the
 * dead ones, for which alone it matters; the others are live, internal or inlined everywhere.
 *
 * @param ours the local crate's number, as counted by the engine
 */
export function comparePreserved(unit: UnitManifest, ours: number): VerifyReport["preservedSymbols"] {
  const rustc = unit.decisions?.preservedSymbols ?? null;
  const byMetadata = !pipelineOf(unit.mode).upstream && !isRustLibrary(unit.crateTypes);
  return rustc !== null && byMetadata && rustc > ours ? { rustc, ours, withoutEffect: rustc - ours } : { rustc, ours };
}
