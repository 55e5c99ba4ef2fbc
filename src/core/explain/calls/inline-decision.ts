/** What the inliner decided about a call, with symbols. */

export interface InlineDecision {
  readonly module: string;
  readonly caller: string;
  readonly callee: string | null;
  readonly inlined: boolean;
  readonly remark: string;
  readonly cost: number | null;
  /** LLVM stopped counting at the threshold. */
  readonly costIsLeast: boolean;
  readonly threshold: number | null;
  readonly reason: string;
  readonly times: number;
  readonly wholeWay: boolean;
  /** Innermost first. */
  readonly places: readonly SymbolPlace[];
  /** Without a line or an ordinal: the calls that it can be. */
  readonly oneOf: readonly SymbolPlace[];
}

/** A call in the function that contains it in the source. */
export interface SymbolPlace {
  /** Empty: not known. */
  readonly symbol: string;
  /** null: `line` is the ordinal of the call. */
  readonly file: string | null;
  readonly line: number;
  readonly column: number;
}
