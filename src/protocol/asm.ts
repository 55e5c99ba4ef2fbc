/** The report of `asm` (`schema` 1): assembly after LTO. */
import type { UnitName } from "./ir.js";
import type { Count } from "./numbers.js";

export interface AssemblyPlace {
  /** As the line table names it. */
  readonly file: string;
  readonly line: Count;
  /** null: the line table has none. */
  readonly column: Count | null;
}

export interface AssemblyLine {
  readonly text: string;
  /** Where an instruction is written; null: it has no place, or the line is no instruction. */
  readonly at: AssemblyPlace | null;
}

/** What code generation says about a function. */
export interface AssemblyFigures {
  /** Of the machine code; null: LLVM's assembler refused the text. */
  readonly bytes: Count | null;
  /** Of the frame; null: LLVM does not tell. */
  readonly stackBytes: Count | null;
  /** Stores of registers to the stack, and loads of them. */
  readonly spills: Count;
  readonly reloads: Count;
  /** The slots of these, and of registers that are saved for the caller. */
  readonly spillBytes: Count;
  readonly instructions: Count | null;
  /** By number, the most frequent first. */
  readonly mix: readonly { readonly mnemonic: string; readonly count: Count }[];
}

/** Whether the text is true: LLVM's own assembler makes machine code of it, which is compared with the function in an object. */
export interface AssemblyCheck {
  /** Bytes and relocations; null: not compared. */
  readonly result: "equal" | "different" | null;
  /** The object that has been compared: rustc's own, or, where the build left none, the replay's; null: none. */
  readonly with: "rustc" | "replay" | null;
  /** A sentence: what differs, or why nothing was compared; null: it is equal. */
  readonly why: string | null;
}

/** A function in one module. */
export interface FunctionAssembly extends AssemblyFigures {
  readonly name: string;
  readonly symbol: string;
  readonly module: string;
  readonly checked: AssemblyCheck;
  readonly lines: readonly AssemblyLine[];
}

/** A function in two builds. */
export interface AssemblyDifference {
  readonly name: string;
  /** null: the build has no such function. */
  readonly before: AssemblyFigures | null;
  readonly after: AssemblyFigures | null;
  /** Unified diff, in which labels are numbered alike and symbols have their readable names; empty: the instructions are the same. */
  readonly patch: string;
}

export interface AssemblyReport {
  readonly schema: 1;
  readonly command: "asm";
  readonly unit: UnitName;
  /** As requested. */
  readonly function: string;
  /** null: every module. */
  readonly module: string | null;
  /** Directives that only debuggers and unwinders need are included. */
  readonly raw: boolean;
  /** The function in every module with a copy of it. */
  readonly functions: readonly FunctionAssembly[];
  /** The lines of the source that instructions are from, as the capture kept it. */
  readonly sources: readonly { readonly file: string; readonly line: Count; readonly text: string }[];
  /** The other build, and what differs from it; null: none was requested. */
  readonly against: { readonly unit: UnitName; readonly differences: readonly AssemblyDifference[] } | null;
  readonly warnings: readonly string[];
}
