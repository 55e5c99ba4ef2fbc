/** Engine requests: where the code of a module was written. */
import type { FunctionsParams, SourceLine } from "./ir.js";
import { stateless } from "./request.js";

/** `origins`: where the code of a module was written, from debug info; all lists are empty without it. Takes what `functions` takes. */
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
  /** The symbol that it has, or would have if it had not been copied everywhere. */
  readonly symbol: string;
  /** Readable, with generic arguments. */
  readonly name: string;
  readonly source: SourceLine;
}

/** What was written where of one function of the module. */
export interface FunctionOrigins {
  readonly symbol: string;
  readonly parts: readonly FramePart[];
}

/** The instructions of one function that were written in another, or in itself. */
export interface FramePart {
  /** Index in {@link OriginsResult.written}. */
  readonly written: number;
  /** Of the instructions in any order; neither numbering nor lines are in it. */
  readonly hash: string;
  /** 0: the function itself; otherwise through how many functions it was copied. */
  readonly depth: number;
}

export interface SourceFile {
  readonly file: string;
  /** As the compiler computed it when it read the file. */
  readonly checksum: string;
}

export interface WrittenType {
  readonly name: string;
  /** Of the names and types of fields and variants: a type that holds another one stays the same when that one grows. */
  readonly hash: string;
}

export const originRequests = {
  origins: stateless<FunctionsParams, OriginsResult>({ loads: true }),
};
