/**
 * scheduling: whether the order of modules keeps many workers busy. Measures the times of modules in real runs with two workers, and simulates runs with more
 * workers from the medians of all runs but the first: ordered by the first run's times, by counts of instructions, by size.
 */
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { expectedCosts, longestFirst } from "../../src/core/replay/expected-cost.js";
import type { LtoSource } from "../../src/core/replay/producer.js";
import { PRODUCERS } from "../../src/core/producers/registry.js";
import { loadUnit } from "../../src/core/store/captures.js";
import { BenchFailure } from "../lib/failure.js";
import { CLI, RESULTS, WORK } from "../lib/paths.js";
import { median, rankCorrelation, repeat } from "../lib/statistics.js";
import { familyFolder } from "../speed/family.js";
import { deleteForgotten, forgetStages, prepareSubject } from "../speed/subject.js";
import { lowerBound, makespan } from "./list-schedule.js";
import { measuredLoop, type MeasuredLoop } from "./measured-loop.js";

export const SCHEDULING_USAGE = `usage: npm run bench -- scheduling [options]

  --times N    runs after the first, whose medians are simulated (default: 3)
  --family N   modules of the generated program (default: 5000; 0: leave it out)
  --help       print this help

Exits with 1 if a simulated run takes longer than the limit.`;

/** The workers of the real runs. */
const REAL_WORKERS = 2;

const SIMULATED_WORKERS = [2, 4, 8, 16, 32, 64];

/** The longest that a run may take, compared with what no order can go below. */
const LIMIT = 1.05;

/** Real runs may differ from the simulated one by this much. */
const AGREEMENT = 0.05;

interface Row {
  readonly order: string;
  readonly correlation: number;
  /** By number of workers. */
  readonly ratios: readonly number[];
  /** Whether the limit applies. */
  readonly judged: boolean;
}

interface Result {
  readonly what: string;
  readonly runs: readonly MeasuredLoop[];
  readonly rows: readonly Row[];
}

/** @returns the exit code */
export async function scheduling(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { times: { type: "string", default: "3" }, family: { type: "string", default: "5000" } },
  });
  const times = wholeNumber(values.times, 1);
  const family = wholeNumber(values.family, 0);
  const results = [await ripgrep(times)];
  if (family > 0) results.push(await generated(family, times));
  const text = report(results);
  await fs.mkdir(RESULTS, { recursive: true });
  await fs.writeFile(path.join(RESULTS, "scheduling.md"), text);
  console.log(text);
  const within = results.every(({ rows }) => rows.every(({ judged, ratios }) => !judged || ratios.every((ratio) => ratio <= LIMIT)));
  return within ? 0 : 1;
}

function wholeNumber(text: string, least: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least) return value;
  throw new BenchFailure(`${text} is not a number of at least ${least}.`, SCHEDULING_USAGE);
}

async function ripgrep(times: number): Promise<Result> {
  const subject = await prepareSubject(path.join(WORK, "stores", "speed-system"), CLI, "system");
  const source = PRODUCERS.sourceOf(await loadUnit(subject.store, subject.before));
  await fs.rm(path.join(subject.store, "verified", "module-times"), { recursive: true, force: true });
  const runs = await repeat(1 + times, async () => {
    await forgetStages(subject);
    return measuredLoop(subject.store, source, REAL_WORKERS);
  });
  await deleteForgotten(subject);
  return resultOf("ripgrep 13", runs);
}

async function generated(count: number, times: number): Promise<Result> {
  const folder = await familyFolder(path.join(WORK, "speed"), count);
  const names = (await fs.readdir(folder)).filter((name) => name.endsWith(".bc")).sort();
  const source: LtoSource = await PRODUCERS.sourceOfPaths(names.map((name) => path.join(folder, name)));
  const stores = path.join(WORK, "stores", "scheduling");
  await fs.rm(stores, { recursive: true, force: true });
  const runs = await repeat(1 + times, async (index) => {
    const store = path.join(stores, String(index));
    // A store of its own for each run, because files that are deleted now slow the next run down.
    if (index > 0) await fs.cp(path.join(stores, String(index - 1), "verified"), path.join(store, "verified"), { recursive: true });
    return measuredLoop(store, source, REAL_WORKERS);
  });
  await fs.rm(stores, { recursive: true, force: true });
  return resultOf("generated", runs);
}

