/** Engine requests: source locations of a module's code. */
import type { FunctionsParams, SourceLine } from "./ir.js";
import { stateless } from "./request.js";

/** `origins`: the source locations of a module's code, from debug info; without it, all lists are empty. Same parameters as `functions`. */
export interface OriginsResult {
  readonly written: readonly WrittenFunction[];
  readonly functions: readonly FunctionOrigins[];
  /** Files that the compiler read, other than the standard library's. */
  readonly files: readonly SourceFile[];
  /** Only with full debug info. */
  readonly types: readonly WrittenType[];
}

/** A function of the sources. */
export interface WrittenFunction {
  /** Its symbol, or the one it would have if it had not been inlined everywhere. */
  readonly symbol: string;
  /** Readable, with generic arguments. */
  readonly name: string;
  readonly source: SourceLine;
}

/** The sources of one function of the module. */
export interface FunctionOrigins {
  readonly symbol: string;
  readonly parts: readonly FramePart[];
}

/** The instructions of one function that come from another, or from itself. */
export interface FramePart {
  /** Index in {@link OriginsResult.written}. */
  readonly written: number;
  /** Hash of the instructions in any order, without numbering and lines. */
  readonly hash: string;
  /** 0: the function itself; otherwise the number of functions through which it was inlined. */
  readonly depth: number;
}

export interface SourceFile {
  readonly file: string;
  /** As the compiler computed it when it read the file. */
  readonly checksum: string;
}

export interface WrittenType {
  readonly name: string;
  /** Hash of the names and types of fields and variants: a type that contains another one does not change when that one grows. */
  readonly hash: string;
}

export const originRequests = {
  origins: stateless<FunctionsParams, OriginsResult>({ loads: true }),
};
