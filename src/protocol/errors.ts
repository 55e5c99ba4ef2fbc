/** What an error tells the user, and what a compiler says of a build that failed. The names, and what kind of error each is: error-table.ts. */
import type { Count } from "./numbers.js";
import type { LtoErrorName } from "./error-table.js";

/** A place in a file: UTF-16 units, both from 0. */
export interface TextPlace {
  readonly line: Count;
  readonly character: Count;
}

/** What the compiler says of a source in a build that failed. */
export interface BuildProblem {
  readonly severity: "error" | "warning";
  /** "E0308", "unused_variables"; null: rustc gives none. */
  readonly code: string | null;
  /** The message, what rustc says of the place, and its notes: one line each. */
  readonly message: string;
  /** Absolute. Of what has no place in a source (the linker's errors): the crate's root. */
  readonly file: string;
  readonly start: TextPlace;
  readonly end: TextPlace;
}

/** What the user sees: what failed, on what, and how to fix it. */
export interface LtoErrorReport {
  readonly name: LtoErrorName;
  /** One sentence: what was being done and what went wrong, LLVM's own words included. */
  readonly message: string;
  /** What a program printed that failed (Cargo, rustup): many lines. */
  readonly output?: string;
  /** The file it happened to, if it was one. */
  readonly file?: string;
  /** The module it happened to, if it was one. */
  readonly module?: string;
  /** The stage under way, if one was. */
  readonly stage?: string;
  /** What to do now. */
  readonly help?: string;
  /** BuildFailed: what the compiler says, errors first. */
  readonly problems?: readonly BuildProblem[];
}

/** What `--json` writes of a command that fails. */
export interface ErrorReport {
  readonly error: LtoErrorReport;
}
