/** The report of `compare-llvm` (`schema` 1): one unit, replayed with its own LLVM and with a newer one. */
import type { LtoErrorReport } from "./errors.js";
import type { Count } from "./numbers.js";
import type { UnitSummary, UsedLlvm } from "./runs.js";
import type { Stage } from "./stages.js";

/** One of the two replays. */
export interface LlvmReplay {
  /** The id of the run in the store. */
  readonly run: string;
  readonly llvm: UsedLlvm;
}

/** A number on both sides. */
export interface FromTo {
  readonly from: Count;
  readonly to: Count;
}

/**
 * What differs in a function that both sides define, once the newer LLVM has read both texts: its instructions; only flags of instructions (`nuw`,
 * `inbounds`, `fast`, …); only attributes; only what precedes the body (linkage, type, section, …); or only metadata and the names of locals. Each
 * kind includes the ones after it.
 */
export type DifferenceKind = "instructions" | "flags" | "header" | "attributes" | "metadata";

/** A function that differs at a stage. */
export interface LlvmFunctionDifference {
  readonly name: string;
  readonly demangled: string;
  /** The first stage at which it differs. */
  readonly stage: Stage;
  /** `added`: only the newer LLVM's module defines it. */
  readonly change: "added" | "removed" | "changed";
  /** At that stage; null: one side does not define it. */
  readonly kind: DifferenceKind | null;
  /** Instructions before LLVM's optimisation passes and after them; null: not defined there. */
  readonly before: FunctionFromTo;
  readonly after: FunctionFromTo;
}

export interface FunctionFromTo {
  readonly from: Count | null;
  readonly to: Count | null;
}

/** A stage of one module, on both sides. */
export interface LlvmModuleStage {
  readonly stage: Stage;
  /** Functions that differ. */
  readonly different: Count;
  readonly instructions: FromTo;
  readonly bytes: FromTo;
}

/** What the two LLVMs import into a module; names of functions and globals. */
export interface ImportDifference {
  readonly imported: FromTo;
  readonly onlyFrom: readonly string[];
  readonly onlyTo: readonly string[];
}

export interface LlvmModuleDifference {
  readonly name: string;
  readonly crate: string;
  /** The first stage at which a function differs; null: none does. */
  readonly first: Stage | null;
  /** The stages that both sides have. */
  readonly stages: readonly LlvmModuleStage[];
  /** Every function that differs at a stage, largest difference in instructions first. */
  readonly functions: readonly LlvmFunctionDifference[];
  /** null: not a kind of LTO that imports, or the stages for it are missing. */
  readonly imports: ImportDifference | null;
  /** The engine failed on this module. */
  readonly failed: readonly { readonly side: "from" | "to"; readonly error: LtoErrorReport }[];
}

/** The totals of a stage over all modules that were compared. */
export interface LlvmStageTotal {
  readonly stage: Stage;
  readonly modules: Count;
  /** Modules in which a function differs. */
  readonly differentModules: Count;
  /** Functions that both sides define and that do not differ. */
  readonly same: Count;
  readonly changed: Readonly<Record<DifferenceKind, Count>>;
  /** Only one side defines them. */
  readonly onlyFrom: Count;
  readonly onlyTo: Count;
  readonly instructions: FromTo;
  readonly bytes: FromTo;
}

/** A rewriting that the newer LLVM does when it reads older bitcode: `nocapture` becomes `captures(none)`. */
export interface Rewriting {
  /** The intrinsic whose call or declaration is rewritten; null: anything else. */
  readonly intrinsic: string | null;
  /** Words of the text, with numbers and names of values left out; empty: nothing. */
  readonly before: string;
  readonly after: string;
  readonly count: Count;
}

/** What reading alone changes in the functions of the first stage: the older LLVM's text against that of the newer one, of the same file. */
export interface ReadingChanges {
  /** Functions that were compared. */
  readonly functions: Count;
  readonly changed: Count;
  /** The most frequent first. */
  readonly rewritings: readonly Rewriting[];
}

/** The text of one function on both sides, as the newer LLVM prints it. */
export interface LlvmFunctionDiff {
  readonly name: string;
  readonly module: string;
  readonly stage: Stage;
  /** Unified diff; empty if nothing differs. */
  readonly patch: string;
}

export interface CompareLlvmReport {
  readonly schema: 1;
  readonly command: "compare-llvm";
  readonly unit: UnitSummary;
  readonly from: LlvmReplay;
  readonly to: LlvmReplay;
  /** null: both libraries are of one LLVM series, between which reading changes nothing. */
  readonly reading: ReadingChanges | null;
  readonly stages: readonly LlvmStageTotal[];
  /** Modules in rustc's order. */
  readonly modules: readonly LlvmModuleDifference[];
  /** null: not requested. */
  readonly function: LlvmFunctionDiff | null;
  /** A function differs at some stage, or what is imported does. */
  readonly different: boolean;
  readonly warnings: readonly string[];
}
