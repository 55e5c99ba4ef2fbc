/** Engine requests: object files and linked files. */
import type { PackedNumbers } from "./packed-numbers.js";
import { stateless } from "./request.js";

/** `compareObjects`: in which sections two objects or linked files differ. */
export interface CompareObjectsParams {
  readonly ours: string;
  readonly theirs: string;
  /** The maximum number of sections, and of symbols of each. */
  readonly most: number;
}

export interface SectionDifference {
  /** "": the headers. */
  readonly section: string;
  readonly why: string;
  /** Symbols whose bytes differ. */
  readonly symbols: readonly string[];
}

export interface CompareObjectsResult {
  /** In the order of our file; empty: the files are equal. */
  readonly sections: readonly SectionDifference[];
  /** The number of further sections that differ. */
  readonly more: number;
}

/** `writeArchive`: an archive as rustc writes it. */
export interface WriteArchiveParams {
  /** In order; each is a file, or a part of one. */
  readonly members: readonly {
    readonly name: string;
    readonly file: string;
    readonly position?: number;
    readonly length?: number;
  }[];
  readonly output: string;
}

/** `sectionSizes`: what the sections of an object or a linked file are made of. */
export interface SectionSizesParams {
  readonly file: string;
}

export interface SectionSizes {
  readonly name: string;
  readonly size: number;
  /** Whether the file has its bytes; otherwise it is memory of zeros. */
  readonly inFile: boolean;
  readonly code: boolean;
  /**
   * Rows of three, in order of addresses: 0, the number of a symbol, and bytes; 1 for padding, -1, and bytes; 2 for bytes that no symbol covers, -1, and their
   * number. They add up to the section's size.
   */
  readonly parts: PackedNumbers;
}

export interface SectionSizesResult {
  /** Of the file. */
  readonly bytes: number;
  /** In the file's order, without empty ones. */
  readonly sections: readonly SectionSizes[];
  /** Mangled. */
  readonly symbols: readonly string[];
}

export const objectRequests = {
  sectionSizes: stateless<SectionSizesParams, SectionSizesResult>({ loads: true }),
  writeArchive: stateless<WriteArchiveParams, Record<string, never>>({ loads: true }),
  compareObjects: stateless<CompareObjectsParams, CompareObjectsResult>({ loads: true }),
};
