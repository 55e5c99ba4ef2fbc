/** The page of the passes on one function: what it shows, and its notifications beside those of every page. */
import type { LtoErrorReport } from "./errors.js";
import type { Count } from "./numbers.js";
import type { FromAnyPage, Nothing } from "./page.js";
import type { PassRunRow, PassSubject } from "./passes.js";
import type { DocumentFilters } from "./uris.js";
import type { Excerpt, Page } from "./views.js";

/** A function and the passes that changed it. */
export interface FunctionPasses {
  /** Readable. */
  readonly name: string;
  readonly symbol: string;
  readonly module: string;
  /** Readable. */
  readonly moduleName: string;
  /** All runs for the function: on it, on groups and loops with it, and on the whole module. */
  readonly runs: Count;
  /** The runs that changed it, in order; at most 2,000. */
  readonly changes: Excerpt<PassRunRow>;
}

/** With what a step is compared: the step before it, the function before all passes, or the step of another run. */
export type PassAgainst = "previous" | "start" | Count;

export interface PassChoice {
  /** A run that changed the function. */
  readonly at: Count;
  readonly against: PassAgainst;
  readonly filters: DocumentFilters;
}

/** The function after a run, compared with another step. */
export interface PassStep {
  readonly added: Count;
  readonly removed: Count;
  /** At most 4,000. */
  readonly rows: Excerpt<PassStepRow>;
}

export type PassStepRow =
  | {
      readonly kind: "same" | "added" | "removed";
      /** At most 2,000 characters. */
      readonly text: string;
      /** Its place in the function's body after the run, from 0; null: it is not in it. */
      readonly line: Count | null;
    }
  /** Lines that are the same and not shown. */
  | { readonly kind: "fold"; readonly lines: Count };

/** The run since which a line is what it is; null: it was like that before the passes. */
export interface PassMaker {
  readonly run: Count | null;
  readonly pass: string | null;
}

/** What the list of runs shows. */
export interface PassRunsChoice {
  /** A part of a pass's name, or its letters in order; empty: all. */
  readonly text: string;
  readonly kind: PassSubject | null;
  /** Only runs that changed the function. */
  readonly changed: boolean;
  readonly offset: Count;
}

/** Runs in one answer. */
export const RUNS_AT_ONCE = 200;

/** Webview → extension, of this kind of page alone. Answers carry the `ask` of their question. */
export type OfPassPage =
  | ({ readonly type: "runs"; readonly ask: Count } & PassRunsChoice)
  | ({ readonly type: "step"; readonly ask: Count; readonly whole: boolean } & PassChoice)
  /** Which run made a line? */
  | ({ readonly type: "maker"; readonly ask: Count; readonly line: Count } & Omit<PassChoice, "against">)
  /** Open the two texts in a diff editor. */
  | ({ readonly type: "diff" } & PassChoice)
  /** Copy the command line that prints the step. */
  | { readonly type: "copyCli"; readonly at: Count }
  /** Open the function's own page. */
  | { readonly type: "function" };

export type FromPassPage = FromAnyPage | OfPassPage;

/** What a page shows; VS Code keeps it while the window is closed. */
export interface PassPlace {
  readonly run: string;
  readonly module: string;
  readonly symbol: string;
  readonly name: string;
}

/** Extension → webview, of this kind of page alone. */
export type ShownPasses =
  /** `filters`: those of stage documents, with which the page begins. */
  | { readonly type: "passes"; readonly place: PassPlace; readonly view: FunctionPasses; readonly filters: DocumentFilters }
  | { readonly type: "runs"; readonly ask: Count; readonly page: Page<PassRunRow> }
  | { readonly type: "step"; readonly ask: Count; readonly step: PassStep }
  | { readonly type: "maker"; readonly ask: Count; readonly maker: PassMaker }
  /** A question failed. */
  | { readonly type: "problem"; readonly ask: Count; readonly report: LtoErrorReport };

export type ToPassPage = ShownPasses | Nothing<PassPlace>;
