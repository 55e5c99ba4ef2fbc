/** Requests of the client: assembly of functions. */
import type { SourcePlace } from "../calls.js";
import type { Subject } from "../uris.js";
import { request, type WithProgress } from "./declare.js";

export const assemblyOfRuns = {
  /**
   * The assembly of a function of a run, in every module with a copy of it. Fails with UnknownFunction for a function without machine code, and with
   * IncompleteUnit where code generation is not known.
   */
  assembly: request<AssemblyChoice & WithProgress, AssemblyView>("lto/assembly"),
  /** The same function in another run or capture, of any build, with labels and symbols made alike. Fails as `assembly` does for the run's function. */
  compareAssembly: request<AssemblyChoice & { readonly against: Subject } & WithProgress, AssemblyComparison>("lto/compareAssembly"),
  /** The functions at a line of a source file, as LTO got them: generic ones can be several. */
  functionsAt: request<FunctionsAtChoice & WithProgress, FunctionsAt>("lto/functionsAt"),
} as const;

export interface FunctionsAtChoice {
  readonly run: string;
  readonly uri: string;
  /** The content of the file in the editor. */
  readonly text: string;
  /** From 0. */
  readonly line: number;
}

export interface FunctionsAt {
  /** The innermost function around the line, by its path in the file; null: there is none. */
  readonly written: string | null;
  /** Readable names, at most 200. */
  readonly names: readonly string[];
}

export interface AssemblyChoice {
  readonly run: string;
  /** A symbol, a readable name, or part of either. */
  readonly symbol: string;
  /** Only this module's copy, also of a function that passes made. */
  readonly module?: string;
}

/** A document of assembly. */
export interface AssemblyView {
  /** The readable name of the function. */
  readonly name: string;
  /** At most 20,000 lines. */
  readonly lines: readonly string[];
  /** Of the lines that have a place in a file that can be opened: the number of the line, from 0, and its place. */
  readonly places: readonly { readonly line: number; readonly at: SourcePlace }[];
}

export interface AssemblyComparison {
  /** The run is of the later build, or the later one of two of one build, and so on the right. */
  readonly isLater: boolean;
  /** The readable name of the first function that was compared. */
  readonly name: string;
  /** How many functions differ. */
  readonly differing: number;
  /** Of those that differ, at most 20. */
  readonly pairs: readonly AssemblyPair[];
}

/** A function in two builds; null: the build has no such function. */
export interface AssemblyPair {
  readonly name: string;
  readonly left: AssemblyView | null;
  readonly right: AssemblyView | null;
}
