/**
 * Engine requests: every run of a pass over one module, and the texts of one function between them. Runs are many, so they are packed numbers; a pass and a
 * function are indexes into the trace's tables.
 */
import type { Timing } from "../runs.js";
import type { PackedNumbers } from "./packed-numbers.js";
import { ofUnit } from "./request.js";
import type { SavedFile } from "./stages.js";

/** `passTrace`: takes one module through the passes again, notes what each did, and writes a {@link PassTrace} to a blob. */
export interface PassTraceParams {
  readonly unit: string;
  readonly module: string;
  /** Folder of content-addressed blobs. */
  readonly blobs: string;
  /** Also hashes every function of the module after every pass, to see whether a change was missed. Takes time in proportion to runs times functions. */
  readonly check: boolean;
}

/** A change that the trace does not have. */
export interface MissedChange {
  readonly pass: string;
  readonly function: string;
}

export interface PassTraceResult {
  readonly trace: SavedFile;
  /** null: not checked. */
  readonly missed: readonly MissedChange[] | null;
  /** BLAKE3-256 of the module after the passes, hex: the stage's own, if tracing changed nothing. */
  readonly content: string;
  readonly timings: readonly Timing[];
  /** Peak resident memory of the process so far. */
  readonly peakMemoryBytes: number;
}

/** What a pass runs on; the order is the number in {@link PassTrace.subjects}. */
export const SUBJECT_KINDS = ["module", "scc", "function", "loop"] as const;

/** What can be true of a run, as bits. */
export const RUN_FLAGS = {
  /** The pass says that it preserved all analyses. */
  preservedAll: 1,
  /** What it ran on does not exist any more. */
  subjectGone: 2,
} as const;

/** How a function can change, as bits. */
export const CHANGE_BITS = {
  /** Its instructions. */
  code: 1,
  /** Type, linkage, attributes and the like. */
  header: 2,
  /** It was not defined before. */
  created: 4,
  /** It is not defined afterwards. */
  removed: 8,
} as const;

export interface PassTrace {
  readonly schema: 1;
  readonly module: string;
  /** LLVM's names ("InstCombinePass"). */
  readonly passes: readonly string[];
  /** Symbols of all functions that were seen. */
  readonly functions: readonly string[];
  /**
   * Of the first functions, which were defined before the passes, rows of: instructions, the first 32 bits of the hash of the code (as in `changes`). Those
   * that follow were not defined.
   */
  readonly before: PackedNumbers;
  /** Rows of: kind ({@link SUBJECT_KINDS}), depth of the loop or 0, number of functions, …functions. A module has none, a loop one. */
  readonly subjects: PackedNumbers;
  /**
   * In the order in which the runs began, rows of: pass, subject, {@link RUN_FLAGS}, time on the processor in tenths of a microsecond, without the passes that
   * it ran itself. A pass that only runs others is here only if it changed something itself.
   */
  readonly runs: PackedNumbers;
  /**
   * In the order of runs, rows of: run minus the run of the row before (first: minus 0), function, {@link CHANGE_BITS}, instructions after minus before (zigzag:
   * 2n, or −2n − 1 below 0), the first 32 bits of the hash of the function's code afterwards (0: removed); of a run on a loop in a function of more than 500
   * instructions, of the loop with the blocks around it. Hashes are equal only for equal code, and the same in every replay.
   */
  readonly changes: PackedNumbers;
  /**
   * Rows of: run minus the run of the row before, KiB allocated minus freed during the run (zigzag), and the most KiB that were allocated at once beyond those at
   * its beginning; runs with less than a KiB of either are left out. null: this system does not tell.
   */
  readonly memory: PackedNumbers | null;
  /** Time on the processor for all passes, with what runs them and without what the trace took itself, in tenths of a microsecond. */
  readonly total: number;
  /** Time on the processor that the trace took. */
  readonly own: number;
}

/** `passTexts`: takes one module through the passes again, and writes the texts of one function between those that change it to a blob ({@link PassTexts}). */
export interface PassTextsParams {
  readonly unit: string;
  readonly module: string;
  /** The function's symbol. */
  readonly function: string;
  /** The changes of the function in the trace. A faster replay, without passes on unrelated functions, is used only if it makes the same. */
  readonly expected: readonly ExpectedChange[];
  readonly blobs: string;
}

export interface ExpectedChange {
  readonly pass: string;
  /** As in {@link PassTrace.changes}. */
  readonly hash: number;
}

export interface PassTextsResult {
  readonly texts: SavedFile;
  /** The changes are the trace's. */
  readonly expected: boolean;
  /** Passes ran on all functions. */
  readonly full: boolean;
  readonly timings: readonly Timing[];
  readonly peakMemoryBytes: number;
}

export interface PassTexts {
  readonly schema: 1;
  readonly module: string;
  readonly function: string;
  /** One for each change of the function in the trace, in their order: the pass, and the text afterwards as an index into `texts`; null: removed. */
  readonly steps: readonly (readonly [pass: string, text: number | null])[];
  /** LLVM's text of the function with what it refers to, as for stages. The first is before all passes (if it was defined). */
  readonly texts: readonly string[];
}

export const passRequests = {
  passTrace: ofUnit<PassTraceParams, PassTraceResult>({ progress: true }),
  passTexts: ofUnit<PassTextsParams, PassTextsResult>({ progress: true }),
};
