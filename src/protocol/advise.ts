/** The report of `advise`: what a build's LTO costs and gives under other settings. */
import type { LtoErrorReport } from "./errors.js";
import type { Count } from "./numbers.js";
import type { UnitSummary } from "./runs.js";
import type { InliningChange, InliningChecked, SymbolChange } from "./size.js";

/** How the output of a setting was made. */
export type AdvisedBy =
  /** LTO, code generation and the link of the captured build, with this setting. */
  | "replayed"
  /** A build of its own, captured. */
  | "captured"
  /** A build of its own in which rustc does no LTO, so there is nothing to capture. */
  | "built";

/** Compared with the first setting; settings with the same program have the same result. */
export type BenchmarkVerdict =
  /** It is the first setting. */
  | "baseline"
  | "faster"
  | "slower"
  /** No difference that exceeds the noise, and none of 5 % or more. */
  | "no-difference"
  /** The same program, run twice in each round, differs from itself; or the interval leaves room for a difference of 5 % or more. */
  | "too-noisy"
  /** Too few rounds to tell. */
  | "too-few-runs"
  /** The command failed with this program. */
  | "failed";

export interface BenchmarkResult {
  /** Without the time to start a command that does nothing; null: it failed. */
  readonly medianMillis: number | null;
  /** Half of the runs are between these two, in milliseconds; null: it failed. */
  readonly quartiles: readonly [low: number, high: number] | null;
  /** Without the warm-up. */
  readonly runs: Count;
  readonly verdict: BenchmarkVerdict;
  /** Median time of the processor in the program and what it starts, outside of the kernel; null: it failed, or this system does not tell. */
  readonly userMillis: number | null;
  /** Median of instructions outside of the kernel; null: it failed, or this machine does not count them. */
  readonly instructions: Count | null;
  /** Its time divided by that of the first setting: the confidence interval; null: it is the first, or too few runs. */
  readonly ratio: readonly [low: number, high: number] | null;
}

export interface SectionBytes {
  readonly name: string;
  readonly bytes: Count;
}

export interface CrateBytes {
  /** null: symbols that are not of Rust. */
  readonly crate: string | null;
  readonly bytes: Count;
}

/** What an edit of one function of the crate makes rustc re-compile, by the keys of what was replayed. */
export interface AdvisedEdits {
  /** Modules of LTO. */
  readonly modules: Count;
  /** Those that rustc can re-use: the crate's own, in an incremental build with ThinLTO. Every build re-compiles the others. */
  readonly reusable: Count;
  /** Functions of the crate, each of which an edit could be of. */
  readonly functions: Count;
  /** How many of the reusable modules an edit re-compiles: at most this many for half of the functions. */
  readonly median: Count;
  /** For the function that reaches most. */
  readonly most: Count;
  /** Its readable name; null: there is none. */
  readonly mostBy: string | null;
}

export interface AdvisedSetting {
  /** "as built", or the setting as it was given: "lto=fat,codegen-units=1". */
  readonly name: string;
  readonly by: AdvisedBy;
  /** The capture that was replayed; null: nothing was. */
  readonly unit: string | null;
  /** "thin", "fat", "thin-local" or "off". */
  readonly lto: string;
  /** Of LTO and code generation. */
  readonly optLevel: string;
  /** As they were given to LLVM beyond the build's own. */
  readonly llvmArgs: readonly string[];
  /** The build's time in this call, in milliseconds of the clock: little where everything was up to date; null: nothing was built. */
  readonly buildMillis: number | null;
  /** Analysis, passes and code generation of the replay, on all threads, in milliseconds of the clock; null: nothing was replayed. */
  readonly ltoMillis: number | null;
  /** Of the linker; null: nothing was replayed. */
  readonly linkMillis: number | null;
  /** Of the engine process; null: nothing was replayed. */
  readonly peakMemoryBytes: Count | null;
  /** Whether the replay's output is that of the setting's own build, to the byte; null: it has none, or nothing was replayed. */
  readonly identical: boolean | null;
  readonly fileBytes: Count;
  /** Sections with functions. */
  readonly textBytes: Count;
  /** Those in the file, in its order. */
  readonly sections: readonly SectionBytes[];
  /** The largest first. */
  readonly crates: readonly CrateBytes[];
  /** null: nothing was replayed. */
  readonly edits: AdvisedEdits | null;
  /** Functions and other symbols whose sizes differ most from the first setting's, the largest difference first. */
  readonly symbols: readonly SymbolChange[];
  /**
   * Calls inlined in the first setting and in this one, by the function that they call, where their number differs; the largest difference first. null: not
   * asked for, or not known of both.
   */
  readonly inlined: readonly InliningChange[] | null;
  /** The linked output. */
  readonly output: string;
  /** The first setting that has the same output, to the byte; null: none before it. */
  readonly sameOutputAs: string | null;
  /** Lines to add to use it, with the file's name in a comment; null: the build's own, or nothing that a build can have. */
  readonly snippet: string | null;
  /** Whether it was measured earlier. */
  readonly kept: boolean;
  /** null: without `--bench`. */
  readonly benchmark: BenchmarkResult | null;
}

export interface FailedSetting {
  readonly name: string;
  readonly error: LtoErrorReport;
}

/** How the outputs were run. */
export interface BenchmarkSetup {
  readonly command: string;
  readonly rounds: Count;
  /** The time of a command of the shell that does nothing, in milliseconds; it was taken off every run's time. */
  readonly startMillis: number;
  /** The probability with which any verdict of a difference may be wrong if there is none. */
  readonly error: number;
  /** The first setting against itself: the confidence interval of the ratio; null: too few runs. */
  readonly noise: readonly [low: number, high: number] | null;
}

/** What Criterion estimates of one function in one setting's program. */
export interface CriterionEstimate {
  readonly setting: string;
  /** The median time of an iteration, in nanoseconds; null: this program failed, or does not have the function. */
  readonly nanos: number | null;
  /** Criterion's confidence interval of it. */
  readonly interval: readonly [low: number, high: number] | null;
  readonly verdict: BenchmarkVerdict;
  /** Its time divided by that of the first setting, from both intervals; null: it is the first, or failed. */
  readonly ratio: readonly [low: number, high: number] | null;
}

export interface CriterionBenchmark {
  /** Criterion's id: "group/function/100". */
  readonly id: string;
  /** The first setting against itself, from both intervals; null: it failed. */
  readonly noise: readonly [low: number, high: number] | null;
  /** Of the settings that have a program of their own, in their order. */
  readonly estimates: readonly CriterionEstimate[];
}

export interface CriterionResults {
  readonly command: string;
  readonly benchmarks: readonly CriterionBenchmark[];
}

export interface AdviseReport {
  readonly schema: 1;
  readonly command: "advise";
  readonly unit: UnitSummary;
  /** The first is the build's own. */
  readonly settings: readonly AdvisedSetting[];
  readonly failed: readonly FailedSetting[];
  readonly bench: BenchmarkSetup | null;
  /** Of a program that uses Criterion, which `bench` then does not measure; null: it does not, or nothing was run. */
  readonly criterion: CriterionResults | null;
  /** Of all settings together; null: not asked for. */
  readonly inlining: InliningChecked | null;
  /** What was left as the build has it. */
  readonly notVaried: readonly string[];
  readonly warnings: readonly string[];
}
