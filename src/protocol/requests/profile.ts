/** Requests of the client: where the time and the memory of a run's LTO go. */
import type { UnitName } from "../ir.js";
import type { Count } from "../numbers.js";
import type { CostlyRuns } from "../profile.js";
import type { Excerpt } from "../views.js";
import { request, type NoParams, type WithProgress } from "./declare.js";

export const profileRequests = {
  /**
   * Traces the passes of all modules of a run, or of one. Traces are kept, also those of a request that is cancelled, so the next one continues there.
   * Fails with NothingToInspect for a run that does not record its inputs.
   */
  profile: request<ProfileScope & WithProgress, ProfileView>("lto/profile"),
  /** Writes the profile of a run to a file. Fails as `profile` does. */
  exportProfile: request<{ readonly run: string; readonly uri: string; readonly as: ProfileFormat } & WithProgress, NoParams>(
    "lto/exportProfile",
  ),
} as const;

/** What a profile can be written as: a timeline in Chrome's trace event format, stacks for flame graphs, or the report of `profile --json`. */
export const PROFILE_FORMATS = ["perfetto", "folded", "json"] as const;

export type ProfileFormat = (typeof PROFILE_FORMATS)[number];

export interface ProfileScope {
  readonly run: string;
  /** Only this module; absent: all. */
  readonly module?: string;
}

/** What a frame stands for: a part of LTO, what runs passes, what a stage took besides, or parts that are too small for frames of their own. */
export type FrameKind = "crate" | "module" | "stage" | "pass" | "function" | "managers" | "rest" | "smaller";

/** Time and memory of some runs of passes. */
export interface ProfileSums {
  readonly millis: number;
  readonly runs: Count;
  /** Runs that changed a function. */
  readonly changed: Count;
  /** The most memory that one run had allocated at once, in bytes; null: this system does not tell. */
  readonly peakBytes: Count | null;
}

/** A frame of the flame graph. */
export interface ProfileFrame extends ProfileSums {
  readonly kind: FrameKind;
  /** The index of the frame that it is a part of, which comes before it; -1: none. */
  readonly parent: number;
  /** Readable; empty for managers, rest and smaller parts. */
  readonly name: string;
  /** A module's name, or a function's symbol; null: neither. */
  readonly key: string | null;
  /** How many parts it stands for; 1 unless these are smaller ones. */
  readonly count: Count;
  /** Its width in a graph of memory: the peaks of its functions together. */
  readonly allBytes: Count;
}

/** A row of the table: a crate, a module, a pass, or a function in one module. */
export interface ProfileRow extends ProfileSums {
  readonly name: string;
  /** A module's name, or a function's symbol; null: neither. */
  readonly key: string | null;
  /** The crate of a module, or the module of a function; null: it has none. */
  readonly within: string | null;
  /** What took most of its time: the module of a crate, the pass of a module or function, the function of a pass. */
  readonly most: { readonly name: string; readonly millis: number } | null;
}

export interface ProfileView {
  readonly unit: UnitName;
  /** As requested; null: all. */
  readonly module: string | null;
  /** The analysis, which is not part of `millis`. */
  readonly analysisMillis: number;
  /** The stages of the modules, as measured by the clock when they were made. */
  readonly millis: number;
  /** All parts together: more than `millis` where passes took longer in the traced replay. */
  readonly attributedMillis: number;
  /** Passes and what runs them, on the processor. */
  readonly processorMillis: number;
  /** Whether the system tells how much memory passes allocate. */
  readonly hasMemory: boolean;
  /** The parts of a frame add up to it. */
  readonly frames: readonly ProfileFrame[];
  readonly crates: Excerpt<ProfileRow>;
  readonly modules: Excerpt<ProfileRow>;
  readonly passes: Excerpt<ProfileRow>;
  readonly functions: Excerpt<ProfileRow>;
  /** Functions on which a pass spent out of proportion, most time first. */
  readonly outliers: readonly CostlyRuns[];
  /** Modules that could not be traced. */
  readonly notAvailable: Excerpt<{ readonly module: string; readonly why: string }>;
  readonly warnings: Excerpt<string>;
}
