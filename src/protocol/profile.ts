/** The report of `profile` (`schema` 1): where the time and the memory of LTO go. */
import type { UnitName } from "./ir.js";
import type { Count } from "./numbers.js";
import type { PassRow } from "./passes.js";
import type { Stage } from "./pipelines.js";

/** The time of a module. `passes`, `passManagers` and `rest` add up to that of the stage after the passes. */
export interface ModuleTime {
  readonly module: string;
  /** Readable. */
  readonly name: string;
  readonly crate: string;
  readonly millis: number;
  readonly stages: readonly { readonly stage: Stage; readonly millis: number }[];
  /** Time on the processor of all pass runs. */
  readonly passes: number;
  /** Setting them up, what runs them, and what computes what they need to know. */
  readonly passManagers: number;
  /** What else the stage took: waiting for a processor. */
  readonly rest: number;
  readonly runs: Count;
  /** The most memory that one run had allocated at once; null: this system does not tell. */
  readonly peakBytes: Count | null;
}

/** What one pass spent on one function of one module. */
export interface CostlyRuns {
  readonly pass: string;
  /** Readable. */
  readonly function: string;
  /** null: the pass ran on the whole module. */
  readonly symbol: string | null;
  readonly module: string;
  /** Readable. */
  readonly moduleName: string;
  readonly runs: Count;
  readonly millis: number;
  /** The most memory that one run had allocated at once; null: this system does not tell. */
  readonly peakBytes: Count | null;
  /** Instructions of the function at its largest; null: the whole module. */
  readonly instructions: Count | null;
  /** Its time per instruction and run as a multiple of the pass's median in the module; null: too few functions to tell. */
  readonly timesMedian: number | null;
}

export interface ProfileReport {
  readonly schema: 1;
  readonly command: "profile";
  readonly unit: UnitName;
  /** As requested; null: all. */
  readonly module: string | null;
  /** The analysis of the unit: symbols, index, keys, decisions. It is not part of `millis`. */
  readonly analysisMillis: number;
  /** The stages of all modules, as measured by the run that made them, which may have been several at once. */
  readonly millis: number;
  /** The same by the parts below: it differs where the passes took less time in that run than on the processor in the traced one. */
  readonly attributedMillis: number;
  readonly crates: readonly { readonly crate: string; readonly modules: Count; readonly millis: number }[];
  /** Most time first. */
  readonly modules: readonly ModuleTime[];
  /** Of all modules, most time first. */
  readonly passes: readonly PassRow[];
  /** Most time first. */
  readonly costliest: readonly CostlyRuns[];
  /** Most memory first; empty: this system does not tell. */
  readonly largest: readonly CostlyRuns[];
  /** Modules without a trace, and why. Their time is in `stages` only. */
  readonly notAvailable: readonly { readonly module: string; readonly why: string }[];
  readonly warnings: readonly string[];
}
