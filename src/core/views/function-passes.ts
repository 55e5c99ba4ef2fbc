/**
 * One function of a run between the passes, for a page. Traces and texts of the last functions are kept in memory, so that each further step takes no work of
 * the engine.
 */
import type { FunctionPasses, PassAgainst, PassChoice, PassMaker, PassStep, PassStepRow } from "../../protocol/pass-page.js";
import type { PassRunRow, PassSubject } from "../../protocol/passes.js";
import type { PassFunction } from "../../protocol/requests/passes.js";
import { shortModuleName } from "../../protocol/module-names.js";
import type { DocumentFilters } from "../../protocol/uris.js";
import type { Page, Range } from "../../protocol/views.js";
import { Lru } from "../base/lru.js";
import { functionNamed } from "../explain/passes/chosen-function.js";
import { chosenRun, runRow, stepsIn } from "../explain/passes/function-passes.js";
import { runsThat } from "../explain/passes/run-list.js";
import { bodyPlace, LineMakers, type FunctionStep } from "../explain/passes/steps.js";
import type { PassesTrace, TracedChange } from "../explain/passes/trace.js";
import { moduleNamed, PassTraces } from "../explain/passes/traces.js";
import { withoutCopy } from "../explain/calls/chosen.js";
import { Names } from "../explain/rebuild/readable.js";
import { diffRows, type DiffRow } from "../ir/diff-rows.js";
import { comparable } from "../ir/function-diff.js";
import type { Sides } from "../ir/numbering/texts.js";
import type { ReplayedBuild, UseHooks, UseUnit } from "../replay/open-units.js";
import { pageOf } from "./module-rows.js";

/** A trace of a large module takes tens of megabytes, and so do the texts of a large function. */
const KEPT_TRACES = 2;
const KEPT_FUNCTIONS = 6;

const MOST_CHANGES = 2000;
const MOST_ROWS = 4000;
const LONGEST_LINE = 2000;

interface Traced {
  readonly trace: PassesTrace;
  /** Symbol → readable name, of all functions of the trace. */
  readonly names: ReadonlyMap<string, string>;
}

interface TracedFunction extends Traced {
  readonly symbol: string;
  readonly function: number;
  readonly history: ReadonlyMap<number, TracedChange>;
}

/** The texts of a function, as some filters show them. */
interface ShownSteps {
  readonly steps: readonly FunctionStep[];
  readonly makers: LineMakers;
}

/** The run of a function, and from what it is replayed. */
export interface PassesOf extends PassFunction {
  readonly build: () => Promise<ReplayedBuild>;
  readonly hooks: UseHooks;
}

export class PassViews {
  readonly #use: UseUnit;
  readonly #traced = new Lru<string, Traced>(KEPT_TRACES);
  readonly #shown = new Lru<string, ShownSteps>(KEPT_FUNCTIONS);

  constructor(use: UseUnit) {
    this.#use = use;
  }

  /** @throws LtoError UnknownModule, UnknownFunction; what opening a unit and tracing its passes can throw */
  async view(of: PassesOf): Promise<FunctionPasses> {
    const { trace, names, symbol, function: fn, history } = await this.#function(of);
    const changes = [...history].map(([run, change]) => runRow(trace, run, change));
    return {
      name: withoutCopy(names.get(symbol) ?? symbol),
      symbol,
      module: trace.module,
      moduleName: shortModuleName(trace.module),
      runs: trace.runsFor(fn).length,
      changes: { total: changes.length, shown: changes.slice(0, MOST_CHANGES) },
    };
  }

  /** @throws as {@link PassViews.view} */
  async runs(
    of: PassesOf,
    { text, kind, changed, ...range }: { readonly text: string; readonly kind: PassSubject | null; readonly changed: boolean } & Range,
  ): Promise<Page<PassRunRow>> {
    const { trace, function: fn, history } = await this.#function(of);
    const filter = { ...(text.trim() === "" ? {} : { pass: text }), ...(kind === null ? {} : { kind }) };
    const page = pageOf([...runsThat(trace, { ...filter, changed, function: fn })], range);
    return { ...page, rows: page.rows.map((run) => runRow(trace, run, history.get(run))) };
  }

  /** @throws as {@link PassViews.view}; Usage for a run that did not change the function; what making texts can throw */
  async step(of: PassesOf, { whole, ...choice }: PassChoice & { readonly whole: boolean }): Promise<PassStep> {
    const sides = await this.#sides(of, choice);
    const rows = diffRows(sides, whole);
    const body = bodyPlace(sides.after);
    const count = (kind: DiffRow["kind"]): number => rows.filter((row) => row.kind === kind).length;
    return {
      added: count("added"),
      removed: count("removed"),
      rows: { total: rows.length, shown: rows.slice(0, MOST_ROWS).map((row) => stepRow(row, body)) },
    };
  }

