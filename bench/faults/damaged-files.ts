/** Damaged files, one after the other, through the engine process: each has to be answered, and the program that asks has to live. */
import fs from "node:fs/promises";
import path from "node:path";
import { createCore, type Core } from "../../src/core/core.js";
import { isLtoError } from "../../src/core/errors.js";
import { DEFAULT_THIN_OPTIONS, runThin } from "../../src/core/runs/thin.js";
import { makeSeeds, type Seed } from "./inputs.js";
import { MUTATIONS } from "./mutations.js";
import { Random } from "./random.js";

export interface DamagedFilesOptions {
  /** Cases to try: each number stands for the same damage every time. */
  readonly cases: readonly number[];
  readonly seed: number;
  /** Seconds that one file may take. */
  readonly limit: number;
  readonly work: string;
}

export interface DamagedFilesResult {
  readonly count: number;
  /** Outcomes by name: "read whole", "a module failed", or the error's. */
  readonly outcomes: ReadonlyMap<string, number>;
  /** Cases without an answer within the limit, or with an error that no person can use: their numbers. */
  readonly bad: readonly { readonly index: number; readonly what: string }[];
  readonly slowestSeconds: number;
  readonly seconds: number;
}

/** Runs of a campaign are of no use afterwards. */
const CASES_BETWEEN_CLEARING = 250;

export async function damagedFiles(options: DamagedFilesOptions): Promise<DamagedFilesResult> {
  const scratch = path.join(options.work, "files");
  await fs.rm(options.work, { recursive: true, force: true });
  await fs.mkdir(scratch, { recursive: true });
  const seeds = await makeSeeds(scratch);
  const store = path.join(options.work, "store");
  const core = createCore({ storeRoot: store });
  const outcomes = new Map<string, number>();
  const bad: { index: number; what: string }[] = [];
  const started = performance.now();
  let slowest = 0;
  try {
    for (const [done, index] of options.cases.entries()) {
      const begun = performance.now();
      const what = await oneCase(core, seeds, scratch, options, index);
      slowest = Math.max(slowest, performance.now() - begun);
      outcomes.set(what.outcome, (outcomes.get(what.outcome) ?? 0) + 1);
      if (what.bad !== undefined) bad.push({ index, what: what.bad });
      if (done % CASES_BETWEEN_CLEARING === CASES_BETWEEN_CLEARING - 1) {
        await fs.rm(path.join(store, "runs"), { recursive: true, force: true });
        console.log(`faults: ${done + 1} of ${options.cases.length} damaged files`);
      }
    }
  } finally {
    await core.engines.close();
  }
  const seconds = (performance.now() - started) / 1000;
  return { count: options.cases.length, outcomes, bad, slowestSeconds: slowest / 1000, seconds };
}

async function oneCase(
  core: Core,
  seeds: readonly Seed[],
  scratch: string,
  { seed, limit }: DamagedFilesOptions,
  index: number,
): Promise<{ outcome: string; bad?: string }> {
  // Each case has a generator of its own, so that it can be made again without those before it.
  const random = new Random(seed * 1_000_003 + index);
  const base = random.pick(seeds);
  const others = seeds.filter(({ kind }) => kind === base.kind).map(({ bytes }) => bytes);
  const mutation = random.pick(MUTATIONS);
  const file = path.join(scratch, `damaged.${base.extension}`);
  await fs.writeFile(file, mutation.apply(base.bytes, random, others));
  const name = `${base.kind}, ${mutation.name}`;
  try {
    const signal = AbortSignal.timeout(limit * 1000);
    const report = await runThin(
      core,
      { kind: "paths", paths: [file] },
      { ...DEFAULT_THIN_OPTIONS, llvm: "system", saveTemps: [] },
      { signal },
    );
    const failed = report.modules.find((module) => module.verdict === "failed");
    return { outcome: failed === undefined ? "optimised" : `a module failed: ${failed.error?.name ?? "without a name"}` };
  } catch (error) {
    if (!isLtoError(error)) return { outcome: "not an error for people", bad: `${name}: ${String(error)}` };
    const { name: kind, mend } = error.report;
    if (kind === "Cancelled") return { outcome: "no answer within the limit", bad: name };
    if (kind === "Internal") return { outcome: kind, bad: `${name}: ${error.message}` };
    return mend === undefined ? { outcome: kind, bad: `${name}: ${kind} says not what to do: ${error.message}` } : { outcome: kind };
  }
}
