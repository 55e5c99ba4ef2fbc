/** Requests of the client: a captured build under other settings, and the comparisons that were saved. */
import type { AdviseReport } from "../advise.js";
import { request, type NoParams, type WithProgress } from "./declare.js";

export const adviceRequests = {
  /**
   * What a captured unit can be compared under; with `settings`, these alone. Runs nothing. Fails with Usage for a setting that is not understood, and with
   * IncompleteUnit if the unit's output cannot be made again.
   */
  adviceChoices: request<{ readonly unit: string; readonly settings?: readonly string[] }, AdviceChoices>("lto/adviceChoices"),
  /** What a comparison would run, and for how long. Builds nothing. Fails as `adviceChoices`. */
  planAdvice: request<AdviceChoice & WithProgress, AdvicePlan>("lto/planAdvice"),
  /** Measures a unit under settings, and saves the report. What was measured before, or until it was cancelled, is not measured again. */
  advise: request<AdviceChoice & WithProgress, SavedAdvice>("lto/advise"),
  /** Saved comparisons, the latest first. */
  savedAdvice: request<NoParams, { readonly saved: readonly SavedAdvice[] }>("lto/savedAdvice"),
  /** A saved comparison. Fails with NothingToInspect if it was removed. */
  adviceView: request<{ readonly id: string }, AdviceView>("lto/adviceView"),
  /** Removes a saved comparison; what was measured is kept. */
  removeAdvice: request<{ readonly id: string }, NoParams>("lto/removeAdvice"),
  /** Writes a saved comparison to a file: a page, or the report that `advise --json` writes. */
  exportAdvice: request<{ readonly id: string; readonly uri: string; readonly as: AdviceFormat }, NoParams>("lto/exportAdvice"),
} as const;

/** What a saved comparison can be written as. */
export const ADVICE_FORMATS = ["html", "json"] as const;

export type AdviceFormat = (typeof ADVICE_FORMATS)[number];

/** What to compare. */
export interface AdviceChoice {
  /** The capture. */
  readonly unit: string;
  /** As `--set` takes them. */
  readonly settings: readonly string[];
  /** A command of the shell, in which `{}` stands for the program; null: nothing is run. */
  readonly bench: string | null;
  /** Also which calls are inlined in one setting and not in the other: another replay of the passes for each. */
  readonly inlined: boolean;
}

export interface OfferedSetting {
  readonly name: string;
  /** Only another build has it. */
  readonly build: boolean;
  /** `advise` compares it if nothing is named. */
  readonly usual: boolean;
}

export interface AdviceChoices {
  /** Without those that the build has anyway. */
  readonly settings: readonly OfferedSetting[];
  /** Why the unit cannot be built with other settings; null: it can. */
  readonly noBuild: string | null;
}

/** What an estimate is from. */
export type EstimateSource =
  /** Earlier comparisons of this unit. */
  | "comparisons"
  /** The number of crates that Cargo builds. */
  | "crates"
  /** The latest run. */
  | "run";

export interface AdvicePlan {
  /** Settings with a build of their own. */
  readonly builds: readonly string[];
  /** Settings that are replayed, the build's own first. */
  readonly replays: readonly string[];
  /** Those of both that an earlier comparison of this capture measured: they take little time. */
  readonly measured: readonly string[];
  /** Without the benchmark. */
  readonly seconds: { readonly low: number; readonly high: number };
  readonly from: readonly EstimateSource[];
  /** How often each program is run; null: without a benchmark. */
  readonly runs: number | null;
  /** Where it builds: the target folders of the store. */
  readonly folder: string;
  /** Where the benchmark runs: the capture's workspace. */
  readonly workspace: string;
}

export interface SavedAdvice {
  /** Names it in requests. */
  readonly id: string;
  /** ISO 8601. */
  readonly savedAt: string;
  /** The capture: `ID@N`. */
  readonly unit: string;
  /** "textstats (bin)" */
  readonly name: string;
  /** Without the build's own. */
  readonly settings: readonly string[];
  readonly bench: string | null;
  readonly inlined: boolean;
}

export interface AdviceView {
  readonly saved: SavedAdvice;
  readonly report: AdviseReport;
  /** Other saved comparisons of the unit, the latest first. */
  readonly others: readonly SavedAdvice[];
}
