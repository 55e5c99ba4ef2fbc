/** Engine requests: functions and text of LLVM IR in files. */
import { stateless } from "./request.js";

/** `functions`: every function of a module, for lists and for diffs by function. */
export interface FunctionsParams {
  readonly file: string;
  /** A member, if the file is an archive. */
  readonly member?: string;
}

export interface FunctionInfo {
  readonly name: string;
  readonly demangled: string;
  readonly linkage: string;
  readonly declaration: boolean;
  readonly instructions: number;
  /** Hash of the body that does not depend on numbering, names of locals, debug info or metadata; empty for a declaration. */
  readonly hash: string;
  /** Hash of what precedes the body: type, linkage, visibility, attributes, section and the like; not the name. */
  readonly headerHash: string;
  /** Hash of everything that the text shows, with numbering stable. */
  readonly textHash: string;
  /** Its first line, from debug info; null: there is no debug info. */
  readonly source: SourceLine | null;
}

/** A line of a source file, counted from 1. */
export interface SourceLine {
  readonly file: string;
  readonly line: number;
}

export interface GlobalInfo {
  readonly name: string;
  readonly demangled: string;
  readonly kind: "variable" | "alias" | "ifunc";
  readonly linkage: string;
  readonly declaration: boolean;
  /** Hash of linkage, attributes and initial value; empty for a declaration. */
  readonly hash: string;
}

export interface FunctionsResult {
  readonly functions: readonly FunctionInfo[];
  readonly globals: readonly GlobalInfo[];
}

/** `print`: LLVM IR text of a module or of one function. */
export interface PrintParams {
  readonly file: string;
  readonly member?: string;
  /** Mangled or demangled name. */
  readonly function?: string;
  /** The maximum length in characters; the result tells if text was cut. */
  readonly limit: number;
}

export interface PrintResult {
  readonly text: string;
  readonly truncated: boolean;
  readonly totalBytes: number;
  /** BLAKE3-256 (hex) of the whole text without the line that names the module: equal for two files with the same text. */
  readonly digest: string;
}

export const irRequests = {
  functions: stateless<FunctionsParams, FunctionsResult>({ loads: true }),
  print: stateless<PrintParams, PrintResult>({ loads: true }),
};
