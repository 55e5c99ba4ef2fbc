/** The messages between the driver and the process that reads mutated files. */
import type { Corpus } from "./corpus.js";

export interface Job {
  readonly corpus: Corpus;
  /** The name of a `Format`. */
  readonly format: string;
  readonly seed: number;
  readonly cases: readonly number[];
}

/** Sent when the process has started, before and after each case, and at the end. */
export type Told =
  | { readonly kind: "ready" }
  | { readonly kind: "begin"; readonly index: number; readonly what: string }
  | { readonly kind: "end"; readonly index: number; readonly outcome: string; readonly bad: readonly string[] }
  | { readonly kind: "done" };
