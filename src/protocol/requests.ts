/**
 * The custom requests and notifications between client and server (LSP over Node's IPC). Each is declared once, with its method, its direction and its
 * types; both ends use these.
 *
 * Besides these the server speaks plain LSP: `initialize` with workspace folders and `InitializationOptions`, `workspace/didChangeWorkspaceFolders`,
 * `workspace/didChangeConfiguration` (it then asks `workspace/configuration` for the section "lto"), `workspace/textDocumentContent` for the scheme
 * "lto-stage" (with `workspace/textDocumentContent/refresh`), `$/cancelRequest`, `$/progress`, `window/workDoneProgress/cancel`, `window/logMessage`.
 *
 * Long requests take a `workDoneToken` that the client makes: begin, report (message, percentage) and end come as `$/progress`. They are cancelled by
 * `$/cancelRequest` or `window/workDoneProgress/cancel` and then answered with the error code RequestCancelled (-32800) at once.
 *
 * A request that fails for a reason that the user should hear of is answered with the code LTO_FAILURE and `FailureData`: what was
 * being done, to which file, module and stage, and what to do now. An engine that crashes fails the request that it was in, and nothing else.
 */
import type { LtoErrorReport } from "./errors.js";
import type { CascadeRow, CauseRow, CausesSummary, ExplanationView } from "./explain.js";
import type { FindReport } from "./ir.js";
import type { DoctorReport, StoreReport } from "./reports.js";
import type { LtoMode, Stage } from "./stages.js";
import type { DocumentFilters, Subject } from "./uris.js";
import type {
  CapturePlan,
  ComparedPair,
  CrateRow,
  Excerpt,
  FindRow,
  FolderView,
  FunctionChangeRow,
  FunctionCounts,
  FunctionRow,
  GroupRow,
  LlvmCandidate,
  ModuleFilter,
  ModuleRow,
  ModuleSort,
  Page,
  ProgramLine,
  Range,
  RunSource,
  RunView,
  StageRow,
  StageTotal,
  Timeline,
  UnitView,
  VerifyView,
} from "./views.js";

/** JSON-RPC error code of an answer whose `data` is a `FailureData`. */
export const LTO_FAILURE = 22001;

/** What carries an error to the other side. */
export interface FailureData {
  readonly report: LtoErrorReport;
}

/** A request: `P` goes to the server, `R` comes back. */
export interface Request<P, R> {
  readonly method: `lto/${string}`;
  readonly direction: "client to server";
  /** Exists for the types only. */
  readonly types?: { readonly params: P; readonly result: R };
}

/** A notification without an answer. */
export interface Notification<P> {
  readonly method: `lto/${string}`;
  readonly direction: "server to client";
  readonly types?: { readonly params: P };
}

export type ParamsOf<T extends { readonly types?: { readonly params: unknown } }> = NonNullable<T["types"]>["params"];
export type ResultOf<T extends { readonly types?: { readonly result: unknown } }> = NonNullable<T["types"]>["result"];

function request<P, R>(method: `lto/${string}`): Request<P, R> {
  return { method, direction: "client to server" };
}

/** LSP's work-done token; absent: no progress is told. */
export interface WithProgress {
  readonly workDoneToken?: string | number;
}

export type NoParams = Record<string, never>;

export interface WithModule {
  readonly subject: Subject;
  readonly module: string;
}

