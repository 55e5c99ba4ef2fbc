/** Requests of the client: rows of a run, or of a unit without a run (then verdicts are known only from rustc's log, and times are unknown). */
import type { Stage } from "../stages.js";
import type { Subject } from "../uris.js";
import type {
  CrateRow,
  FunctionChangeRow,
  FunctionCounts,
  FunctionRow,
  GroupRow,
  ModuleFilter,
  ModuleRow,
  ModuleSort,
  Page,
  Range,
  StageRow,
} from "../views.js";
import { request, type WithModule } from "./declare.js";

export const rowRequests = {
  groups: request<{ readonly subject: Subject; readonly filter?: ModuleFilter }, { readonly groups: readonly GroupRow[] }>("lto/groups"),
  crates: request<
    { readonly subject: Subject; readonly filter?: ModuleFilter; readonly sort?: ModuleSort; readonly descending?: boolean } & Range,
    Page<CrateRow>
  >("lto/crates"),
  modules: request<ModuleQuery & Range, Page<ModuleRow>>("lto/modules"),
  /** One row, and its index in a query (for revealing it); -1: the query excludes it. Fails with UnknownModule. */
  module: request<WithModule & { readonly query?: Omit<ModuleQuery, "subject"> }, { readonly row: ModuleRow; readonly index: number }>(
    "lto/module",
  ),
  /**
   * The stages of a module in order; none for a module that fat LTO linked into another. With `changes`, also what each changed (reads existing
   * stages, makes none).
   */
  stages: request<WithModule & { readonly changes: boolean }, { readonly stages: readonly StageRow[] }>("lto/stages"),
  /**
   * Functions that differ between two stages: changed ones first, removed imported copies last, each with the largest change first. Makes missing stages. With
   * `other`, stage `to` is that of the module in another build.
   */
  changedFunctions: request<
    WithModule & { readonly from: Stage; readonly to: Stage; readonly text?: string; readonly other?: WithModule } & Range,
    Page<FunctionChangeRow> & { readonly counts: FunctionCounts; readonly unchanged: number; readonly globals: number }
  >("lto/changedFunctions"),
  /** Functions that are defined at a stage, largest first. */
  functions: request<WithModule & { readonly stage: Stage; readonly text?: string } & Range, Page<FunctionRow>>("lto/functions"),
} as const;

export interface ModuleQuery {
  readonly subject: Subject;
  readonly filter?: ModuleFilter;
  /** Default: crates of the workspace first and the standard library's last, then by what happened, then the largest first. */
  readonly sort?: ModuleSort;
  readonly descending?: boolean;
  /** Rows have a `line`. */
  readonly lines?: boolean;
}
