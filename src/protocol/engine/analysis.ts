/** Engine requests: analyse a unit, which then stays in the process, and release it. */
import type { ReasonKind, Timing, Verdict } from "../runs.js";
import type { LtoMode } from "../stages.js";
import type { CrateType, LtoSettings, ModuleOrigin } from "../units.js";
import type { Producer } from "./modules.js";
import { stateless, ofUnit } from "./request.js";

export interface EngineLocalModule {
  readonly name: string;
  readonly origin: ModuleOrigin;
  readonly crate: string;
  readonly file: string;
  /** An archive member, where `file` is an archive. */
  readonly member?: string;
  readonly reserialize: boolean;
  /** Taken from the incremental cache: listed after upstream modules, as rustc does. */
  readonly green: boolean;
  /**
   * Of fat LTO: rustc had this codegen unit in memory and never wrote it; `file` is what it was before rustc's own passes (`no-opt.bc`), which the engine
   * runs first.
   */
  readonly inMemory?: boolean;
  /** Of a module in memory: the same with the order of use-lists. The engine uses it if it is equal apart from them. */
  readonly useListsFile?: string;
  /** Of a module in memory, if rustc names values: the same after passes that name values. */
  readonly namesFile?: string;
  /**
   * First 64 bits of the module hash as a decimal number: the promotion suffix (`.llvm.<n>`) that rustc used. Set only where re-serialising
   * changes the hash (non-incremental builds).
   */
  readonly promotionSuffix?: string;
  /** Of thin-local LTO: rustc's own module after internalising, which shows what is reachable; only rustc knows that. */
  readonly internalizedFile?: string;
}

export interface EngineUpstream {
  readonly crate: string;
  readonly file: string;
  /** Members to read, in order; null: all members that look like Rust objects. */
  readonly members: readonly string[] | null;
}

/** The crate that is compiled, by which the engine tells its functions apart from those of other crates that were instantiated in its modules. */
export interface EngineLocalCrate {
  readonly name: string;
  /** `StableCrateId` as a decimal number; null: not known. */
  readonly stableId: string | null;
  /** Whether it is `#![no_builtins]`; null: not known, its functions have to tell. */
  readonly noBuiltins: boolean | null;
}

/**
 * `analyze`: rustc's `prepare_lto` with `thin_lto`, or with the first half of `fat_lto` (up to the choice of the base module). The analysed unit stays in
 * the process under `unit` until `release`.
 */
export interface AnalyzeParams {
  readonly unit: string;
  readonly mode: LtoMode;
  readonly crateTypes: readonly CrateType[];
  /** Absent: plain files, whose functions can be of any crate. */
  readonly localCrate?: EngineLocalCrate;
  readonly settings: LtoSettings;
  /** From the toolchain profile: add the module flag LTOPostLink, as rustc up to 1.94 did. */
  readonly addLtoPostLink: boolean;
  /** From the toolchain profile: names that are exported at the Rust level though they are not mangled; a `*` at the end stands for any rest. */
  readonly rustLevelNames: readonly string[];
  /** From the toolchain profile: of an instrumented build, rustc counts the profiler's symbols among the local crate's symbols to preserve. */
  readonly countsProfilerSymbols: boolean;
  /** From the toolchain profile: what LLVM makes for the address sanitizer is preserved in thin LTO too. */
  readonly preservesAsanGlobals: boolean;
  /** From the toolchain profile, for fat LTO: codegen units are prepared with the passes that prepare for thin LTO, as newer rustc does. */
  readonly thinPreLink: boolean;
  /** From the toolchain profile, for fat LTO: the module after the passes is written with its ThinLTO summary. */
  readonly summaryAfterFatLto: boolean;
  /** Of fat LTO: the profile (`-C profile-use`) that passes over modules in memory follow; null: none. The settings name the build's own, which is not read. */
  readonly profileFile: string | null;
  readonly local: readonly EngineLocalModule[];
  readonly upstream: readonly EngineUpstream[];
  /** Symbols to preserve besides those that the rule finds; for plain files without a crate type, only these and symbols used outside of IR. */
  readonly preserve: readonly string[];
  /** The local crate's symbols to preserve, if rustc itself showed them; null: the rule finds them. */
  readonly crateSymbols: readonly string[] | null;
  /** Preserve external definitions: for plain files, none of which is a final crate. */
  readonly preserveExternals: boolean;
  /** The build had an incremental session: compare and store keys. */
  readonly incremental: boolean;
  /** `thin-lto-past-keys.bin` of the previous session (or a snapshot of it). */
  readonly previousKeysFile: string | null;
  /** Where the new map is written (never rustc's own session); null: nowhere. */
  readonly keysFile: string | null;
  /** Of fat LTO: the base module among several of equal cost in memory, if rustc's own choice is known (no file records it). */
  readonly baseWhereTied: string | null;
}

export interface AnalyzedModule {
  readonly name: string;
  readonly origin: ModuleOrigin;
  readonly crate: string;
  readonly file: string;
  readonly member: string | null;
  readonly bytes: number;
  readonly producer: Producer;
  /** rustc compares keys in incremental builds only; the engine computes them always. Upper-case hex, 40 digits; empty in fat LTO, which has none. */
  readonly key: string;
  readonly previousKey: string | null;
  readonly verdict: Verdict;
  readonly reason: ReasonKind;
  /** Functions and globals imported from other modules. */
  readonly imports: number;
  readonly exports: number;
  /** Instructions of its own functions that are not dead, before LTO; null: fat LTO, which has no summaries. */
  readonly instructions: number | null;
  /** Instructions of the functions that it imports; null: fat LTO, which imports nothing. */
  readonly importedInstructions: number | null;
  /**
   * BLAKE3 of the bitcode as read and of the bitcode of the modules it imports from; keys contain only what the files state about themselves. null
   * in fat LTO, where `fatDigest` covers the content of all modules.
   */
  readonly contentDigest: string | null;
}

export interface AnalyzeResult {
  /** In rustc's order; in fat LTO, the base module first, then the others in link order. */
  readonly modules: readonly AnalyzedModule[];
  /** Symbols below the threshold, upstream crates' included. */
  readonly preservedSymbols: number;
  /** Those of the local crate alone: what rustc prints as "symbols to preserve in this crate". */
  readonly localPreservedSymbols: number;
  /** Of fat LTO: changes with the modules, their order and the symbols to preserve; null in thin LTO. */
  readonly fatDigest: string | null;
  /** `#![no_builtins]` in the local crate: it affects the modules of all crates, and is in none of their keys. */
  readonly noBuiltins: boolean;
  readonly timings: readonly Timing[];
  readonly warnings: readonly string[];
}

export interface ReleaseParams {
  readonly unit: string;
}

export const analysisRequests = {
  analyze: stateless<AnalyzeParams, AnalyzeResult>({ loads: true }),
  release: ofUnit<ReleaseParams, Record<string, never>>(),
};
