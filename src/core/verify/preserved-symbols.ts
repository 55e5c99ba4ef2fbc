/** What `verify` says of the symbols that LTO preserves: their number, compared with that of rustc's log. */
import { pipelineOf } from "../../protocol/pipelines.js";
import type { VerifyReport } from "../../protocol/runs.js";
import type { UnitManifest } from "../../protocol/units.js";
import { isRustLibrary } from "../pipelines/crate-types.js";

/**
 * Compares the counts. In thin-local LTO rustc preserves what it exports at the Rust level. In an executable or a C-like library that includes hidden
 * functions which public ones refer to. Only rustc's metadata has these. Where a capture could not make rustc show them, the engine finds those that are dead, for
 * which alone it matters; the others are live, internal or inlined everywhere.
 *
 * @param ours the local crate's, as the engine counts them
 */
export function comparePreserved(unit: UnitManifest, ours: number): VerifyReport["preservedSymbols"] {
  const rustc = unit.decisions?.preservedSymbols ?? null;
  const byMetadata = !pipelineOf(unit.mode).upstream && !isRustLibrary(unit.crateTypes);
  return rustc !== null && byMetadata && rustc > ours ? { rustc, ours, withoutEffect: rustc - ours } : { rustc, ours };
}
