/** The rows of the Calls view: what a run did not inline, did not import, imported in vain and inlined, by crate and function. */
import type { SourcePlace } from "./calls.js";
import type { Count } from "./numbers.js";
import type { RowLine } from "./views.js";

/** What became of a call or an import, in the order of the view. */
export const CALL_GROUPS = ["not-inlined", "not-imported", "in-vain", "inlined"] as const;

export type CallGroup = (typeof CALL_GROUPS)[number];

/** Whose crates and functions the rows are below: those of the called functions, or of the ones that call. */
export const CALLS_BY = ["callee", "caller"] as const;

export type CallsBy = (typeof CALLS_BY)[number];

/** A row whose children are asked for; an empty one has the groups. */
export interface CallParent {
  readonly group?: CallGroup;
  readonly crate?: string;
  /** A readable name. */
  readonly function?: string;
}

export interface CallTreeRow {
  readonly kind: "group" | "crate" | "function" | "decision";
  /** Identifies the row in its list; empty: only its place in the list does. */
  readonly key: string;
  /** What its children are asked for with; null: it has none. */
  readonly below: CallParent | null;
  readonly label: string;
  readonly line: RowLine;
  /** Of a group: what it means. Of a decision: a whole sentence, with names between backticks. */
  readonly text: string;
  /** What would change a decision. */
  readonly help: readonly string[];
  /** Decisions below the row; 1 for a decision. */
  readonly count: Count;
  /** Of a function or a decision: the function's symbol, or the called one's. null: not known, or a call through a pointer. */
  readonly symbol: string | null;
  /** Of a decision: a module, and the function in it that shows it. */
  readonly shown: { readonly module: string; readonly function: string } | null;
  /** Of a decision with a line: where the call is. The file is absolute. */
  readonly source: SourcePlace | null;
}
