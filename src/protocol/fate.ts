/** The report of `fate` (`schema` 1): what became of every function and variable, in every module that has a copy. */
import type { CallsNotAvailable, Compared } from "./calls.js";
import type { UnitName } from "./ir.js";
import type { Count } from "./numbers.js";

export type FateKind =
  /** Defined after the passes, and visible outside of its module. */
  | "kept"
  | "kept-local"
  /** Still there as a copy that is not emitted. */
  | "kept-copy"
  /** A copy whose body was dropped after the passes: the module only declares it. */
  | "dropped"
  /** Defined under its name with other arguments or results. */
  | "new-signature"
  /** An equal definition stands for it. */
  | "merged"
  /** Gone, after it was inlined. */
  | "inlined"
  /** Gone: nothing in its module used it when the passes began. */
  | "unneeded"
  /** Gone: the passes removed its uses. */
  | "lost-uses";

/** A definition in a module before the passes, and what became of it. */
export interface FateRow {
  readonly name: string;
  readonly symbol: string;
  readonly module: string;
  readonly kind: "function" | "variable";
  /** "imported": from another module; "not-prevailing": the module's own copy, which is not emitted. */
  readonly copy: "own" | "imported" | "not-prevailing";
  /** The module that an imported copy is from. */
  readonly from: string | null;
  readonly fate: FateKind;
  /** A clause. */
  readonly cause: string;
  /** The cause names what happened, and not only that no use is left. */
  readonly specific: boolean;
  /** LLVM's name of the pass that ended it; null: it is kept, or LLVM dropped the body of a copy. */
  readonly pass: string | null;
  /** What it was merged into; null: not merged, or not known. */
  readonly into: string | null;
  /** How often it was inlined in this module. */
  readonly inlined: Count;
  /** Those that used it before the passes, at most eight. */
  readonly users: readonly string[];
}

/** A function that modules imported without inlining it anywhere. */
export interface ImportedInVain {
  readonly name: string;
  readonly symbol: string;
  readonly from: string;
  readonly importers: readonly string[];
}

export interface FateReport {
  readonly schema: 1;
  readonly command: "fate";
  readonly unit: UnitName;
  /** As requested; null: every function. */
  readonly function: string | null;
  /** null: every module. */
  readonly module: string | null;
  readonly functions: readonly FateRow[];
  readonly totals: Readonly<Record<FateKind, Count>>;
  readonly inVain: readonly ImportedInVain[];
  readonly checked: {
    /** Functions whose code after the replay that followed them is that of the stage. */
    readonly code: Compared;
    readonly specific: { readonly causes: Count; readonly of: Count };
  };
  readonly notAvailable: readonly CallsNotAvailable[];
  readonly warnings: readonly string[];
}