export const requests = {
  // Units

  /** What was found in the workspace folders and in the store for them, captures first; with `all` also captures of other folders. */
  units: request<Range & { readonly all?: boolean }, Page<UnitView> & { readonly folders: readonly FolderView[] }>("lto/units"),
  /** One unit by its ref. Fails with UnknownUnit. */
  unit: request<{ readonly unit: string }, UnitView>("lto/unit"),
  /** Looks again (a build or a task has ended), and tells `changed` if something did. The store itself is watched. */
  refresh: request<NoParams, { readonly changed: boolean }>("lto/refresh"),

  // Capture: the client runs the command as a task, and then asks for what became of it

  /** Looks at what a capture of a folder would build; builds nothing. Fails with NothingToInspect, NoToolchain. */
  plan: request<CaptureChoice & WithProgress, CapturePlan>("lto/plan"),
  /** The command line of a capture; `reportFile` is where it leaves its report. */
  captureCommand: request<CaptureChoice, { readonly command: ProgramLine; readonly reportFile: string }>("lto/captureCommand"),
  /**
   * What a capture left in its report file, which is removed. `failure`: the build failed, and `units` is what was kept of it. Fails with the capture's own
   * error (BuildFailed, CargoLocked, …) where nothing was kept, or with Cancelled when there is no report because the task was ended.
   */
  captureResult: request<
    { readonly reportFile: string; readonly exitCode?: number },
    { readonly units: readonly UnitView[]; readonly primary: string; readonly failure: LtoErrorReport | null }
  >("lto/captureResult"),

  // Runs

  /** Runs thin LTO; of a unit that was built with fat LTO, and of files that are to be linked, this. Fails when the run did; a module on which the engine failed is a row of the result, and no failure. */
  thin: request<ThinChoice & WithProgress, RunView>("lto/thin"),
  /** Replays a capture and compares it with rustc's own files. What differs is in the result. */
  verify: request<{ readonly unit: string } & WithProgress, VerifyView>("lto/verify"),
  /** History, the latest first. */
  runs: request<Range & { readonly unit?: string }, Page<RunView>>("lto/runs"),
  /** Fails with UnknownRun. */
  run: request<{ readonly run: string }, RunView>("lto/run"),
  /** Forgets a run (its stages stay while other runs or the store's records use them). Fails with UnknownRun, and for a run under way. */
  removeRun: request<{ readonly run: string }, NoParams>("lto/removeRun"),

  // Rows: of a run, or of a unit without any run (then nothing is known of verdicts but what rustc's log says, and nothing of times)

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

  // Why: the build that a run was made of, or a unit, compared with the build before. All fail with NothingToInspect for what is no build

  /** What made rustc re-compile modules, the cause that reaches most of them first. */
  causes: request<{ readonly subject: Subject } & Range & WithProgress, Page<CauseRow> & CausesSummary>("lto/causes"),
  /** What one of these causes made rustc re-compile: what changed itself first. A cause that is not among them (any more) has none. */
  cascade: request<{ readonly subject: Subject; readonly cause: string } & Range & WithProgress, Page<CascadeRow>>("lto/cascade"),
  /** Why one module was re-used or re-compiled, as Markdown; `filters` are those of the stage documents that it links to. */
  explain: request<WithModule & { readonly filters: DocumentFilters } & WithProgress, ExplanationView>("lto/explain"),

  /** What made rustc re-compile a module, in one line with names between backticks; null: nothing that is known. Nothing is made for it. */
  mainCause: request<WithModule, { readonly cause: string | null }>("lto/mainCause"),

  // Documents

  /**
   * The URIs for `vscode.diff` (one pair) or `vscode.changes` (several): of a function (its symbol at either stage, or its readable name), or of all
   * functions that changed, largest change first, by range. Where none changed and something else did, of the whole module; without any pair there is
   * nothing to be shown, and `unchanged` says so. The title says which of how many functions it is about.
   */
  compare: request<CompareChoice & Range, Page<ComparedPair> & { readonly title: string; readonly unchanged: string | null }>(
    "lto/compare",
  ),
  /** Where a symbol (mangled, demangled or part of either) is defined, imported and referenced, over all modules. */
  find: request<
    {
      readonly subject: Subject;
      readonly symbol: string;
      readonly stage: Stage;
      readonly limit: number;
      readonly filters: DocumentFilters;
    } & WithProgress,
    Pick<FindReport, "searched" | "truncated"> & { readonly hits: readonly FindRow[]; readonly errors: Excerpt<LtoErrorReport> }
  >("lto/find"),
  /** The bitcode file of a stage; it is made when it is not there. */
  stageFile: request<
    WithModule & { readonly stage: Stage },
    { readonly path: string; readonly origin: "rustc" | "store" | "made"; readonly bytes: number }
  >("lto/stageFile"),
  /** The command line that does the same in a terminal, quoted for a shell. */
  cliCommand: request<CliChoice, { readonly line: string }>("lto/cliCommand"),

  // Dashboard

  /** Threads × modules × stages. Short activities that lie close together are put together, so that at most `bars` bars come back. */
  timeline: request<{ readonly run: string; readonly bars: number; readonly from?: number; readonly to?: number }, Timeline>(
    "lto/timeline",
  ),
  stageTotals: request<{ readonly run: string; readonly filter?: ModuleFilter }, { readonly stages: readonly StageTotal[] }>(
    "lto/stageTotals",
  ),

  // This machine and the store

  doctor: request<{ readonly folder?: string } & WithProgress, DoctorReport>("lto/doctor"),
  /** For "Select LLVM": each is really loaded to see whether it works. */
  llvmCandidates: request<{ readonly folder?: string } & WithProgress, { readonly candidates: readonly LlvmCandidate[] }>(
    "lto/llvmCandidates",
  ),
  store: request<NoParams, StoreView>("lto/store"),
  /** `stages`: everything that can be made again; `all`: captures, their target directories and runs too. Fails while a run or capture is under way. */
  clearStore: request<{ readonly what: "stages" | "all" }, { readonly bytes: number }>("lto/clearStore"),
} as const;

