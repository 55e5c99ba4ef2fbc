/** The report of `calls` (`schema` 1): what is imported and inlined, and why. Names are readable; symbols are LLVM's. */
import type { ImportLimits } from "./engine/calls.js";
import type { FindHit } from "./engine/symbols.js";
import type { UnitName } from "./ir.js";
import type { Count } from "./numbers.js";

/** How often a call runs, according to the build's profile. */
export type Hotness = "unknown" | "cold" | "none" | "hot" | "critical";

/** Why a symbol is imported or not. */
export type ImportReason =
  /** Imported: it is no larger than the limit. */
  | "within-limit"
  /** Imported whatever its size. */
  | "always-inline"
  /** Imported: a variable that an imported function, or one of the module's own, refers to. */
  | "referenced"
  /** It has more instructions than the limit of every call of it. */
  | "too-large"
  /** It is marked noinline. */
  | "no-inline"
  /** No module of the LTO has bitcode of it. */
  | "no-bitcode"
  /** The linker may replace it by another definition. */
  | "interposable"
  /** Several modules have a local function of this name, and the one that its caller's module has does not fit. */
  | "local-elsewhere"
  /** Nothing needs it. */
  | "not-live"
  /** It refers to something that cannot be seen from another module. */
  | "not-eligible"
  /** It is a variable, although it is called. */
  | "variable";

/** A call on the way from the importing module to a symbol. */
export interface ImportStep {
  readonly caller: string;
  readonly callee: string;
  /** The most instructions that the callee may have here. */
  readonly limit: Count;
  readonly hotness: Hotness;
}

/** A symbol that a module imports, or would have imported. */
export interface ImportRow {
  readonly importer: string;
  readonly callee: string;
  readonly symbol: string;
  readonly kind: "function" | "variable";
  /** The module that has it; null: it is not imported. */
  readonly from: string | null;
  readonly verdict: "imported" | "refused";
  readonly reason: ImportReason;
  /** Instructions, as its summary counts them; null: not known, or a variable. */
  readonly size: Count | null;
  /** The most instructions that the decisive call allows; null: a variable. */
  readonly threshold: Count | null;
  /** 0: a function of the module itself calls it; each imported function in between adds one. null: a variable. */
  readonly level: Count | null;
  /** The calls that lead to it, the module's own first. */
  readonly chain: readonly ImportStep[];
  /** Of a refused function: how often LLVM tried, and the hottest call. */
  readonly attempts: Count;
  readonly hotness: Hotness;
  /** Of a refused function: all of its callers in the module. */
  readonly callers: readonly string[];
  /** What would change the decision; empty: nothing that is certain. */
  readonly help: readonly string[];
}

/** A place in a source file, counted from 1. A column of 0 is unknown. */
export interface SourcePlace {
  readonly file: string;
  readonly line: Count;
  readonly column: Count;
}

/** A call in the function that contains it in the source. */
export interface CallPlace {
  /** Empty: not known. */
  readonly function: string;
  readonly symbol: string;
  /** null: the function has no line table, or passes made one call of several. */
  readonly at: SourcePlace | null;
  /** Without a line table: the number of the call among the function's calls before LTO's passes, from 1. null: there is a line, or neither is known. */
  readonly ordinal: Count | null;
}

export interface CallRow {
  /** After inlining, the function that has the call. */
  readonly caller: string;
  readonly callerSymbol: string;
  /** null: a call through a pointer. */
  readonly callee: string | null;
  readonly calleeSymbol: string | null;
  readonly module: string;
  readonly at: SourcePlace | null;
  /** Without a line table: the function and the number of the call in it. */
  readonly ordinal: { readonly function: string; readonly call: Count } | null;
  /** The calls over which the function that contains the call was inlined, innermost first. */
  readonly inlinedAt: readonly CallPlace[];
  /** `inlinedAt` is complete; otherwise, several copies of the call in one block cannot be distinguished. */
  readonly wholeWay: boolean;
  /** The passes made one call of several, so it has no place of its own: the calls that it can be. Empty: its place is certain, or nothing is known of it. */
  readonly oneOf: readonly CallPlace[];
  readonly verdict: "inlined" | "not-inlined";
  /** null: LLVM decided without them. */
  readonly cost: number | null;
  /** LLVM stopped counting at the threshold, so the cost is at least that. */
  readonly costIsLeast: boolean;
  readonly threshold: number | null;
  /** LLVM's name of its remark; "Indirect": a call through a pointer; "NoDefinition": of a function that the module only declares; "NoRemark": the call stayed, and LLVM did not say why. */
  readonly remark: string;
  /** LLVM's words; empty: it has none besides cost and threshold. */
  readonly reason: string;
  /** Copies of the call, about which LLVM decided the same. */
  readonly times: Count;
  readonly help: readonly string[];
}

export interface Compared {
  readonly equal: Count;
  readonly different: Count;
}

/** How many of so many calls have a line, or a function and a number. */
export interface Located {
  readonly calls: Count;
  readonly of: Count;
}

export interface CallsChecked {
  /** Modules whose imports are the ones that LLVM decided on. */
  readonly importLists: Compared;
  /** Refusals compared with what LLVM prints; null: not compared (`--check`). */
  readonly failures: Compared | null;
  /** Functions whose code after the replay that listened to the inliner is that of the stage. */
  readonly code: Compared;
  /** Calls whose place is known. */
  readonly located: Located;
  /** Of those, the ones that the inliner made a remark about. */
  readonly locatedRemarks: Located;
}

/** A module that defines a function at LTO's input, or refers to it. */
export interface FunctionUse {
  readonly module: string;
  readonly symbol: string;
  readonly name: string;
  /** "assembly": module-level assembly defines it or refers to it. */
  readonly kind: FindHit["kind"];
  readonly role: FindHit["role"];
  readonly linkage: string;
  readonly instructions: Count;
  /** Functions and variables of the module that use it; "module asm" where its assembly does. */
  readonly usedBy: readonly string[];
}

/** Something that cannot be explained, and why. */
export interface CallsNotAvailable {
  readonly module: string;
  readonly what: "imports" | "calls" | "remarks";
  readonly why: string;
}

/**
 * What an edit of a function's body re-compiles, by the keys of this build (the prediction of `explain --if-changed`). An edit that changes which functions
 * are copied or imported reaches other modules too.
 */
export interface EditCost {
  readonly symbol: string;
  readonly name: string;
  /** Modules that define it. */
  readonly defining: Count;
  /** Modules that import something from one of these: their keys contain its hash. */
  readonly importing: Count;
  /** Of both, those that rustc could otherwise re-use. */
  readonly cacheable: Count;
  /** All modules of the unit. */
  readonly of: Count;
}

export interface CallsReport {
  readonly schema: 1;
  readonly command: "calls";
  readonly unit: UnitName;
  /** As requested; null: every function. */
  readonly function: string | null;
  /** null: every module. */
  readonly module: string | null;
  /** null: fat LTO imports nothing. */
  readonly limits: ImportLimits | null;
  readonly imports: readonly ImportRow[];
  readonly calls: readonly CallRow[];
  /** Of the functions whose attributes would change a decision; empty: rustc re-uses nothing of this unit, or only imports were explained. */
  readonly edits: readonly EditCost[];
  readonly checked: CallsChecked;
  readonly notAvailable: readonly CallsNotAvailable[];
  /** Of a requested function: where it is defined and used before LTO. */
  readonly uses: readonly FunctionUse[];
  /** The function is not in the bitcode that LTO starts from: the functions into which the compiler had inlined it, as far as debug info tells. */
  readonly inlinedBefore: readonly string[];
  readonly warnings: readonly string[];
}
