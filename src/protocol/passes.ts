/** The reports of `passes` (`schema` 1): what the passes of LTO did to a module, or to one of its functions. */
import type { UnitName } from "./ir.js";
import type { Count } from "./numbers.js";

export const PASS_SUBJECTS = ["module", "scc", "function", "loop"] as const;

/** What a pass runs on. */
export type PassSubject = (typeof PASS_SUBJECTS)[number];

/** What can change in a function: its instructions; its type, linkage, attributes and the like; whether it is defined. */
export type PassChange = "code" | "header" | "created" | "removed";

/** Sums over runs. Times are time on the processor, without what the trace took. */
export interface PassSums {
  readonly runs: Count;
  /** Runs that changed a function. */
  readonly changed: Count;
  readonly millis: number;
  /** The most memory that one run had allocated at once, in bytes. null: this system does not tell. */
  readonly peakBytes: Count | null;
}

/** A function and the time that a pass spent on it. */
export interface TimeOnFunction {
  /** Readable. */
  readonly function: string;
  /** null: the pass ran on the whole module. */
  readonly symbol: string | null;
  readonly millis: number;
}

export interface PassRow extends PassSums {
  /** LLVM's name, such as "InstCombinePass". */
  readonly pass: string;
  /** The function on which it spent most. */
  readonly most: TimeOnFunction | null;
}

export interface FunctionPassRow extends PassSums {
  /** Readable. */
  readonly function: string;
  /** null: passes on the whole module. */
  readonly symbol: string | null;
  /** The pass that spent most on it. */
  readonly most: { readonly pass: string; readonly millis: number } | null;
}

/** `passes UNIT MODULE`. */
export interface ModulePassesReport {
  readonly schema: 1;
  readonly command: "passes";
  readonly unit: UnitName;
  readonly module: string;
  /** Readable. */
  readonly moduleName: string;
  readonly function: null;
  /** Of all runs that the filters let through. */
  readonly sums: PassSums;
  /** For all passes, with what runs them; whatever the filters. */
  readonly millis: number;
  /** Most time first. */
  readonly passes: readonly PassRow[];
  /** Most time first; a pass on several functions at once counts for each in equal parts. */
  readonly functions: readonly FunctionPassRow[];
  /** Changes that the trace missed, by a second one that hashes every function after every run; null: not asked for. */
  readonly missed: readonly { readonly pass: string; readonly function: string; readonly symbol: string }[] | null;
  readonly warnings: readonly string[];
}

export interface PassRunRow {
  /** The number of the run in the module, from 0 on, in the order in which runs began. */
  readonly run: Count;
  readonly pass: string;
  readonly subject: PassSubject;
  /** What it changed in the function; empty: nothing. */
  readonly changed: readonly PassChange[];
  /** Instructions of the function after minus before. */
  readonly instructions: number;
  readonly millis: number;
  /** Lines with the text of `--text` that it added and removed; absent: not asked for. */
  readonly lines?: { readonly added: readonly string[]; readonly removed: readonly string[] };
}

/** A line of a function, and the run that made it. */
export interface BlameRow {
  readonly line: string;
  /** null: it was like that before the passes. */
  readonly run: Count | null;
  readonly pass: string | null;
}

/** One side of a comparison. */
export interface PartingSide {
  /** null: no such pass ran here in this place. */
  readonly run: Count | null;
  readonly changed: boolean;
}

/** The first pass that decided otherwise than in another replay. */
export interface PassParting {
  /** null: the function differs before the passes. */
  readonly pass: string | null;
  /** Changes before it, equal in both. */
  readonly equal: Count;
  readonly here: PartingSide;
  readonly there: PartingSide;
  /** Unified diff from the other replay to this one, after that pass. */
  readonly patch: string;
}

export interface PassesAgainst {
  readonly unit: UnitName;
  readonly module: string;
  readonly symbol: string;
  /** null: all passes decided alike. */
  readonly first: PassParting | null;
}

/** `passes UNIT MODULE --function F`. */
export interface FunctionPassesReport {
  readonly schema: 1;
  readonly command: "passes";
  readonly unit: UnitName;
  readonly module: string;
  /** Readable. */
  readonly moduleName: string;
  /** Readable. */
  readonly function: string;
  readonly symbol: string;
  /** All runs for the function, whatever the filters: on it, on groups and loops with it, and on the whole module. */
  readonly runs: Count;
  /** In order. */
  readonly list: readonly PassRunRow[];
  /** Unified diff of the function over the run of `--at`; null: not asked for. */
  readonly at: { readonly run: Count; readonly pass: string; readonly patch: string } | null;
  /** The function after the passes, or after the run of `--at`; null: not asked for. */
  readonly blame: readonly BlameRow[] | null;
  /** null: not asked for. */
  readonly against: PassesAgainst | null;
  readonly warnings: readonly string[];
}
