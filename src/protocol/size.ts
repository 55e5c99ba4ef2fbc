/** The report of `size`: what the bytes of a linked output belong to. */
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

export interface SymbolSize {
  /** Mangled. */
  readonly symbol: string;
  /** Readable. */
  readonly name: string;
  /** null: not of Rust. */
  readonly crate: string | null;
  readonly section: string;
  readonly bytes: Count;
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

export interface SizesAgainst {
  readonly unit: UnitSummary;
  readonly bytes: Count;
  /** What differs, the largest difference first. */
  readonly sections: readonly SizeChange[];
  readonly crates: readonly SizeChange[];
  readonly symbols: readonly SizeChange[];
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
  readonly warnings: readonly string[];
}

/** What the bytes of one output belong to. */
export type OutputSizes = Pick<SizeReport, "file" | "bytes" | "outside" | "sections" | "crates" | "symbols">;