  /** @throws as {@link PassViews.step} */
  async texts(of: PassesOf, choice: PassChoice): Promise<{ readonly before: string; readonly after: string }> {
    const { before, after } = await this.#sides(of, choice);
    return { before: before.join("\n"), after: after.join("\n") };
  }

  /** The run that made a line. @throws as {@link PassViews.step} */
  async maker(of: PassesOf, { at, line, filters }: Pick<PassChoice, "at" | "filters"> & { readonly line: number }): Promise<PassMaker> {
    const { steps, makers } = await this.#steps(of, filters);
    const index = await this.#indexOf(of, steps, at);
    const maker = steps[makers.at(index)[line]?.step ?? index];
    return { run: maker?.run ?? null, pass: maker?.pass ?? null };
  }

  forget(): void {
    this.#traced.clear();
    this.#shown.clear();
  }

  async #sides(of: PassesOf, { at, against, filters }: PassChoice): Promise<Sides> {
    const { steps } = await this.#steps(of, filters);
    const index = await this.#indexOf(of, steps, at);
    const other = typeof against === "number" ? await this.#indexOf(of, steps, against) : otherOf(index, against);
    return comparable(steps[other]?.text ?? "", steps[index]?.text ?? "", filters.stableNumbering);
  }

  async #indexOf(of: PassesOf, steps: readonly FunctionStep[], run: number): Promise<number> {
    const { trace, names, symbol, history } = await this.#function(of);
    const chosen = chosenRun(trace, history, run, names.get(symbol) ?? symbol);
    return steps.findIndex((step) => step.run === chosen);
  }

  async #function(of: PassesOf): Promise<TracedFunction> {
    const traced = await this.#trace(of);
    const { trace, names } = traced;
    const symbol = functionNamed(trace, names, of.symbol);
    const fn = trace.functionOf(symbol) ?? -1;
    return { ...traced, symbol, function: fn, history: new Map(trace.historyOf(fn).map((change) => [change.run, change])) };
  }

  async #trace({ run, module, build, hooks }: PassesOf): Promise<Traced> {
    const key = JSON.stringify([run, module]);
    const known = this.#traced.get(key);
    if (known !== undefined) return known;
    return this.#use(await build(), hooks, async (open) => {
      const traces = new PassTraces(open);
      try {
        const trace = await traces.of(moduleNamed(open, module), hooks.signal);
        const names = new Names(open.engine, hooks.signal);
        await names.learn(trace.functions);
        const found = { trace, names: new Map(trace.functions.map((one) => [one, names.of(one)])) };
        this.#traced.set(key, found);
        return found;
      } finally {
        await traces.settle();
      }
    });
  }

  async #steps(of: PassesOf, filters: DocumentFilters): Promise<ShownSteps> {
    const { trace, symbol } = await this.#function(of);
    const { hideDebugInfo: hideMetadata, hideGuids, hideAttributes, demangle } = filters;
    const key = JSON.stringify([of.run, trace.module, symbol, hideMetadata, hideGuids, hideAttributes, demangle]);
    const known = this.#shown.get(key);
    if (known !== undefined) return known;
    const { build, hooks } = of;
    return this.#use(await build(), hooks, async (open) => {
      const traces = new PassTraces(open);
      try {
        const traced = { trace, traces, names: new Names(open.engine, hooks.signal), filter: {} };
        const options = { filters: { hideMetadata, hideGuids, hideAttributes }, demangle };
        const steps = await stepsIn(traced, symbol, options, hooks.signal);
        const found = { steps, makers: new LineMakers(steps) };
        this.#shown.set(key, found);
        return found;
      } finally {
        await traces.settle();
      }
    });
  }
}

function otherOf(index: number, against: Exclude<PassAgainst, number>): number {
  return against === "start" ? 0 : index - 1;
}

/** @param body where the function's body begins in the second text */
function stepRow(row: DiffRow, { start, length }: { readonly start: number; readonly length: number }): PassStepRow {
  if (row.kind === "fold") return row;
  const { kind, text, after } = row;
  const line = after === null || after < start || after >= start + length ? null : after - start;
  return { kind, text: text.length > LONGEST_LINE ? `${text.slice(0, LONGEST_LINE)}…` : text, line };
}
