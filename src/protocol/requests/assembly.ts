/** Requests of the client: assembly of functions. */
import type { SourcePlace } from "../calls.js";
import { request, type WithProgress } from "./declare.js";

export const assemblyOfRuns = {
  /**
   * The assembly of a function of a run, in every module with a copy of it; `symbol` is a symbol, a readable name, or part of either. Fails with
   * UnknownFunction for a function without machine code, and with IncompleteUnit where code generation is not known.
   */
  assembly: request<{ readonly run: string; readonly symbol: string } & WithProgress, AssemblyView>("lto/assembly"),
} as const;

/** A document of assembly. */
export interface AssemblyView {
  /** The readable name of the function. */
  readonly name: string;
  /** At most 20,000 lines. */
  readonly lines: readonly string[];
  /** Of the lines that have a place in a file that can be opened: the number of the line, from 0, and its place. */
  readonly places: readonly { readonly line: number; readonly at: SourcePlace }[];
}
