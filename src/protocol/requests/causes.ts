/** Requests of the client: why modules were re-compiled: the build that a run was made of, or a unit, compared with the build before. All fail with NothingToInspect for what is no build. */
import type { CascadeRow, CauseRow, CausesSummary, DecisiveView, ExplanationView } from "../explain.js";
import type { DocumentFilters, Subject } from "../uris.js";
import type { Page, Range } from "../views.js";
import { request, type WithModule, type WithProgress } from "./declare.js";

export const causeRequests = {
  /** What made rustc re-compile modules, those causes first that reach the most. */
  causes: request<{ readonly subject: Subject } & Range & WithProgress, Page<CauseRow> & CausesSummary>("lto/causes"),
  /** The modules that one cause made rustc re-compile, those with changes of their own first; empty if the cause does not exist (any more). */
  cascade: request<{ readonly subject: Subject; readonly cause: string } & Range & WithProgress, Page<CascadeRow>>("lto/cascade"),
  /** Why one module was re-used or re-compiled, also as Markdown; `filters` are those of the stage documents that it links to. */
  explain: request<
    WithModule & { readonly filters: DocumentFilters } & WithProgress,
    ExplanationView & {
      readonly markdown: string;
    }
  >("lto/explain"),
  /** The decisive fact about a module, and the way from the main cause to it, for a tooltip; null: the build does not have the module. */
  decisive: request<WithModule, { readonly decisive: DecisiveView | null }>("lto/decisive"),
  /**
   * The headline of a run with what is known of causes: "4 by your edit" in place of "4 changed" where every cause is such an edit. Analyses nothing:
   * without stored keys of both builds, it is the run's own.
   */
  headline: request<{ readonly run: string }, { readonly headline: string }>("lto/headline"),
} as const;
