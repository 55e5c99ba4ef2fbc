/** Requests of the client: why modules were re-compiled: the build that a run was made of, or a unit, compared with the build before. All fail with NothingToInspect for what is no build. */
import type { CascadeRow, CauseRow, CausesSummary, ExplanationView } from "../explain.js";
import type { DocumentFilters, Subject } from "../uris.js";
import type { Page, Range } from "../views.js";
import { request, type WithModule, type WithProgress } from "./declare.js";

export const causeRequests = {
  /** What made rustc re-compile modules, those causes first that reach the most. */
  causes: request<{ readonly subject: Subject } & Range & WithProgress, Page<CauseRow> & CausesSummary>("lto/causes"),
  /** The modules that one cause made rustc re-compile, those with changes of their own first; empty if the cause does not exist (any more). */
  cascade: request<{ readonly subject: Subject; readonly cause: string } & Range & WithProgress, Page<CascadeRow>>("lto/cascade"),
  /** Why one module was re-used or re-compiled, as Markdown; `filters` are those of the stage documents that it links to. */
  explain: request<WithModule & { readonly filters: DocumentFilters } & WithProgress, ExplanationView>("lto/explain"),

  /** What made rustc re-compile a module, in one line with names between backticks; null: unknown. Uses only what is already computed. */
  mainCause: request<WithModule, { readonly cause: string | null }>("lto/mainCause"),
} as const;
