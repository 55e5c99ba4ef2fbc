/** List scheduling, as `workThrough` does it: every worker takes the next of a list when it is free. Pure functions. */

/**
 * When the last worker is done.
 *
 * @param times of the jobs, in the order in which they are started
 */
export function makespan(times: readonly number[], workers: number): number {
  const free = new Float64Array(Math.max(1, workers));
  for (const time of times) {
    const first = free.indexOf(Math.min(...free));
    free[first] = (free[first] ?? 0) + time;
  }
  return Math.max(...free);
}

/** What no schedule can go below: the longest job, and an even share of all. */
export function lowerBound(times: readonly number[], workers: number): number {
  const total = times.reduce((sum, time) => sum + time, 0);
  return Math.max(total / Math.max(1, workers), ...times);
}
