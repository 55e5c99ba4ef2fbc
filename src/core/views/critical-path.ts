/** What determined the duration of a run: the worker that ended last, and what no order of the modules goes below. Pure functions. */
import { shortModuleName } from "../../protocol/module-names.js";
import type { Timing } from "../../protocol/runs.js";
import type { CriticalPath, LaneStretch, TimedModule } from "../../protocol/timeline.js";

/** How many of the path's modules are named. */
const NAMED = 3;

/** A module's time, in micros since the run's first activity. */
interface Stretch extends LaneStretch {
  readonly module: string;
}

/**
 * A worker only waits when no module is left, so each module delayed the next one of its worker. The critical path therefore has all modules of the worker that
 * ended last, and before them what precedes all modules.
 *
 * @returns null if fewer than two modules were timed: nothing was waited for
 */
export function criticalPathOf(timings: readonly Timing[]): CriticalPath | null {
  const stretches = stretchesOf(timings);
  const [first] = stretches;
  if (first === undefined || stretches.length < 2) return null;
  const begin = stretches.reduce((least, { from }) => Math.min(least, from), Infinity);
  const last = stretches.reduce((latest, stretch) => (stretch.to > latest.to ? stretch : latest), first);
  const longest = stretches.reduce((most, stretch) => (lengthOf(stretch) > lengthOf(most) ? stretch : most), first);
  const ends = new Map<number, number>();
  for (const { thread, to } of stretches) ends.set(thread, Math.max(to, ends.get(thread) ?? 0));
  const share = stretches.reduce((sum, stretch) => sum + lengthOf(stretch), 0) / ends.size;
  const path = stretches.filter(({ thread }) => thread === last.thread);
  const preceding = begin > 0 ? [{ thread: firstThread(timings), from: 0, to: begin }] : [];
  return {
    workers: ends.size,
    totalMicros: last.to,
    // The parts of a module that an exiting engine interrupted are apart, and the time between them is not work.
    leastMicros: Math.min(last.to, begin + Math.max(share, lengthOf(longest))),
    bound: lengthOf(longest) > share ? "longest module" : "even share",
    longest: timed(longest),
    longestAfterMicros: longest.from - begin,
    idleMicros: [...ends.values()].reduce((sum, end) => sum + last.to - end, 0) / ends.size,
    thread: last.thread,
    modules: path.length,
    last: timed(last),
    longestOfPath: path
      .toSorted((left, right) => lengthOf(right) - lengthOf(left))
      .slice(0, NAMED)
      .map(timed),
    stretches: [...preceding, { thread: last.thread, from: begin, to: last.to }],
  };
}

/** One for each module, from its first activity to its last. */
function stretchesOf(timings: readonly Timing[]): Stretch[] {
  const origin = timings.reduce((first, { startMicros }) => Math.min(first, startMicros), Infinity);
  const found = new Map<string, Stretch>();
  for (const { argument, thread, startMicros, durationMicros } of timings) {
    if (argument === null) continue;
    const from = startMicros - origin;
    const to = from + durationMicros;
    const known = found.get(argument);
    // A module that was made again has its last worker.
    found.set(argument, {
      module: argument,
      thread: known === undefined || to > known.to ? thread : known.thread,
      from: Math.min(from, known?.from ?? from),
      to: Math.max(to, known?.to ?? to),
    });
  }
  return [...found.values()];
}

function firstThread(timings: readonly Timing[]): number {
  return timings.reduce((first, timing) => (timing.startMicros < first.startMicros ? timing : first), timings[0] ?? NO_TIMING).thread;
}

const NO_TIMING: Pick<Timing, "thread" | "startMicros"> = { thread: 0, startMicros: Infinity };

function lengthOf({ from, to }: LaneStretch): number {
  return to - from;
}

function timed(stretch: Stretch): TimedModule {
  return { module: stretch.module, shortName: shortModuleName(stretch.module), micros: lengthOf(stretch) };
}
