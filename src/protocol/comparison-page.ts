/**
 * JSON-RPC between the page of a comparison of two builds and the extension: notifications only, one union per direction, whose `type` is the method and
 * whose other properties are the parameters. The page names a row by its module, and the extension opens only rows that it has sent.
 */
import type { BuildDifference } from "./build-comparison.js";
import type { LtoErrorReport } from "./errors.js";
import type { FromAnyPage, Nothing } from "./page.js";
import type { BuildComparisonView, ComparedRow } from "./requests/builds.js";
import type { Stage } from "./stages.js";
import type { Subject } from "./uris.js";
import type { FunctionChangeRow, Page } from "./views.js";

/** Webview → extension, of this kind of page alone. */
export type OfComparisonPage =
  /** Exchange the two sides. */
  | { readonly type: "swap" }
  /** The rows from an offset on; `differs` null: all. */
  | { readonly type: "list"; readonly differs: BuildDifference | null; readonly offset: number }
  /** The functions of a row that differ at a stage. */
  | { readonly type: "functions"; readonly module: string; readonly stage: Stage }
  /** Open the diff of a function of a row, or of all that differ. */
  | { readonly type: "open"; readonly module: string; readonly stage: Stage; readonly function: string | null };

export type FromComparisonPage = FromAnyPage | OfComparisonPage;

/** What a page compares; VS Code keeps it while the window is closed. */
export interface ComparisonPlace {
  readonly from: Subject;
  readonly to: Subject;
}

/** Extension → webview, of this kind of page alone. */
export type ShownComparison =
  | {
      readonly type: "comparison";
      readonly place: ComparisonPlace;
      readonly summary: BuildComparisonView["summary"];
      readonly differs: BuildDifference | null;
      readonly page: Page<ComparedRow>;
    }
  /** More rows of the same list. */
  | { readonly type: "rows"; readonly differs: BuildDifference | null; readonly page: Page<ComparedRow> }
  /** `report`: why there are none. */
  | {
      readonly type: "functions";
      readonly module: string;
      readonly stage: Stage;
      readonly page: Page<FunctionChangeRow>;
      readonly report: LtoErrorReport | null;
    };

export type ToComparisonPage = ShownComparison | Nothing<ComparisonPlace>;
