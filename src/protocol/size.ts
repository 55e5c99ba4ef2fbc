/** The report of `size`: what the bytes of a linked output belong to. */
import type { CallsNotAvailable, Compared } from "./calls.js";
import type { Count } from "./numbers.js";
import type { UnitSummary } from "./runs.js";

export interface SectionSize {
  readonly name: string;
  readonly bytes: Count;
  /** Whether the file has its bytes; otherwise it is memory of zeros. */
  readonly inFile: boolean;
  readonly code: boolean;
  /** Bytes of symbols. With padding and unnamed, they add up to the section's. */
  readonly named: Count;
  /** Bytes between two symbols that the alignment of the second one explains. */
  readonly padding: Count;
  /** Bytes that no symbol covers: merged constants, tables, code without symbols. */
  readonly unnamed: Count;
}

/** A function whose calls LTO inlined into another one. */
export interface InlinedFunction {
  /** Readable. */
  readonly name: string;
  readonly symbol: string;
  /** null: not of Rust. */
  readonly crate: string | null;
  /** How many calls. What was inlined into it before comes along and is not counted. */
  readonly times: Count;
}

export interface SymbolSize {
  /** Mangled. */
  readonly symbol: string;
  /** Readable. */
  readonly name: string;
  /** null: not of Rust. */
  readonly crate: string | null;
  readonly section: string;
  readonly bytes: Count;
  /** With `--inlined`, of functions that LTO made: the most frequent first. null: several modules have a function of this symbol, and others were inlined there. */
  readonly inlined?: readonly InlinedFunction[] | null;
}

export interface CrateSize {
  /** null: symbols that are not of Rust. */
  readonly crate: string | null;
  readonly bytes: Count;
  /** Those of functions. */
  readonly code: Count;
  readonly symbols: Count;
}

/** Bytes in the other unit's output, and in this one. */
export interface SizeChange {
  readonly name: string;
  readonly before: Count;
  readonly after: Count;
}

export interface SymbolChange extends SizeChange {
  /** With `--inlined`: calls inlined into it, by the function that they call, where their number differs. Absent: not known of both builds. */
  readonly inlined?: readonly InliningChange[];
}

/** Calls inlined in the other unit's build, and in this one. */
export interface InliningChange {
  readonly name: string;
  readonly before: Count;
  readonly after: Count;
}

/** Whether what was inlined is true of the build. */
export interface InliningChecked {
  /** Functions whose code after the replay that listened to the inliner is that of the stage. */
  readonly code: Compared;
  readonly notAvailable: readonly CallsNotAvailable[];
}

export interface SizesAgainst {
  readonly unit: UnitSummary;
  readonly bytes: Count;
  /** What differs, the largest difference first. */
  readonly sections: readonly SizeChange[];
  readonly crates: readonly SizeChange[];
  readonly symbols: readonly SymbolChange[];
}

export interface SizeReport {
  readonly schema: 1;
  readonly command: "size";
  readonly unit: UnitSummary;
  /** Where the build wrote it. */
  readonly file: string;
  /** Of the file: those of sections in it, and those outside of sections. */
  readonly bytes: Count;
  /** Headers, and what aligns sections. */
  readonly outside: number;
  /** In the file's order. */
  readonly sections: readonly SectionSize[];
  /** The largest first. */
  readonly crates: readonly CrateSize[];
  /** The largest first. */
  readonly symbols: readonly SymbolSize[];
  readonly against: SizesAgainst | null;
  /** null: without `--inlined`. Of both builds together, if two are compared. */
  readonly inlining: InliningChecked | null;
  readonly warnings: readonly string[];
}

/** What the bytes of one output belong to. */
export type OutputSizes = Pick<SizeReport, "file" | "bytes" | "outside" | "sections" | "crates" | "symbols">;
