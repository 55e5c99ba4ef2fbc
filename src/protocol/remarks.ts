/** The report of `remarks` (`schema` 1): what LLVM's passes say about the functions that they optimise. */
import type { CallPlace, CallsNotAvailable, SourcePlace } from "./calls.js";
import type { UnitName } from "./ir.js";
import type { Count } from "./numbers.js";

/** "passed": the pass did something; "missed": it could not; "analysis": why, or a figure. */
export type RemarkKind = "passed" | "missed" | "analysis";

export interface RemarkRow {
  /** LLVM's names, such as "loop-vectorize" and "Vectorized". */
  readonly pass: string;
  readonly name: string;
  readonly kind: RemarkKind;
  /** The function in which the pass ran. */
  readonly function: string;
  readonly symbol: string;
  readonly module: string;
  /** Where the code is written. null: it has no line table. */
  readonly at: SourcePlace | null;
  /** The calls over which the code was inlined into the function, innermost first; empty: none, or several copies cannot be distinguished. */
  readonly inlinedAt: readonly CallPlace[];
  /** LLVM's words, with readable names. */
  readonly text: string;
  /** Equal remarks about copies of one piece of code. */
  readonly times: Count;
}

export interface RemarkTotal {
  readonly pass: string;
  readonly name: string;
  readonly kind: RemarkKind;
  readonly remarks: Count;
}

export interface RemarksReport {
  readonly schema: 1;
  readonly command: "remarks";
  readonly unit: UnitName;
  /** As requested; null: every function. */
  readonly function: string | null;
  /** null: every module. */
  readonly module: string | null;
  /** Only of these passes; empty: of all but the inliner, whose decisions `calls` has. */
  readonly passes: readonly string[];
  readonly kinds: readonly RemarkKind[];
  readonly remarks: readonly RemarkRow[];
  /** Most frequent first. */
  readonly totals: readonly RemarkTotal[];
  /** Modules without remarks, and why. */
  readonly notAvailable: readonly CallsNotAvailable[];
  readonly warnings: readonly string[];
}
