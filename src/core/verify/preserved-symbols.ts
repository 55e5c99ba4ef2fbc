/** What `verify` holds of the symbols that LTO preserves: their number against that of rustc's log. */
import type { VerifyReport } from "../../protocol/runs.js";
import type { CrateType, UnitManifest } from "../../protocol/units.js";

/** Source: `any_library` of `reachable_set` (rustc_passes/src/reachable.rs, 1.9x). */
const RUST_LIBRARIES: ReadonlySet<CrateType> = new Set<CrateType>(["rlib", "lib", "dylib", "proc-macro", "sdylib"]);

/**
 * Compares the counts. In thin-local LTO rustc preserves what it exports at the Rust level. In an executable or a C-like library that includes functions which
 * closures and async bodies reach. Only rustc's metadata has these. The engine finds those that are dead, for which alone it matters; the others are live,
 * internal or inlined everywhere.
 *
 * @param ours the local crate's, as the engine counts them
 */
export function comparePreserved(unit: UnitManifest, ours: number): VerifyReport["preservedSymbols"] {
  const rustc = unit.decisions?.preservedSymbols ?? null;
  const byMetadata = unit.mode === "thin-local" && !unit.crateTypes.some((type) => RUST_LIBRARIES.has(type));
  return rustc !== null && byMetadata && rustc > ours ? { rustc, ours, withoutEffect: rustc - ours } : { rustc, ours };
}
