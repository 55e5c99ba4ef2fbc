/** Lists of pass runs with filters, and their sums: what a table of a module's passes shows. */
import type { SubjectKind, PassesTrace } from "./trace.js";

/** What a list of runs shows; nothing set: everything. */
export interface RunFilter {
  /** Only runs that changed something: the function, if there is one, otherwise any. */
  readonly changed?: boolean;
  /** A part of a pass's name, or its letters in order ("icomb" for InstCombinePass). */
  readonly pass?: string;
  readonly kind?: SubjectKind;
  /** Only runs for this function (see {@link PassesTrace.runsFor}). */
  readonly function?: number;
}

/** The runs that a filter lets through, in order. */
export function runsThat(trace: PassesTrace, { changed = false, pass, kind, function: fn }: RunFilter): Int32Array {
  const passes = pass === undefined ? null : trace.passes.map((name) => isPassNamed(name, pass));
  const changing = fn === undefined ? null : new Set(changed ? trace.historyOf(fn).map(({ run }) => run) : []);
  const among = fn === undefined ? null : trace.runsFor(fn);
  const found = new Int32Array(among?.length ?? trace.length);
  let count = 0;
  for (let index = 0; index < found.length; index++) {
    const run = among === null ? index : (among[index] ?? 0);
    if (passes !== null && passes[trace.passOf[run] ?? -1] !== true) continue;
    if (kind !== undefined && trace.kind(run) !== kind) continue;
    if (changed && !(changing?.has(run) ?? trace.changed(run))) continue;
    found[count++] = run;
  }
  return found.slice(0, count);
}

/** Whether a pass's name has a text, or has its letters in this order. */
export function isPassNamed(name: string, wanted: string): boolean {
  const [whole, letters] = [name.toLowerCase(), wanted.toLowerCase().replaceAll(/[\s_-]/g, "")];
  if (whole.includes(letters)) return true;
  let at = 0;
  for (const letter of letters) {
    at = whole.indexOf(letter, at) + 1;
    if (at === 0) return false;
  }
  return true;
}

/** The sums of some runs. */
export interface RunSums {
  runs: number;
  /** Runs that changed a function; by function: that changed this one, whatever they ran on. */
  changed: number;
  /** In tenths of a microsecond. */
  time: number;
  /** KiB that stay allocated. */
  net: number;
  /** KiB: the most of any of the runs. */
  peak: number;
}

/** Sums of all runs of a list. */
export function sumsOf(trace: PassesTrace, runs: Int32Array): RunSums {
  const sums = summed(trace, runs, (_run, add) => {
    add(0, 1);
  });
  return sums.get(0) ?? { runs: 0, changed: 0, time: 0, net: 0, peak: 0 };
}

/** Sums by pass. */
export function sumsByPass(trace: PassesTrace, runs: Int32Array): Map<number, RunSums> {
  return summed(trace, runs, (run, add) => {
    add(trace.passOf[run] ?? 0, 1);
  });
}

/** The key of runs for the whole module. */
export const WHOLE_MODULE = -1;

/** Sums by function. The time of a run for several functions is shared among them equally; {@link WHOLE_MODULE} has that of passes on the module. */
export function sumsByFunction(trace: PassesTrace, runs: Int32Array): Map<number, RunSums> {
  const sums = summed(trace, runs, (run, add) => {
    const functions = trace.functionsOf(run);
    if (functions.length === 0) add(WHOLE_MODULE, 1);
    for (const fn of functions) add(fn, 1 / functions.length);
  });
  // Runs for several functions can change one of them, and runs for the whole module any.
  const chosen = new Set(runs);
  for (const [fn, sum] of sums) if (fn !== WHOLE_MODULE) sum.changed = trace.historyOf(fn).filter(({ run }) => chosen.has(run)).length;
  return sums;
}

/** What one pass did with one function. */
export interface PassOnFunction extends RunSums {
  readonly pass: number;
  /** Or {@link WHOLE_MODULE}. */
  readonly function: number;
}

/** Sums by pass and function, most time first. */
export function sumsByBoth(trace: PassesTrace, runs: Int32Array): PassOnFunction[] {
  const functions = trace.functions.length + 1;
  const sums = summed(trace, runs, (run, add) => {
    const base = (trace.passOf[run] ?? 0) * functions + 1;
    const those = trace.functionsOf(run);
    if (those.length === 0) add(base + WHOLE_MODULE, 1);
    for (const fn of those) add(base + fn, 1 / those.length);
  });
  return [...sums]
    .map(([key, sum]) => ({ pass: Math.floor(key / functions), function: (key % functions) - 1, ...sum }))
    .sort((left, right) => right.time - left.time);
}

/** @param each says to which sums a run belongs, and with which share of its time */
function summed(
  trace: PassesTrace,
  runs: Int32Array,
  each: (run: number, add: (key: number, share: number) => void) => void,
): Map<number, RunSums> {
  const sums = new Map<number, RunSums>();
  for (const run of runs) {
    const memory = trace.memoryOf(run);
    const time = trace.times[run] ?? 0;
    const changed = trace.changed(run) ? 1 : 0;
    each(run, (key, share) => {
      const sum = sums.get(key) ?? { runs: 0, changed: 0, time: 0, net: 0, peak: 0 };
      sum.runs += 1;
      sum.changed += changed;
      sum.time += time * share;
      sum.net += (memory?.net ?? 0) * share;
      sum.peak = Math.max(sum.peak, memory?.peak ?? 0);
      sums.set(key, sum);
    });
  }
  return sums;
}
