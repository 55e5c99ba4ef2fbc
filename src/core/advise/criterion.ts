/**
 * Benchmarks that use Criterion (0.3 and later): it repeats each function itself, so its own estimates are compared. They are recognised by what they
 * write into Criterion's folder.
 */
import { readdir } from "node:fs/promises";
import path from "node:path";
import * as z from "zod/mini";
import type { CriterionBenchmark, CriterionEstimate, CriterionResults } from "../../protocol/advise.js";
import { isLtoError } from "../base/errors.js";
import { readJsonFileIf } from "../base/parse.js";
import { newScratchFolder } from "../base/scratch.js";
import { requireSuccess, verdictOf, type BenchmarkCommand, type BenchmarkHooks, type Contestant } from "./benchmark.js";
import type { Interval } from "./statistics.js";

/** Criterion's estimate of the median time of one iteration, in nanoseconds. */
export interface Estimate {
  readonly nanos: number;
  readonly interval: Interval;
}

/** By Criterion's ids. */
export type Estimates = ReadonlyMap<string, Estimate>;

/** `new/estimates.json` of a benchmark. The median withstands outliers; Criterion always has it. */
const estimatesFile = z.object({
  median: z.object({
    point_estimate: z.number().check(z.positive()),
    confidence_interval: z.object({
      lower_bound: z.number().check(z.positive()),
      upper_bound: z.number().check(z.positive()),
    }),
  }),
});

/** `new/benchmark.json` beside it. */
const benchmarkFile = z.object({ full_id: z.string() });

/**
 * Runs a program once.
 *
 * @returns nothing if the command runs no benchmark of Criterion
 * @throws LtoError Usage with what it wrote if it fails; Cancelled
 */
export async function estimatesOf(program: Contestant, command: BenchmarkCommand, signal: AbortSignal | undefined): Promise<Estimates> {
  const home = await newScratchFolder("criterion");
  try {
    await requireSuccess(program, command, signal, { CRITERION_HOME: home.folder });
    return await readEstimates(home.folder);
  } finally {
    await home.remove();
  }
}

async function readEstimates(home: string): Promise<Estimates> {
  const found = new Map<string, Estimate>();
  for (const name of (await readdir(home, { recursive: true })).sort()) {
    if (path.basename(name) !== "estimates.json" || path.basename(path.dirname(name)) !== "new") continue;
    const folder = path.join(home, path.dirname(name));
    const estimates = await readJsonFileIf(estimatesFile, path.join(folder, "estimates.json"));
    const benchmark = await readJsonFileIf(benchmarkFile, path.join(folder, "benchmark.json"));
    if (estimates === undefined || benchmark === undefined) continue;
    const { point_estimate: nanos, confidence_interval: bounds } = estimates.median;
    found.set(benchmark.full_id, { nanos, interval: [bounds.lower_bound, bounds.upper_bound] });
  }
  return found;
}

/**
 * Runs each program once, and the first one again. An earlier run of the first one does not count: the machine may have been another then.
 *
 * @throws LtoError Cancelled
 */
export async function compareEstimates(
  programs: readonly Contestant[],
  command: BenchmarkCommand,
  { signal, progress }: BenchmarkHooks,
): Promise<CriterionResults> {
  const runs: (Estimates | null)[] = [];
  for (const [index, program] of [...programs, ...programs.slice(0, 1)].entries()) {
    progress?.(index, programs.length + 1);
    runs.push(await runOf(program, command, signal));
  }
  const again = runs.pop() ?? null;
  const names = programs.map(({ name }) => name);
  return { command: command.command, benchmarks: judgedEstimates(names, runs, again) };
}

/** @returns null: it failed */
async function runOf(program: Contestant, command: BenchmarkCommand, signal: AbortSignal | undefined): Promise<Estimates | null> {
  try {
    return await estimatesOf(program, command, signal);
  } catch (error) {
    if (isLtoError(error, "Usage")) return null;
    throw error;
  }
}

/**
 * @param names of the programs
 * @param runs of the programs, null for one that failed
 * @param again a second run of the first program
 */
export function judgedEstimates(
  names: readonly string[],
  runs: readonly (Estimates | null)[],
  again: Estimates | null,
): CriterionBenchmark[] {
  const [first] = runs;
  return [...(first ?? new Map<string, Estimate>())]
    .map(([id, baseline]): CriterionBenchmark => {
      const own = again?.get(id);
      const noise = own === undefined ? null : ratioOf(own, baseline);
      const estimates = runs.map((run, index): CriterionEstimate => {
        const estimate = run?.get(id);
        const setting = names[index] ?? "";
        if (estimate === undefined) return { setting, nanos: null, interval: null, ratio: null, verdict: "failed" };
        const ratio = index === 0 ? null : ratioOf(estimate, baseline);
        return { setting, ...estimate, ratio, verdict: index === 0 ? "baseline" : verdictOf(ratio, noise) };
      });
      return { id, noise, estimates };
    })
    .sort((left, right) => left.id.localeCompare(right.id, "en", { numeric: true }));
}

/** Of two medians, from the bounds of both. */
function ratioOf(ours: Estimate, theirs: Estimate): Interval {
  return [ours.interval[0] / theirs.interval[1], ours.interval[1] / theirs.interval[0]];
}
