/** What an error tells the user, and a compiler's messages about a failed build. For names and kinds of errors see error-table.ts. */
import type { Count } from "./numbers.js";
import type { LtoErrorName } from "./error-table.js";

/** A place in a file: UTF-16 units, both from 0. */
export interface TextPlace {
  readonly line: Count;
  readonly character: Count;
}

/** A compiler message about a source file in a failed build. */
export interface BuildProblem {
  readonly severity: "error" | "warning";
  /** "E0308", "unused_variables"; null: rustc gives none. */
  readonly code: string | null;
  /** The message, rustc's label for the location, and its notes: one line each. */
  readonly message: string;
  /** Absolute. For errors without a source location (the linker's): the crate's root. */
  readonly file: string;
  readonly start: TextPlace;
  readonly end: TextPlace;
}

/** What the user sees: what failed, on what, and how to fix it. */
export interface LtoErrorReport {
  readonly name: LtoErrorName;
  /** One sentence: the action and the failure, including LLVM's own words. */
  readonly message: string;
  /** The output of a failed program (Cargo, rustup): many lines. */
  readonly output?: string;
  /** The affected file, if any. */
  readonly file?: string;
  /** The affected module, if any. */
  readonly module?: string;
  /** The current stage, if any. */
  readonly stage?: string;
  /** What to do now. */
  readonly help?: string;
  /** BuildFailed: the compiler's messages, errors first. */
  readonly problems?: readonly BuildProblem[];
}

/** The output of `--json` for a command that fails. */
export interface ErrorReport {
  readonly error: LtoErrorReport;
}
