/** One function between the passes: the runs that changed it, the diff over one of them, and which of them made each line. */
import { CHANGE_BITS } from "../../../protocol/engine/passes.js";
import type { BlameRow, FunctionPassesReport, PassChange, PassRunRow } from "../../../protocol/passes.js";
import { number } from "../../../protocol/words.js";
import { LtoError } from "../../base/errors.js";
import { demangleNames } from "../../ir/filters.js";
import { withoutCopy } from "../calls/chosen.js";
import type { Names } from "../rebuild/readable.js";
import { functionNamed } from "./chosen-function.js";
import type { PassesOptions } from "./options.js";
import { millisOf } from "./rows.js";
import { runsThat, type RunFilter } from "./run-list.js";
import { blame, diffOfSteps, filteredSteps, linesWith, stepsOf, type LinesWith, type FunctionStep } from "./steps.js";
import type { PassesTrace, TracedChange } from "./trace.js";
import type { PassTraces } from "./traces.js";

/** A module's trace, and what it is shown with. */
export interface TracedModule {
  readonly trace: PassesTrace;
  readonly traces: PassTraces;
  /** Of all functions of the trace. */
  readonly names: Names;
  readonly filter: Pick<RunFilter, "pass" | "kind">;
}

type FunctionPart = Omit<FunctionPassesReport, "schema" | "command" | "unit" | "module" | "moduleName" | "warnings" | "against">;

type FunctionOptions = PassesOptions & { readonly function: string };

/** @throws LtoError UnknownFunction, Usage for a run that did not change the function, what making texts can throw */
export async function functionReport(traced: TracedModule, options: FunctionOptions, signal?: AbortSignal): Promise<FunctionPart> {
  const { trace, names, filter } = traced;
  const symbol = functionNamed(trace, new Map(trace.functions.map((one) => [one, names.of(one)])), options.function);
  const fn = trace.functionOf(symbol) ?? -1;
  const history = new Map(trace.historyOf(fn).map((change) => [change.run, change]));
  const runs = runsThat(trace, { ...filter, function: fn, changed: options.changed || options.text !== null });
  const at = options.at === null ? null : chosenRun(trace, history, options.at, names.of(symbol));
  const wantsText = at !== null || options.blame || options.text !== null;
  const steps = wantsText ? await stepsIn(traced, symbol, options, signal) : [];
  const found = options.text === null ? null : changesOfLines(steps, options.text);
  const until = at === null ? steps.length - 1 : steps.findIndex(({ run }) => run === at);
  return {
    function: withoutCopy(names.of(symbol)),
    symbol,
    runs: trace.runsFor(fn).length,
    list: [...runs]
      .filter((run) => found?.has(run) !== false)
      .map((run) => ({ ...runRow(trace, run, history.get(run)), ...(found === null ? {} : { lines: found.get(run) ?? NO_LINES }) })),
    at: at === null ? null : { run: at, pass: trace.pass(at), patch: patchAt(steps, until) },
    blame: options.blame ? blameRows(steps, until) : null,
  };
}

const NO_LINES: LinesWith = { added: [], removed: [] };

/** The steps of a function with the texts that are shown. */
export async function stepsIn(
  { trace, traces, names }: TracedModule,
  symbol: string,
  { filters, demangle }: Pick<PassesOptions, "filters" | "demangle">,
  signal?: AbortSignal,
): Promise<FunctionStep[]> {
  const fn = trace.functionOf(symbol) ?? -1;
  const steps = filteredSteps(stepsOf(await traces.textsOf(trace, symbol, signal), trace.historyOf(fn), trace.definedBefore(fn)), filters);
  if (!demangle) return steps;
  const symbols = new Set(
    steps.flatMap(({ text }) => [...(text ?? "").matchAll(/@(?:"([^"]*)"|([\w$.-]+))/g)].map((one) => one[1] ?? one[2] ?? "")),
  );
  await names.learn([...symbols]);
  const readable = new Map([...symbols].map((one) => [one, names.of(one)]));
  return steps.map((step) => ({ ...step, text: step.text === null ? null : demangleNames(step.text, readable) }));
}

/** @param change what the run changed in the function; undefined: nothing */
export function runRow(trace: PassesTrace, run: number, change: TracedChange | undefined): PassRunRow {
  return {
    run,
    pass: trace.pass(run),
    subject: trace.kind(run),
    changed: change === undefined ? [] : changesIn(change),
    instructions: change?.instructions ?? 0,
    millis: millisOf(trace.times[run] ?? 0),
  };
}

const CHANGES: readonly PassChange[] = ["code", "header", "created", "removed"];

function changesIn({ bits }: TracedChange): PassChange[] {
  return CHANGES.filter((change) => (bits & CHANGE_BITS[change]) !== 0);
}

/** The run, if it changed the function. @throws LtoError Usage */
export function chosenRun(trace: PassesTrace, history: ReadonlyMap<number, TracedChange>, run: number, name: string): number {
  if (history.has(run)) return run;
  const [before] = [...history.keys()].filter((one) => one < run).slice(-1);
  const after = [...history.keys()].find((one) => one > run);
  const near = [before, after].flatMap((one) => (one === undefined ? [] : [`${number(one)} (${trace.pass(one)})`]));
  const why =
    run < trace.length ? `Run ${number(run)} (${trace.pass(run)}) did not change ${name}` : `The module has no run ${number(run)}`;
  throw new LtoError({
    name: "Usage",
    message: `${why}.`,
    help: near.length === 0 ? `No pass changed ${name}.` : `The nearest runs that changed it: ${near.join(", ")}.`,
  });
}

/** Run → the lines with a text that it added and removed. */
function changesOfLines(steps: readonly FunctionStep[], text: string): Map<number, LinesWith> {
  const found = new Map<number, LinesWith>();
  for (const [index, step] of steps.entries()) {
    const before = steps[index - 1];
    const lines = before === undefined ? undefined : linesWith(before, step, text);
    if (lines !== undefined && step.run !== null) found.set(step.run, lines);
  }
  return found;
}

function patchAt(steps: readonly FunctionStep[], index: number): string {
  const [before, after] = [steps[index - 1], steps[index]];
  return before === undefined || after === undefined ? "" : diffOfSteps(before, after).patch;
}

/** If the function is gone at the end, it is shown as it was last. */
function blameRows(steps: readonly FunctionStep[], until: number): BlameRow[] {
  const last = steps.slice(0, until + 1).findLastIndex(({ text }) => text !== null);
  return blame(steps, last).map(({ line, step }) => ({ line, run: steps[step]?.run ?? null, pass: steps[step]?.pass ?? null }));
}
