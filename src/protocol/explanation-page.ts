/**
 * JSON-RPC between an explanation's page and the extension: notifications only, one union per direction, whose `type` is the method and whose other
 * properties are the parameters. The page has no addresses: it names a link by its index, and the extension opens what it has for it.
 */
import type { ExplanationView } from "./explain.js";
import type { FromAnyPage, Nothing } from "./page.js";
import type { WithModule } from "./requests/declare.js";

/** What can be copied from the page. */
export const EXPLANATION_COPIES = ["markdown", "key"] as const;

export type ExplanationCopy = (typeof EXPLANATION_COPIES)[number];

/** Webview → extension, of this kind of page alone. */
export type OfExplanationPage =
  /** A link was chosen: an index in the view's targets. */
  { readonly type: "follow"; readonly target: number } | { readonly type: "copy"; readonly what: ExplanationCopy };

export type FromExplanationPage = FromAnyPage | OfExplanationPage;

/** What a page explains; VS Code keeps it while the window is closed. */
export interface ExplanationPlace extends WithModule {
  readonly title: string;
  /** The unit of the run: a later run of the same unit is explained instead. null: not known. */
  readonly unit: string | null;
}

/** Extension → webview. */
export interface ShownExplanation {
  readonly type: "explanation";
  readonly place: ExplanationPlace;
  readonly view: ExplanationView;
}

export type ToExplanationPage = ShownExplanation | Nothing<ExplanationPlace>;
