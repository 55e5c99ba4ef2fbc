/** Engine requests: the assembly of a module, and the machine code of functions in an object. */
import type { Timing } from "../runs.js";
import { ofUnit, stateless } from "./request.js";
import type { ObjectSettings, SavedFile } from "./stages.js";

/**
 * `assembly`: takes one module of an analysed unit through all its stages, generates its assembly, and writes its assembly to a blob: a line
 * of JSON that is a `ModuleAssembly`, and for each function, in the same order, a line that is a `FunctionText`.
 */
export interface AssemblyParams {
  readonly unit: string;
  readonly module: string;
  /** Folder of content-addressed blobs. */
  readonly blobs: string;
  readonly settings: ObjectSettings;
  /**
   * Names of functions without the suffix of promoted locals: the bodies of all others are dropped before code generation, so that the result has to be
   * compared with an object. Absent: all functions.
   */
  readonly only?: readonly string[];
}

export interface AssemblyResult extends SavedFile {
  readonly timings: readonly Timing[];
  readonly peakMemoryBytes: number;
}

/** The machine code of a function. */
export interface FunctionCode {
  readonly bytes: number;
  /** BLAKE3-256 of its bytes and relocations, these with names, so that two objects can be compared. */
  readonly digest: string;
}

export interface FunctionText {
  readonly symbol: string;
  /** LLVM's lines: constants, code, jump tables, exception handling, with directives and comments. */
  readonly text: string;
  /** What LLVM's assembler makes of the text; null: it refused the module's. */
  readonly code: FunctionCode | null;
  /** Of the frame; null: LLVM does not tell. */
  readonly stackBytes: number | null;
  /** Stores of registers to the stack, and loads of them. */
  readonly spills: number;
  readonly reloads: number;
  /** The slots that these use, and the registers saved for the caller. */
  readonly spillBytes: number;
  readonly instructions: number | null;
  /** Mnemonics with the number of instructions. */
  readonly mix: readonly (readonly [string, number])[];
}

/** The first line of the blob that `assembly` writes. */
export interface ModuleAssembly {
  readonly schema: 3;
  readonly module: string;
  /** How the text begins a comment: "#". */
  readonly comment: string;
  /** The `.file` directives, to which `.loc` directives refer. */
  readonly files: readonly string[];
  /** In the order of the module: symbols, and the bytes of their lines, line breaks included. */
  readonly functions: readonly (readonly [symbol: string, bytes: number])[];
  /** Of all functions that become machine code, in the order of the module. */
  readonly symbols: readonly string[];
  /** Why LLVM's assembler refused the text; null: it did not. */
  readonly notAssembled: string | null;
}

/** `functionCode`: the code of functions that an object defines. */
export interface FunctionCodeParams {
  readonly file: string;
  /** Symbols. */
  readonly functions: readonly string[];
}

export interface FunctionCodeResult {
  /** In the order of the request; null: the object does not define the function. */
  readonly functions: readonly (FunctionCode | null)[];
}

export const assemblyRequests = {
  assembly: ofUnit<AssemblyParams, AssemblyResult>({ progress: true }),
  functionCode: stateless<FunctionCodeParams, FunctionCodeResult>({ loads: true }),
};
