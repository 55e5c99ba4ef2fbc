/** Requests of the client: what was imported and inlined, as rows of the Calls view and at the functions and lines of a source file. */
import type { CallParent, CallsBy, CallTreeRow } from "../call-tree.js";
import type { CallsChecked } from "../calls.js";
import type { FunctionRemarks, FunctionStages, FunctionView } from "../function-page.js";
import type { Count } from "../numbers.js";
import type { Stage } from "../stages.js";
import type { Excerpt, Page, Range } from "../views.js";
import { request, type WithModule, type WithProgress } from "./declare.js";

export const callRequests = {
  /**
   * Finds out why functions of a run's unit are imported and calls are inlined, or not; `sourceCalls` then answers at once. What the store has is not made
   * again. Fails with NothingToInspect for a run without files.
   */
  explainCalls: request<{ readonly run: string } & WithProgress, CallTotals>("lto/explainCalls"),
  /**
   * The functions of a Rust file with their decisions, and the calls at its lines, for a run whose calls were explained in this window. null: they were not.
   *
   * `text` is the editor's content, which may not be saved.
   */
  sourceCalls: request<{ readonly run: string; readonly uri: string; readonly text: string }, SourceCalls | null>("lto/sourceCalls"),
  /** The function at a place of a Rust file, for a call hierarchy. null: the build has none there, or its calls were not explained in this window. */
  hierarchyItem: request<
    { readonly run: string; readonly uri: string; readonly text: string; readonly line: Count; readonly column: Count },
    HierarchyItem | null
  >("lto/hierarchyItem"),
  /** The calls of a function, or in it. null: as of `hierarchyItem`. */
  hierarchyCalls: request<
    { readonly run: string; readonly key: string; readonly direction: CallDirection },
    readonly HierarchyCall[] | null
  >("lto/hierarchyCalls"),
  /** A function with all that is known of it, for a run whose calls were explained in this window. null: they were not. Fails with UnknownFunction. */
  functionView: request<{ readonly run: string; readonly symbol: string }, FunctionView | null>("lto/functionView"),
  /** A copy of a function at every stage; makes missing stages. */
  functionStages: request<WithModule & { readonly symbol: string }, FunctionStages>("lto/functionStages"),
  /** What LLVM's passes other than the inliner say about the functions of a readable name, from a replay that the store keeps. */
  functionRemarks: request<{ readonly run: string; readonly name: string } & WithProgress, FunctionRemarks>("lto/functionRemarks"),
  /** Functions whose name has all words of a text. null: the calls of this run were not explained in this window. */
  functionNames: request<
    { readonly run: string; readonly text: string },
    Excerpt<{ readonly name: string; readonly symbol: string }> | null
  >("lto/functionNames"),
  /** The children of a row of the Calls view, for a run whose calls were explained in this window. null: they were not. */
  callRows: request<CallRowsChoice & Range, Page<CallTreeRow> | null>("lto/callRows"),
  /** Writes the decisions of a run to a file, as SARIF. null: the calls of this run were not explained in this window. Fails with DiskFull, Unwritable. */
  exportCalls: request<{ readonly run: string; readonly uri: string }, { readonly results: Count } | null>("lto/exportCalls"),
} as const;

export interface CallRowsChoice {
  readonly run: string;
  readonly by: CallsBy;
  /** Words that all have to be in a decision's callee, caller, module or reason; empty: all decisions. */
  readonly text: string;
  readonly parent: CallParent;
}

export interface CallTotals {
  readonly imported: Count;
  readonly refused: Count;
  readonly inlined: Count;
  readonly notInlined: Count;
  readonly checked: CallsChecked;
  /** Modules of which something is not known, and why; at most a few. */
  readonly notAvailable: readonly string[];
}

export interface SourceCalls {
  readonly functions: readonly FunctionCalls[];
  /** Decisions at a line of the file, if the build has line tables. */
  readonly lines: readonly LineCalls[];
}

export interface FunctionCalls {
  /** Its path in the build: "textstats::bars::Bar::draw". */
  readonly name: string;
  /** Of the name in the file, from 0. */
  readonly line: Count;
  readonly column: Count;
  readonly endColumn: Count;
  /** In short: "99 of 100 instructions of the import limit · imported into 2 CGUs · inlined 3×". */
  readonly title: string;
  /** How it was found in the build: by the lines of debug info, or by its path. */
  readonly foundBy: "lines" | "name";
  /** Its symbols in the build: several for a generic function. */
  readonly symbols: readonly string[];
  /** Each decision as a sentence, with what it is about; the ones that say most first. */
  readonly decisions: readonly CallDecision[];
  /** Decisions beyond those that are listed. */
  readonly more: Count;
}

export interface CallDecision {
  /** For a list: "not inlined in Map::fold: cost 785 > 250". */
  readonly title: string;
  /** A whole sentence. */
  readonly text: string;
  /** What would change it. */
  readonly help: readonly string[];
  /** A module and a function in it in which the decision can be seen. */
  readonly module: string;
  readonly function: string;
}

export interface LineCalls {
  /** From 0. */
  readonly line: Count;
  readonly decisions: readonly CallDecision[];
  readonly more: Count;
}

export const CALL_DIRECTIONS = ["incoming", "outgoing"] as const;

export type CallDirection = (typeof CALL_DIRECTIONS)[number];

/** A function in a call hierarchy. Instances and copies of a function are one. */
export interface HierarchyItem {
  /** Its path in the build: "textstats::bars::Bar::draw". */
  readonly key: string;
  /** "Bar::draw" */
  readonly name: string;
  /** What became of it, or what was decided about the calls that lead to it: "not inlined: cost 265 > 225". */
  readonly detail: string;
  /** Lines and columns from 0; the file is absolute. null: not known. */
  readonly source: (CallLine & { readonly file: string; readonly firstLine: Count; readonly lastLine: Count }) | null;
  /** A module and a stage that show it in IR. */
  readonly shown: { readonly module: string; readonly stage: Stage; readonly function: string };
}

/** A name in a line, from 0. */
export interface CallLine {
  readonly line: Count;
  readonly column: Count;
  readonly endColumn: Count;
}

export interface HierarchyCall {
  /** The caller, or the function that is called. */
  readonly item: HierarchyItem;
  /** In the file of the caller; empty: not known. */
  readonly at: readonly CallLine[];
}
