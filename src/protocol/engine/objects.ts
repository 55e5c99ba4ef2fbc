/** Engine requests: object files and linked files. */
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

export const objectRequests = {
  compareObjects: stateless<CompareObjectsParams, CompareObjectsResult>({ loads: true }),
};