export const notifications = {
  /** What is shown may be out of date: ask again. Comes at most a few times a second; another window's work is told as well. */
  changed: { method: "lto/changed", direction: "server to client" } as Notification<Changed>,
} as const;

export type RequestName = keyof typeof requests;

export interface Changed {
  readonly units: boolean;
  readonly runs: boolean;
}

/** What to capture; without targets what Cargo builds by default in the folder. */
export interface CaptureChoice {
  /** URI of a workspace folder, or of a folder or Cargo.toml in one. */
  readonly folder: string;
  readonly packages?: readonly string[];
  readonly bins?: readonly string[];
  /** Default: the setting. */
  readonly profile?: string;
  /** Other than the profile's: a deviation. */
  readonly lto?: LtoMode;
  readonly incremental?: boolean;
}

export interface ThinChoice {
  readonly source: RunSource;
  /** Default: the setting `lto.libLLVM`. */
  readonly llvm?: string;
  /** Decisions only, no stages: quick. They are made when they are opened. */
  readonly analyzeOnly?: boolean;
}

export interface ModuleQuery {
  readonly subject: Subject;
  readonly filter?: ModuleFilter;
  /** Default: the order of the run. */
  readonly sort?: ModuleSort;
  readonly descending?: boolean;
}

export interface CompareChoice extends WithModule {
  readonly from: Stage;
  readonly to: Stage;
  /** One function; absent: all functions that changed. */
  readonly function?: string;
  /** The two whole texts, which are bounded views when the module is not small. */
  readonly wholeModule?: boolean;
  readonly filters: DocumentFilters;
}

export type CliChoice =
  | { readonly command: "capture"; readonly choice: CaptureChoice }
  | { readonly command: "thin" | "verify"; readonly source: RunSource }
  | ({ readonly command: "show"; readonly stage: Stage; readonly function?: string } & WithModule)
  | ({ readonly command: "diff"; readonly from: Stage; readonly to: Stage; readonly function?: string } & WithModule)
  | { readonly command: "find"; readonly subject: Subject; readonly symbol: string };

export interface StoreView {
  readonly root: string;
  readonly quotaBytes: number;
  readonly totalBytes: number;
  readonly freeBytes: number;
  readonly parts: StoreReport["parts"];
  readonly captures: number;
  readonly runs: number;
}
