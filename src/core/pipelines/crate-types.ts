/** Crate types, as rustc distinguishes them. */
import type { CrateType } from "../../protocol/units.js";

const RUST_LIBRARIES: ReadonlySet<CrateType> = new Set<CrateType>(["rlib", "lib", "dylib", "proc-macro", "sdylib"]);

/**
 * Whether other Rust crates can use it.
 *
 * Source: `any_library` of `reachable_set` (rustc_passes/src/reachable.rs, 1.9x).
 */
export function isRustLibrary(types: readonly CrateType[]): boolean {
  return types.some((type) => RUST_LIBRARIES.has(type));
}
