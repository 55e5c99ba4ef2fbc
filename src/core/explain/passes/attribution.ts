/** The time of LTO by crate, module, stage, pass and function; and the functions on which a pass spent out of proportion. Pure functions. */
import type { PassRow } from "../../../protocol/passes.js";
import type { Stage } from "../../../protocol/pipelines.js";
import type { CostlyRuns, ModuleTime, ProfileReport } from "../../../protocol/profile.js";
import { bytesOf, functionWords, millisOf, type NameOf } from "./rows.js";
import { runsThat, sumsByBoth, sumsByPass, sumsOf, WHOLE_MODULE, type PassOnFunction, type RunSums } from "./run-list.js";
import type { PassesTrace } from "./trace.js";

/** A module as it was measured. */
export interface ProfiledModule {
  readonly module: string;
  /** Readable. */
  readonly name: string;
  readonly crate: string;
  /** In order; the last one is the one after the passes. */
  readonly stages: readonly { readonly stage: Stage; readonly millis: number }[];
  /** null: it is not available. */
  readonly trace: PassesTrace | null;
}

export type Attribution = Pick<ProfileReport, "millis" | "attributedMillis" | "crates" | "modules" | "passes" | "costliest" | "largest">;

/** @param top rows of the lists of costly functions */
export function attributed(modules: readonly ProfiledModule[], nameOf: NameOf, top: number): Attribution {
  const rows = modules.map(moduleTime).sort((left, right) => right.millis - left.millis);
  const costly = modules.flatMap((module) => costlyIn(module, nameOf, top));
  return {
    millis: sumBy(
      modules.flatMap(({ stages }) => stages),
      ({ millis }) => millis,
    ),
    attributedMillis: sumBy(rows, ({ millis }) => millis),
    crates: cratesOf(rows),
    modules: rows,
    passes: passesOf(modules, nameOf),
    costliest: first(costly, ({ millis }) => millis, top),
    largest: first(costly, ({ peakBytes }) => peakBytes ?? 0, top).filter(({ peakBytes }) => (peakBytes ?? 0) > 0),
  };
}

function sumBy<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((sum, item) => sum + of(item), 0);
}

function first<T>(items: readonly T[], of: (item: T) => number, count: number): T[] {
  return items.toSorted((left, right) => of(right) - of(left)).slice(0, count);
}

/** The parts of the last stage: with a trace, they replace what was measured if they are longer. */
function moduleTime({ module, name, crate, stages, trace }: ProfiledModule): ModuleTime {
  const earlier = stages.slice(0, -1).map(({ stage, millis }) => ({ stage, millis }));
  const last = stages.at(-1);
  const sums = trace === null ? null : sumsOf(trace, runsThat(trace, {}));
  const passes = millisOf(sums?.time ?? 0);
  const passManagers = Math.max(0, millisOf(trace?.total ?? 0) - passes);
  const rest = Math.max(0, (last?.millis ?? 0) - passes - passManagers);
  const lastMillis = passes + passManagers + rest;
  return {
    module,
    name,
    crate,
    millis: sumBy(earlier, (stage) => stage.millis) + lastMillis,
    stages: last === undefined ? [] : [...earlier, { stage: last.stage, millis: lastMillis }],
    passes,
    passManagers,
    rest,
    runs: trace?.length ?? 0,
    peakBytes: trace === null || sums === null ? null : bytesOf(trace, sums.peak),
  };
}

function cratesOf(modules: readonly ModuleTime[]): ProfileReport["crates"] {
  const crates = new Map<string, { modules: number; millis: number }>();
  for (const { crate, millis } of modules) {
    const known = crates.get(crate) ?? { modules: 0, millis: 0 };
    crates.set(crate, { modules: known.modules + 1, millis: known.millis + millis });
  }
  return [...crates].map(([crate, sum]) => ({ crate, ...sum })).sort((left, right) => right.millis - left.millis);
}

/** Passes of all modules, with the function on which each spent most. */
function passesOf(modules: readonly ProfiledModule[], nameOf: NameOf): PassRow[] {
  const found = new Map<string, PassRow>();
  for (const { trace } of modules) {
    if (trace === null) continue;
    const runs = runsThat(trace, {});
    const most = new Map<number, PassOnFunction>();
    for (const one of sumsByBoth(trace, runs)) if (!most.has(one.pass)) most.set(one.pass, one);
    for (const [index, sums] of sumsByPass(trace, runs)) {
      const pass = trace.passes[index] ?? "";
      found.set(pass, together(found.get(pass), rowOf(trace, pass, sums, most.get(index), nameOf)));
    }
  }
  return [...found.values()].sort((left, right) => right.millis - left.millis);
}

function rowOf(trace: PassesTrace, pass: string, sums: RunSums, top: PassOnFunction | undefined, nameOf: NameOf): PassRow {
  return {
    pass,
    runs: sums.runs,
    changed: sums.changed,
    millis: millisOf(sums.time),
    peakBytes: bytesOf(trace, sums.peak),
    most: top === undefined ? null : { ...functionWords(trace, top.function, nameOf), millis: millisOf(top.time) },
  };
}

function together(known: PassRow | undefined, more: PassRow): PassRow {
  if (known === undefined) return more;
  return {
    pass: known.pass,
    runs: known.runs + more.runs,
    changed: known.changed + more.changed,
    millis: known.millis + more.millis,
    peakBytes: known.peakBytes === null && more.peakBytes === null ? null : Math.max(known.peakBytes ?? 0, more.peakBytes ?? 0),
    most: (more.most?.millis ?? 0) > (known.most?.millis ?? 0) ? more.most : known.most,
  };
}

/** The rows of a module that can be among the first of all. */
function costlyIn(module: ProfiledModule, nameOf: NameOf, top: number): CostlyRuns[] {
  const { trace } = module;
  if (trace === null) return [];
  const sums = sumsByBoth(trace, runsThat(trace, {}));
  const chosen = new Set([...sums.slice(0, top), ...first(sums, ({ peak }) => peak, top)]);
  const medians = new Map<number, number | null>();
  return [...chosen].map((one): CostlyRuns => {
    if (!medians.has(one.pass)) medians.set(one.pass, medianCost(trace, sums, one.pass));
    const median = medians.get(one.pass) ?? null;
    const cost = costOf(trace, one);
    return {
      pass: trace.passes[one.pass] ?? "",
      ...functionWords(trace, one.function, nameOf),
      module: module.module,
      moduleName: module.name,
      runs: one.runs,
      millis: millisOf(one.time),
      peakBytes: bytesOf(trace, one.peak),
      instructions: one.function === WHOLE_MODULE ? null : trace.largestSize(one.function),
      timesMedian: median === null || cost === null ? null : cost / median,
    };
  });
}

/** A median of fewer says nothing. */
const FEWEST = 5;

function medianCost(trace: PassesTrace, sums: readonly PassOnFunction[], pass: number): number | null {
  const costs = sums.filter((one) => one.pass === pass).flatMap((one) => costOf(trace, one) ?? []);
  if (costs.length < FEWEST) return null;
  const median = costs.sort((left, right) => left - right)[Math.floor(costs.length / 2)] ?? 0;
  return median > 0 ? median : null;
}

/** Time per run and instruction; null: for the whole module. */
function costOf(trace: PassesTrace, { function: fn, runs, time }: PassOnFunction): number | null {
  const size = fn === WHOLE_MODULE ? 0 : trace.largestSize(fn);
  return size === 0 ? null : time / runs / size;
}
