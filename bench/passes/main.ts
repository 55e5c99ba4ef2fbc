/**
 * passes: what tracing the passes of ripgrep 13 costs, whether it changes a byte, and how long the pass view waits: for the first step of a function, for the
 * next ones, and for the list of the module with the most runs.
 */
import fs from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import type { AnalyzedModule } from "../../src/protocol/engine/analysis.js";
import { pipelineOf } from "../../src/protocol/pipelines.js";
import { workThrough } from "../../src/core/base/work-list.js";
import { closeCore, createCore } from "../../src/core/engine/core-context.js";
import { runsThat } from "../../src/core/explain/passes/run-list.js";
import { diffOfSteps, filteredSteps, stepsOf, type FunctionStep } from "../../src/core/explain/passes/steps.js";
import type { PassesTrace } from "../../src/core/explain/passes/trace.js";
import { PassTraces } from "../../src/core/explain/passes/traces.js";
import { PRODUCERS } from "../../src/core/producers/registry.js";
import { withStages } from "../../src/core/replay/each-module.js";
import { openUnit, type OpenUnit } from "../../src/core/replay/open.js";
import { loadUnit } from "../../src/core/store/captures.js";
import { CLI, WORK } from "../lib/paths.js";
import { median } from "../lib/statistics.js";
import { prepareSubject } from "../speed/subject.js";

export const PASSES_USAGE = `usage: npm run bench -- passes [options]

  --rounds N   plain and traced runs in turn (default: 3)
  --help       print this help

Exits with 1 if a module differs, or a target is missed.`;

/** Traced time compared with plain: of all modules, and of the one that takes longest. Bytes of all traces. Milliseconds. */
const LIMITS = { all: 1.6, longest: 1.8, bytes: 40e6, firstStep: 2000, nextStep: 150, list: 100 };

const WORKERS = 2;

/** As in diffs of stages. */
const FILTERS = { hideDebugInfo: true, hideGuids: true };

/** Functions of core's module whose steps are shown. */
const FUNCTIONS = 10;

interface Loop {
  readonly seconds: number;
  /** Milliseconds by module. */
  readonly times: ReadonlyMap<string, number>;
  /** Of the stage after the passes. */
  readonly content: ReadonlyMap<string, string>;
  readonly bytes: number;
}

class Judge {
  good = true;

  line(what: string, figure: string, isGood: boolean): void {
    this.good &&= isGood;
    console.log(`  ${what.padEnd(28)} ${figure}${isGood ? "" : "  MISSED"}`);
  }
}

/** @returns the exit code: 1 if a module differs or a target is missed */
export async function benchPasses(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { rounds: { type: "string", default: "3" } } });
  const subject = await prepareSubject(path.join(WORK, "stores", "speed-system"), CLI, "system");
  const blobs = path.join(WORK, "passes");
  await fs.rm(blobs, { recursive: true, force: true });
  await fs.mkdir(blobs, { recursive: true });
  const core = createCore({ storeRoot: subject.store });
  const judge = new Judge();
  try {
    const source = PRODUCERS.sourceOf(await loadUnit(subject.store, subject.before));
    const open = await openUnit(core, source, { llvm: "auto", overrides: {}, keysFile: null });
    try {
      await cost(open, blobs, Number(values.rounds), judge);
      await waits(open, judge);
    } finally {
      await open.close();
    }
  } finally {
    await closeCore(core);
  }
  return judge.good ? 0 : 1;
}

async function cost(open: OpenUnit, blobs: string, rounds: number, judge: Judge): Promise<void> {
  const modules = withStages(open.analyzed.result.modules);
  const pairs: [Loop, Loop][] = [];
  for (let round = 0; round < rounds; round++) pairs.push([await plainLoop(open, modules), await tracedLoop(open, modules, blobs)]);
  const ratios = pairs.map(([plain, traced]) => traced.seconds / plain.seconds);
  const [[plain, traced] = []] = pairs;
  if (plain === undefined || traced === undefined) return;
  const [longest = ""] = [...plain.times].toSorted((left, right) => right[1] - left[1])[0] ?? [];
  const ofLongest = pairs.map(([before, after]) => (after.times.get(longest) ?? NaN) / (before.times.get(longest) ?? NaN));
  const equal = [...plain.content].filter(([module, content]) => traced.content.get(module) === content).length;
  judge.line(
    "traced, all modules",
    `${median(ratios).toFixed(2)}× of ${plain.seconds.toFixed(1)} s (limit: ${LIMITS.all}×)`,
    median(ratios) <= LIMITS.all,
  );
  judge.line(
    `traced, ${longest.slice(0, 18)}`,
    `${median(ofLongest).toFixed(2)}× (limit: ${LIMITS.longest}×)`,
    median(ofLongest) <= LIMITS.longest,
  );
  judge.line("equal bytes", `${equal} of ${modules.length} modules`, equal === modules.length);
  judge.line("traces", `${(traced.bytes / 1e6).toFixed(1)} MB (limit: ${LIMITS.bytes / 1e6} MB)`, traced.bytes <= LIMITS.bytes);
}