function resultOf(what: string, runs: readonly MeasuredLoop[]): Result {
  const [, second] = runs;
  if (second === undefined) throw new BenchFailure("There is no second run.", SCHEDULING_USAGE);
  const times = medians(runs.slice(1));
  const modules = second.modules.map(({ module }) => module);
  const row = (order: string, costs: ReadonlyMap<string, number>, judged: boolean): Row => {
    const ordered = longestFirst(modules, costs).map(({ name }) => times.get(name) ?? 0);
    const correlation = rankCorrelation(
      modules.map(({ name }) => costs.get(name) ?? 0),
      modules.map(({ name }) => times.get(name) ?? 0),
    );
    const ratios = SIMULATED_WORKERS.map((workers) => makespan(ordered, workers) / lowerBound(ordered, workers));
    return { order, correlation, ratios, judged };
  };
  return {
    what: `${what}: ${modules.length} modules`,
    runs,
    rows: [
      row("times of the first run", expectedCosts(modules, second.earlier), true),
      row("instructions, with imports", expectedCosts(modules, new Map()), true),
      row("size of the bitcode", new Map(modules.map(({ name, bytes }) => [name, bytes])), false),
      row("the times themselves", times, false),
    ],
  };
}

/** By module, from the engine's times, in milliseconds. */
function medians(runs: readonly MeasuredLoop[]): ReadonlyMap<string, number> {
  const all = new Map<string, number[]>();
  for (const { modules } of runs) {
    for (const { module, engineMillis } of modules) all.set(module.name, [...(all.get(module.name) ?? []), engineMillis]);
  }
  return new Map([...all].map(([name, values]) => [name, median(values)]));
}

const seconds = (millis: number): string => `${(millis / 1000).toFixed(2)} s`;

/** "simulated 20.1 s (0.4 % apart, met)" */
function compared(real: number, simulated: number): string {
  const apart = Math.abs(real / simulated - 1);
  return `${seconds(simulated)} (${(apart * 100).toFixed(1)} % apart, ${apart <= AGREEMENT ? "met" : "**missed**"})`;
}

function realRun({ modules, millis }: MeasuredLoop, index: number, runs: readonly MeasuredLoop[]): string {
  const times = modules.map((measured) => measured.millis);
  const before = new Map(runs[index - 1]?.modules.map((measured) => [measured.module.name, measured.millis]));
  const foreseen = modules.map(({ module }) => before.get(module.name) ?? 0);
  const fromBefore =
    index === 0 ? "" : `; simulated from the times of the run before ${compared(millis, makespan(foreseen, REAL_WORKERS))}`;
  const simulated = compared(millis, makespan(times, REAL_WORKERS));
  return `* Real run ${index + 1}: ${seconds(millis)}; simulated from its own times ${simulated}${fromBefore}; no order takes less than ${seconds(lowerBound(times, REAL_WORKERS))}.`;
}

function report(results: readonly Result[]): string {
  const lines = ["# scheduling", ""];
  lines.push(
    `${os.cpus()[0]?.model ?? "An unknown processor"}, ${os.availableParallelism()} cores; load at the end ${os.loadavg()[0]?.toFixed(1) ?? "?"}.`,
    `${REAL_WORKERS} workers in real runs, the first ordered by instructions, the others by the times of the run before; they have to be within ${AGREEMENT * 100} % of simulated ones.`,
    "In tables: the simulated duration of a run by medians of the engine's times, compared with the longest module or an even share of all, whichever is longer.",
    "",
  );
  for (const { what, runs, rows } of results) {
    lines.push(`## ${what}`, "", ...runs.map(realRun), "");
    lines.push(
      `| ordered by | Spearman's ρ | ${SIMULATED_WORKERS.map((workers) => `${workers} workers`).join(" | ")} | at most ${LIMIT} |`,
    );
    lines.push(`| --- | --- | ${SIMULATED_WORKERS.map(() => "---").join(" | ")} | --- |`);
    for (const { order, correlation, ratios, judged } of rows) {
      const met = ratios.every((ratio) => ratio <= LIMIT) ? "met" : "**missed**";
      lines.push(`| ${[order, correlation.toFixed(3), ...ratios.map((ratio) => ratio.toFixed(3)), judged ? met : ""].join(" | ")} |`);
    }
    lines.push("");
  }
  return lines.join("\n");
}
