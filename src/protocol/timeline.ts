/** A run's timeline: lanes of bars, and what determined its duration. */
import type { Stage } from "./stages.js";

export interface TimelineBar {
  /** Micros since the run's first activity. */
  readonly start: number;
  readonly duration: number;
  /** rustc's activity name; "" for several combined activities. */
  readonly activity: string;
  /** null: of no single module (the analysis), or several combined activities. */
  readonly module: string | null;
  readonly shortName: string | null;
  readonly stage: Stage | null;
  /** The number of activities in this bar; 1 unless it is combined. */
  readonly count: number;
}

export interface TimelineLane {
  /** The worker, from 0 on. */
  readonly thread: number;
  readonly bars: readonly TimelineBar[];
  /** Microseconds of work within the range. */
  readonly busy: number;
}

/** A module, and the time from its first activity to its last. */
export interface TimedModule {
  readonly module: string;
  readonly shortName: string;
  readonly micros: number;
}

/** A part of a lane, in micros since the run's first activity. */
export interface LaneStretch {
  readonly thread: number;
  readonly from: number;
  readonly to: number;
}

/** What determined the duration of a run. */
export interface CriticalPath {
  /** Those that had modules. */
  readonly workers: number;
  /** Until the last module ended, with what precedes all modules. */
  readonly totalMicros: number;
  /** What no order of the modules goes below: what precedes them, and then the longest module or an even share of all, whichever is longer. */
  readonly leastMicros: number;
  readonly bound: "longest module" | "even share";
  readonly longest: TimedModule;
  /** From the start of the first module to that of the longest. */
  readonly longestAfterMicros: number;
  /** Of the difference between total and least: the time in which workers had no module left, for each on average; the rest was between their modules. */
  readonly idleMicros: number;
  /** The worker that ended last: each of its modules delayed the next. */
  readonly thread: number;
  readonly modules: number;
  readonly last: TimedModule;
  /** The longest of its modules, longest first. */
  readonly longestOfPath: readonly TimedModule[];
  /** In order: what precedes the modules, and the modules of that worker. */
  readonly stretches: readonly LaneStretch[];
}

export interface Timeline {
  readonly totalMicros: number;
  readonly from: number;
  readonly to: number;
  readonly lanes: readonly TimelineLane[];
  /** Activities in the range, and the number of combined bars. */
  readonly activities: number;
  readonly putTogether: number;
  /** Of the whole run, whatever the range; null: fewer than two modules were timed, or all are linked into one. */
  readonly critical: CriticalPath | null;
}