async function plainLoop({ engine, analyzed, inputs }: OpenUnit, modules: readonly AnalyzedModule[]): Promise<Loop> {
  const last = pipelineOf(inputs.mode).optimized;
  return loop(modules, async (module) => {
    const { stages } = await engine.attempt("optimize", { unit: analyzed.unit, module, stages: [last], blobs: null, object: null });
    return { content: stages.at(-1)?.blob ?? "", bytes: 0 };
  });
}

async function tracedLoop({ engine, analyzed }: OpenUnit, modules: readonly AnalyzedModule[], blobs: string): Promise<Loop> {
  return loop(modules, async (module) => {
    const { content, trace } = await engine.attempt("passTrace", { unit: analyzed.unit, module, blobs, check: false });
    return { content, bytes: trace.bytes };
  });
}

/** Works through the modules, the largest first, with two workers. */
async function loop(
  modules: readonly AnalyzedModule[],
  make: (module: string) => Promise<{ readonly content: string; readonly bytes: number }>,
): Promise<Loop> {
  const [times, content] = [new Map<string, number>(), new Map<string, string>()];
  let bytes = 0;
  const begun = performance.now();
  const ordered = modules.toSorted((left, right) => right.bytes - left.bytes);
  await workThrough(ordered, WORKERS, async ({ name }) => {
    const start = performance.now();
    const made = await make(name);
    times.set(name, performance.now() - start);
    content.set(name, made.content);
    bytes += made.bytes;
  });
  return { seconds: (performance.now() - begun) / 1000, times, content, bytes };
}

async function waits(open: OpenUnit, judge: Judge): Promise<void> {
  const modules = withStages(open.analyzed.result.modules).toSorted((left, right) => right.bytes - left.bytes);
  const traces = new PassTraces(open);
  const core = modules.find(({ name }) => name.startsWith("core-"));
  if (core !== undefined) await steps(traces, await traces.of(core.name), judge);
  const all = modules[0] === undefined ? undefined : await traces.of(modules[0].name);
  if (all === undefined) return;
  const filters = [{}, { changed: true }, { pass: "inst" }, { kind: "loop" as const }, { pass: "gvn", changed: true }];
  const times = filters.map((filter) => timed(() => runsThat(all, filter)));
  const most = Math.max(...times);
  judge.line("filtered list", `${most.toFixed(1)} ms of ${all.times.length} runs (limit: ${LIMITS.list} ms)`, most <= LIMITS.list);
}

/** The steps of some functions that change differently often. They are not kept, so that the next run of the bench makes them again. */
async function steps(traces: PassTraces, trace: PassesTrace, judge: Judge): Promise<void> {
  const changed = trace.functions
    .map((symbol) => ({ symbol, history: trace.historyOf(trace.functionOf(symbol) ?? -1) }))
    .filter(({ history }) => history.length > 1)
    .toSorted((left, right) => right.history.length - left.history.length);
  const [first, next]: [number[], number[]] = [[], []];
  for (let index = 0; index < FUNCTIONS; index++) {
    const one = changed[Math.floor((index * changed.length) / FUNCTIONS)];
    if (one === undefined) continue;
    const begun = performance.now();
    const texts = await traces.textsOf(trace, one.symbol);
    const found = filteredSteps(stepsOf(texts, one.history, trace.definedBefore(trace.functionOf(one.symbol) ?? -1)), FILTERS);
    step(found, 1);
    first.push(performance.now() - begun);
    for (let at = 1; at < found.length; at++) {
      next.push(
        timed(() => {
          step(found, at);
        }),
      );
    }
  }
  const [slowest, longest] = [Math.max(...first), Math.max(...next)];
  judge.line(
    "first step of a function",
    `${median(first).toFixed(0)} ms, at most ${slowest.toFixed(0)} (limit: ${LIMITS.firstStep} ms)`,
    slowest <= LIMITS.firstStep,
  );
  judge.line(
    "next steps",
    `${median(next).toFixed(0)} ms, at most ${longest.toFixed(0)} (limit: ${LIMITS.nextStep} ms)`,
    longest <= LIMITS.nextStep,
  );
}

function step(found: readonly FunctionStep[], at: number): void {
  const [before, after] = [found[at - 1], found[at]];
  if (before !== undefined && after !== undefined) diffOfSteps(before, after);
}

function timed(work: () => unknown): number {
  const begun = performance.now();
  work();
  return performance.now() - begun;
}
