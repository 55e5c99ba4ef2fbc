/** Requests of the client: documents, searches, files and command lines. */
import type { LtoErrorReport } from "../errors.js";
import type { FindReport } from "../ir.js";
import type { Stage } from "../stages.js";
import type { DocumentFilters, RunDiff, Subject } from "../uris.js";
import type { ComparedPair, Excerpt, FindRow, Page, Range, RunSource } from "../views.js";
import type { CaptureChoice } from "./capture.js";
import { request, type WithModule, type WithProgress } from "./declare.js";

export const documentRequests = {
  /**
   * The URIs for `vscode.diff` (one pair) or `vscode.changes` (several): of one function (by its symbol at either stage, or its readable name), or
   * of all functions that differ (changed ones first, removed imported copies last; the largest change first), by range. If no function changed but something else did, the pair is the whole module. If
   * nothing changed, there is no pair, and `unchanged` says so. The title states which of how many functions are shown.
   */
  compare: request<CompareChoice & Range, Page<ComparedPair> & { readonly title: string; readonly unchanged: string | null }>(
    "lto/compare",
  ),
  /** The URI of a stage as a document, alone; its tab says function, stage and codegen unit. */
  stageUri: request<
    WithModule & { readonly stage: Stage; readonly function: string | null; readonly filters: DocumentFilters },
    { readonly uri: string }
  >("lto/stageUri"),
  /** Where a symbol (mangled, demangled or part of either) is defined, imported and referenced, in all modules. */
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
  /** The bitcode file of a stage; made if it does not exist. */
  stageFile: request<
    WithModule & { readonly stage: Stage },
    { readonly path: string; readonly origin: "rustc" | "store" | "made"; readonly bytes: number }
  >("lto/stageFile"),
  /** The command line that does the same in a terminal, quoted for a shell. */
  cliCommand: request<CliChoice, { readonly line: string }>("lto/cliCommand"),
} as const;

export interface CompareChoice extends WithModule {
  /** Another run, whose stage `to` is the right side; the subject is then a run too. The newer LLVM of the two reads both sides. */
  readonly against?: string;
  /** The module in another build, whose stage `to` is the right side. Each side is read by its own LLVM, and functions are matched by the newer one. */
  readonly other?: WithModule;
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
  | ({ readonly command: "compare-llvm" } & RunDiff)
  | { readonly command: "find"; readonly subject: Subject; readonly symbol: string }
  | ({ readonly command: "passes"; readonly function: string; readonly at: number } & WithModule);
