/** The report of `compare` (`schema` 1): two runs, or two captured builds, and the modules that differ in verdict, size or imports. */
import type { Count } from "./numbers.js";
import type { ReadableUnitName } from "./module-names.js";
import type { Reason, UnitSummary, Verdict } from "./runs.js";
import type { Stage } from "./stages.js";
import type { CratePlace } from "./units.js";

/** One of the two. */
export interface ComparedBuildSide {
  /** A run's id, a capture (`ID@N`) or a session directory. */
  readonly name: string;
  /** For people: "edit of textstats::bars::bar". */
  readonly title: string;
  readonly unit: UnitSummary;
  /** ISO 8601: when it was run, or built. */
  readonly at: string;
  /** The LLVM that made its stages; null: not known. */
  readonly llvm: string | null;
}

/** In what a module can differ; `presence`: only one side has it. */
export const BUILD_DIFFERENCES = ["presence", "verdict", "size", "imports"] as const;

export type BuildDifference = (typeof BUILD_DIFFERENCES)[number];

/** On both sides; null: not known, or the side does not have it. */
export interface OnBothSides<Value> {
  readonly from: Value | null;
  readonly to: Value | null;
}

/** A stage of a module (or of all modules) on both sides. */
export interface ComparedStageSizes {
  readonly stage: Stage;
  readonly bytes: OnBothSides<Count>;
  readonly instructions: OnBothSides<Count>;
}

export interface ImportedFunction {
  /** Demangled. */
  readonly name: string;
  readonly symbol: string;
  /** The module that it is imported from. */
  readonly source: string;
}

/** Functions that the module imports, by ThinLTO's import lists. */
export interface ComparedImports {
  readonly from: Count;
  readonly to: Count;
  readonly onlyFrom: readonly ImportedFunction[];
  readonly onlyTo: readonly ImportedFunction[];
}

export interface DifferingModule {
  /** rustc's name on the newer side (`to`), or on the other one if only that has it. */
  readonly name: string;
  /** rustc's name on the side `from`, if that is another. */
  readonly previousName?: string;
  readonly readable?: ReadableUnitName;
  readonly crate: string;
  readonly place: CratePlace;
  /** The only side that has it; null: both do. */
  readonly only: "from" | "to" | null;
  readonly differs: readonly BuildDifference[];
  readonly verdict: OnBothSides<Verdict>;
  readonly reason: OnBothSides<Reason>;
  /** Stages that either side has, in order. */
  readonly stages: readonly ComparedStageSizes[];
  /** null: not known, as in fat LTO or without the keys of a side. */
  readonly imports: ComparedImports | null;
}

export interface BuildCompareReport {
  readonly schema: 1;
  readonly command: "compare";
  readonly from: ComparedBuildSide;
  readonly to: ComparedBuildSide;
  readonly counts: {
    readonly modules: { readonly from: Count; readonly to: Count };
    readonly same: Count;
    readonly different: Count;
    /** Modules that differ, by what differs; a module can differ in several. */
    readonly differ: Readonly<Record<BuildDifference, Count>>;
  };
  /** The sums over the modules whose size both sides know. */
  readonly stages: readonly ComparedStageSizes[];
  /** Only those that differ: modules of the workspace first, then those that differ in more than the verdict, then the largest change of size. */
  readonly modules: readonly DifferingModule[];
  readonly warnings: readonly string[];
}

/** The parts of a comparison that are shown before its rows. */
export type BuildComparisonSummary = Pick<BuildCompareReport, "from" | "to" | "counts" | "stages" | "warnings">;
