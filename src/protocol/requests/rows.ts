/** Requests of the client: rows of a run, or of a unit without any run (then nothing is known of verdicts but what rustc's log says, and nothing of times). */
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
  /** One row, and at which place of a query it stands (for revealing it); -1: the query leaves it out. Fails with UnknownModule. */
  module: request<WithModule & { readonly query?: Omit<ModuleQuery, "subject"> }, { readonly row: ModuleRow; readonly index: number }>(
    "lto/module",
  ),
  /** The stages of a module in order, none of one that fat LTO linked into another; with `changes` also what each changed (both stages are read, and nothing is made that is not there). */
  stages: request<WithModule & { readonly changes: boolean }, { readonly stages: readonly StageRow[] }>("lto/stages"),
  /** Functions that changed between two stages, largest change first. Stages that are not there are made. */
  changedFunctions: request<
    WithModule & { readonly from: Stage; readonly to: Stage; readonly text?: string } & Range,
    Page<FunctionChangeRow> & { readonly counts: FunctionCounts; readonly unchanged: number; readonly globals: number }
  >("lto/changedFunctions"),
  /** Functions that are defined at a stage, largest first. */
  functions: request<WithModule & { readonly stage: Stage; readonly text?: string } & Range, Page<FunctionRow>>("lto/functions"),
} as const;

export interface ModuleQuery {
  readonly subject: Subject;
  readonly filter?: ModuleFilter;
  /** Default: the order of the run. */
  readonly sort?: ModuleSort;
  readonly descending?: boolean;
}
