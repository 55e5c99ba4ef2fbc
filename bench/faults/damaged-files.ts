/** Sends damaged files to the engine process: it must answer each one, and the requesting program must survive. */
import fs from "node:fs/promises";
import path from "node:path";
import { createCore, type CoreContext } from "../../src/core/engine/core-context.js";
import { isLtoError } from "../../src/core/base/errors.js";
import { PRODUCERS } from "../../src/core/producers/registry.js";
import { defaultOptions, runCommand } from "../../src/core/replay/run-command.js";
import { makeSeeds, type Seed } from "./inputs.js";
import { MUTATIONS } from "./mutations.js";
import { casesOf, count, countsTable, failuresText, minutes, seedOf, type Failure, type PartContext, type PartResult } from "./part.js";
import { Random } from "./random.js";

/** Clears the store after so many cases, because the runs are not needed. */
const CASES_BETWEEN_CLEARING = 250;

export async function damagedFilesPart(number: number, context: PartContext): Promise<PartResult> {
  const scratch = path.join(context.work, "files");
  await fs.mkdir(scratch);
  const seeds = await makeSeeds(scratch);
  const store = path.join(context.work, "store");
  const core = createCore({ storeRoot: store });
  const outcomes = new Map<string, number>();
  const failures: Failure[] = [];
  const cases = casesOf(number, context);
  const started = performance.now();
  let slowest = 0;
  try {
    for (const [done, index] of cases.entries()) {
      const begun = performance.now();
      const what = await oneCase(core, seeds, scratch, context, index);
      slowest = Math.max(slowest, performance.now() - begun);
      count(outcomes, what.outcome);
      if (what.bad !== undefined) failures.push({ index, what: what.bad });
      if (done % CASES_BETWEEN_CLEARING === CASES_BETWEEN_CLEARING - 1) {
        await fs.rm(path.join(store, "runs"), { recursive: true, force: true });
        console.log(`faults: ${done + 1} of ${cases.length} damaged files`);
      }
    }
  } finally {
    await core.engines.close();
  }
  const seconds = (performance.now() - started) / 1000;
  const text = [
    `${cases.length} damaged files in ${minutes(seconds)}, the slowest answered after ${(slowest / 1000).toFixed(1)} s; ${failures.length} not answered correctly.`,
    "",
    ...countsTable("outcome", "files", outcomes),
    ...failuresText(failures),
  ];
  return { text, failures };
}

async function oneCase(
  core: CoreContext,
  seeds: readonly Seed[],
  scratch: string,
  { seed, limit }: PartContext,
  index: number,
): Promise<{ outcome: string; bad?: string }> {
  // Each case has its own generator, so that it can be repeated without the previous ones.
  const random = new Random(seedOf(seed, index));
  const base = random.pick(seeds);
  const others = seeds.filter(({ kind }) => kind === base.kind).map(({ bytes }) => bytes);
  const mutation = random.pick(MUTATIONS);
  const file = path.join(scratch, `damaged.${base.extension}`);
  await fs.writeFile(file, mutation.apply(base.bytes, random, others));
  const name = `${base.kind}, ${mutation.name}`;
  try {
    const signal = AbortSignal.timeout(limit * 1000);
    const report = await runCommand(
      core,
      "thin",
      PRODUCERS.filesSource({ paths: [file] }),
      { ...defaultOptions("thin"), llvm: "system", saveTemps: [] },
      { signal },
    );
    const failed = report.modules.find((module) => module.verdict === "failed");
    return { outcome: failed === undefined ? "optimised" : `a module failed: ${failed.error?.name ?? "without a name"}` };
  } catch (error) {
    if (!isLtoError(error)) return { outcome: "not an error for users", bad: `${name}: ${String(error)}` };
    const { name: kind, help } = error.report;
    if (kind === "Cancelled") return { outcome: "no answer within the limit", bad: name };
    if (kind === "Internal") return { outcome: kind, bad: `${name}: ${error.message}` };
    return help === undefined ? { outcome: kind, bad: `${name}: ${kind} does not say what to do: ${error.message}` } : { outcome: kind };
  }
}
