/** Requests of the client: comparisons of two runs or captures. */
import type { BuildComparisonSummary, BuildDifference, ComparedImports, DifferingModule, ImportedFunction } from "../build-comparison.js";
import type { Subject } from "../uris.js";
import type { Excerpt, Page, Range } from "../views.js";
import { request, type WithModule, type WithProgress } from "./declare.js";

export const buildRequests = {
  /**
   * Compares two runs or captures, of any builds: the modules that differ in verdict, size or imports, by range. Of a capture, its latest run is compared if
   * there is one. `lto/compare` and `lto/changedFunctions` with `other` then tell which functions of a row differ.
   */
  compareBuilds: request<BuildsChoice & WithProgress, BuildComparisonView>("lto/compareBuilds"),
  /** The captures of a unit that can be compared with it, the latest first. */
  captures: request<{ readonly unit: string }, { readonly captures: readonly CaptureRow[] }>("lto/captures"),
} as const;

export interface BuildsChoice extends Range {
  readonly from: Subject;
  readonly to: Subject;
  /** Only modules that differ in this. */
  readonly differs?: BuildDifference;
}

export interface CaptureRow {
  /** `ID@N` */
  readonly ref: string;
  readonly capture: number;
  /** ISO 8601. */
  readonly madeAt: string;
  /** What changed in it, from its latest run; empty: not known. */
  readonly what: string;
}

/** A module that differs. */
export interface ComparedRow extends Omit<DifferingModule, "imports"> {
  readonly shortName: string;
  /** With readable names of the source modules; null: not known. */
  readonly imports:
    | (Pick<ComparedImports, "from" | "to"> & { readonly onlyFrom: Excerpt<ImportedFunction>; readonly onlyTo: Excerpt<ImportedFunction> })
    | null;
  /** What requests about the row's functions take; null: that side does not have it. */
  readonly places: { readonly from: WithModule | null; readonly to: WithModule | null };
}

export interface BuildComparisonView extends Page<ComparedRow> {
  readonly summary: Omit<BuildComparisonSummary, "warnings"> & { readonly warnings: Excerpt<string> };
}
