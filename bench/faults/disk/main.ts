/** Mutated files of every disk format: all are read in a separate process, and a sample through the server and the command line. */
import { fork } from "node:child_process";
import fs from "node:fs/promises";
import { availableParallelism } from "node:os";
import path from "node:path";
import { BenchFailure } from "../../lib/failure.js";
import { createCore } from "../../../src/core/engine/core-context.js";
import { casesOf, count, countsText, failuresText, minutes, type Failure, type PartContext, type PartResult } from "../part.js";
import { copyCorpus, makeCorpus, thinOut, type Corpus } from "./corpus.js";
import { FORMATS, type Format } from "./formats.js";
import type { Job, Told } from "./messages.js";
import { restore } from "./mutate.js";
import { sample } from "./sample.js";

interface Outcome {
  readonly outcomes: Map<string, number>;
  readonly failures: Failure[];
}

/** How many cases there are for each one that also goes through the server and the command line. */
const CASES_PER_SAMPLE = 100;

export async function mutatedFiles(number: number, context: PartContext): Promise<PartResult> {
  const begun = performance.now();
  const corpus = await makeCorpus(context);
  await thinOut(corpus);
  const cases = casesOf(number, context);
  const results = new Map<string, Result>();
  const left = [...FORMATS];
  const lane = async (own: Corpus): Promise<void> => {
    for (let format = left.shift(); format !== undefined; format = left.shift()) {
      const result = await mutationsOf(format, own, cases, context);
      results.set(format.name, result);
      console.log(`faults: ${format.name}: ${result.failures.length} failures`);
    }
  };
  await Promise.all((await copiesOf(corpus, context)).map(lane));
  const inOrder = FORMATS.flatMap(({ name }) => results.get(name) ?? []);
  const failures = inOrder.flatMap((result) => result.failures);
  const text = [
    `${cases.length} mutations of each of ${FORMATS.length} disk formats in ${minutes((performance.now() - begun) / 1000)}: ${failures.length} failures.`,
    "",
    ...["| format | files | outcome | through server and command line | failures |", "| --- | --- | --- | --- | --- |"],
    ...inOrder.map(({ row }) => row),
    "",
    ...failuresText(failures),
  ];
  return { text, failures };
}

interface Result {
  readonly failures: readonly Failure[];
  /** A row of the table. */
  readonly row: string;
}

async function mutationsOf(format: Format, corpus: Corpus, cases: readonly number[], context: PartContext): Promise<Result> {
  const kept = await pristineOf(format, corpus);
  const found = await readAll(format, corpus, cases, context);
  putBack(kept);
  const chosen = cases.filter((_, at) => at % CASES_PER_SAMPLE === 0);
  const sampled = await sample(format, corpus, chosen, context);
  putBack(kept);
  const failures = [...found.failures, ...sampled.failures];
  return {
    failures,
    row: `| ${format.name} | ${cases.length} | ${countsText(found.outcomes)} | ${sampled.runs} | ${failures.length} |`,
  };
}

/** One copy per processor, because formats are mutated in parallel on separate files. */
async function copiesOf(corpus: Corpus, { work }: PartContext): Promise<Corpus[]> {
  const others = Array.from({ length: Math.min(availableParallelism(), FORMATS.length) - 1 }, (_, index) =>
    copyCorpus(corpus, work, path.join(work, `copy-${index + 1}`)),
  );
  return [corpus, ...(await Promise.all(others))];
}

async function pristineOf(format: Format, corpus: Corpus): Promise<Map<string, Buffer>> {
  const files = await format.files(corpus, createCore({ storeRoot: corpus.store }));
  return new Map(await Promise.all(files.map(async (file) => [file, await fs.readFile(file)] as const)));
}

function putBack(pristine: ReadonlyMap<string, Buffer>): void {
  for (const [file, content] of pristine) restore(file, content);
}

/** Runs all cases of a format. A case that does not end, or that ends the process, is a failure and needs a new process. */
async function readAll(format: Format, corpus: Corpus, cases: readonly number[], context: PartContext): Promise<Outcome> {
  const outcome: Outcome = { outcomes: new Map(), failures: [] };
  const kept = await pristineOf(format, corpus);
  let left = cases;
  while (left.length > 0) {
    const stuck = await readSome({ corpus, format: format.name, seed: context.seed, cases: left }, context.limit, outcome);
    if (stuck === undefined) break;
    putBack(kept);
    count(outcome.outcomes, stuck.why);
    outcome.failures.push({ index: stuck.index, what: `${format.name}: ${stuck.why} (${stuck.what})` });
    left = left.slice(left.indexOf(stuck.index) + 1);
  }
  return outcome;
}

interface Stuck {
  readonly index: number;
  readonly what: string;
  readonly why: string;
}

/** @returns the case at which the process had to be ended, or ended itself; undefined: all cases are done */
function readSome(job: Job, limit: number, { outcomes, failures }: Outcome): Promise<Stuck | undefined> {
  const child = fork(path.join(__dirname, "worker.ts"), [], {
    execArgv: ["--import", "tsx"],
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  let current: { readonly index: number; readonly what: string } | undefined;
  let [hung, done] = [false, false];
  const watch = (): NodeJS.Timeout =>
    setTimeout(() => {
      hung = true;
      child.kill("SIGKILL");
    }, limit * 1000);
  // The limit does not include the start of a process: it applies from the first message.
  let timer: NodeJS.Timeout | undefined;
  child.on("message", (told: Told) => {
    clearTimeout(timer);
    timer = watch();
    if (told.kind === "begin") current = told;
    else if (told.kind === "done") done = true;
    else if (told.kind === "end") {
      count(outcomes, told.outcome);
      failures.push(...told.bad.map((what) => ({ index: told.index, what: `${job.format}: ${what}` })));
    }
  });
  child.send(job);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      clearTimeout(timer);
      const why = hung ? `no answer within ${limit} s` : `the process ended (${String(signal ?? code)})`;
      if (done) resolve(undefined);
      else if (current !== undefined) resolve({ ...current, why });
      else reject(new BenchFailure(`The reader of ${job.format} did not start: ${why}.`, "See its output."));
    });
  });
}
