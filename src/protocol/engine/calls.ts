/**
 * Engine requests: what modules import, and what the inliner decides, with reasons. Decisions are many, so they are lists of numbers; a text or a symbol is
 * an index into the message's table, and -1 stands for none.
 */
import type { Timing } from "../runs.js";
import type { PackedNumbers } from "./packed-numbers.js";
import { ofUnit } from "./request.js";

/** `importDecisions`: of some modules of an analysed unit. Symbol numbers are valid within one answer only. */
export interface ImportDecisionsParams {
  readonly unit: string;
  /** The first module, in the order of the analysis. */
  readonly first: number;
  /** The maximum number of modules. */
  readonly count: number;
}

/** LLVM's options that limit imports, with the values that they have in the engine process. */
export interface ImportLimits {
  /** `-import-instr-limit` */
  readonly instructions: number;
  /** `-import-instr-evolution-factor` */
  readonly evolution: number;
  /** `-import-hot-evolution-factor` */
  readonly hotEvolution: number;
  /** `-import-hot-multiplier` */
  readonly hot: number;
  /** `-import-critical-multiplier` */
  readonly critical: number;
  /** `-import-cold-multiplier` */
  readonly cold: number;
}

export interface DecidedImports {
  /** Rows of six: caller, callee, limit in instructions, level, the attempt that imported the caller, hotness. */
  readonly attempts: PackedNumbers;
  /**
   * Rows of ten and more: symbol, module it is imported from, LLVM's reason of a refusal, 1: nobody has a summary of it, instructions, 1: imported whatever
   * its size, the attempt that decided (-1: a variable), attempts, hottest call, number of callers of a refused function, …these callers.
   */
  readonly decisions: PackedNumbers;
}

export interface ImportsOfModule {
  readonly name: string;
  /** What LLVM imports: functions and variables. */
  readonly entries: number;
  /** null: LLVM decided by other rules, so nothing is known of its reasons. */
  readonly decided: DecidedImports | null;
}

export interface ImportDecisionsResult {
  /** The number of modules in the unit. */
  readonly total: number;
  readonly limits: ImportLimits;
  readonly modules: readonly ImportsOfModule[];
  readonly symbols: readonly string[];
}

/** `inlineDecisions`: takes one module through the passes again, listens to them, and writes what they say to blobs ({@link InlineLedger}, {@link RemarkLedger}). */
export interface InlineDecisionsParams {
  readonly unit: string;
  readonly module: string;
  /** The module after the passes, whose code has to be the same. */
  readonly stageFile: string;
  /** Folder of content-addressed blobs. */
  readonly blobs: string;
}

export interface SavedLedger {
  /** BLAKE3-256 of the content, hex. */
  readonly blob: string;
  readonly bytes: number;
}

export interface InlineDecisionsResult {
  readonly ledger: SavedLedger;
  readonly remarks: SavedLedger;
  readonly timings: readonly Timing[];
  /** Peak resident memory of the process so far. */
  readonly peakMemoryBytes: number;
}

/** What the inliner decides about every call, and what became of every definition. */
export interface InlineLedger {
  readonly schema: 4;
  readonly module: string;
  /** LLVM computed costs to their end; otherwise, a cost above the threshold is the least that it is, because LLVM stopped there. */
  readonly fullCosts: boolean;
  /**
   * [caller, callee (-1: not known), 1: inlined, name of LLVM's remark, cost, threshold, reason, copies, 1: the whole way is known, number of places,
   * …places, innermost first, …calls of which the passes made it one]. A place is: function, file (-1: the line is the ordinal of the call), line, column
   */
  readonly calls: readonly (readonly (number | null)[])[];
  /**
   * What became of every function and variable that was defined before the passes: [symbol, 1: a variable, 1: local or 2: a copy that is not emitted, fate,
   * the pass that ended it, what it was merged into, the pass that removed its last use, the function in which, …users before the passes]
   */
  readonly symbols: readonly (readonly number[])[];
  /** Functions that are defined after the passes. */
  readonly functions: number;
  /** Those whose code is not the stage's. */
  readonly different: readonly string[];
  readonly texts: readonly string[];
}

/** What the other passes say. */
export interface RemarkLedger {
  readonly schema: 1;
  readonly module: string;
  /** Passes also analysed what they only report; otherwise, they would have changed what is inlined, and some remarks lack reasons. */
  readonly extraAnalysis: boolean;
  /** The code of every function is the stage's; otherwise, there are no remarks. */
  readonly isTrue: boolean;
  /** [function, pass, name of the remark, 0: passed, 1: missed or 2: analysis, words, copies, …places] as in {@link InlineLedger}; no places: no line is known */
  readonly remarks: readonly (readonly number[])[];
  readonly texts: readonly string[];
}

export const callRequests = {
  importDecisions: ofUnit<ImportDecisionsParams, ImportDecisionsResult>(),
  inlineDecisions: ofUnit<InlineDecisionsParams, InlineDecisionsResult>({ progress: true }),
};
