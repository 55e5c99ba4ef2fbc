/** A function in two replays: the first pass that decided otherwise. */
import type { PassesAgainst } from "../../../protocol/passes.js";
import { applyFilters } from "../../ir/filters.js";
import type { OpenUnit } from "../../replay/open.js";
import type { UseHooks, UseUnit } from "../../replay/open-units.js";
import { withoutPromotionSuffix } from "../../ir/stage-changes.js";
import { Names } from "../rebuild/readable.js";
import { functionNamed } from "./chosen-function.js";
import { firstDifference, type RunDecisions, type Parting } from "./first-difference.js";
import { stepsIn, type TracedModule } from "./function-passes.js";
import type { OtherReplay, PassesOptions } from "./options.js";
import { diffOfSteps, filteredSteps, type FunctionStep } from "./steps.js";
import { moduleNamed, PassTraces } from "./traces.js";

/** One replay of the function. */
interface Side {
  readonly traced: TracedModule;
  readonly symbol: string;
  /** As shown. */
  readonly steps: readonly FunctionStep[];
  readonly codes: Codes;
}

/** A function's steps in a form that is equal for equal code in all builds and, as far as their texts allow, all LLVMs. */
interface Codes {
  readonly before: string;
  readonly decisions: RunDecisions;
  /** The step of each change of `decisions`. */
  readonly stepOf: readonly number[];
}

type Texts = Pick<PassesOptions, "filters" | "demangle">;

/**
 * Compares a function with another replay of it.
 *
 * @throws LtoError UnknownModule, UnknownFunction; what opening the other unit and making its stages can throw
 */
export async function comparedWith(
  here: TracedModule & { readonly open: OpenUnit },
  symbol: string,
  { build, module }: OtherReplay,
  texts: Texts,
  { use, hooks }: { readonly use: UseUnit; readonly hooks: UseHooks },
): Promise<PassesAgainst> {
  const own = await sideOf(here, symbol, texts, hooks.signal);
  return use(build, hooks, async (open) => {
    const traces = new PassTraces(open);
    try {
      const trace = await traces.of(moduleNamed(open, module ?? here.trace.module), hooks.signal);
      const names = new Names(open.engine, hooks.signal);
      await names.learn(trace.functions);
      const known = new Map(trace.functions.map((one) => [one, names.of(one)]));
      const same = [...known.keys()].find((one) => withoutPromotionSuffix(one) === withoutPromotionSuffix(symbol));
      const other = same ?? functionNamed(trace, known, here.names.of(symbol));
      const side = await sideOf({ trace, traces, names, filter: {} }, other, texts, hooks.signal);
      const { id, name } = open.inputs.unit;
      return { unit: { id, name }, module: trace.module, symbol: other, first: partingOf(own, side) };
    } finally {
      await traces.settle();
    }
  });
}

async function sideOf(traced: TracedModule, symbol: string, texts: Texts, signal?: AbortSignal): Promise<Side> {
  const steps = await stepsIn(traced, symbol, texts, signal);
  const plain = filteredSteps(await stepsIn(traced, symbol, { filters: {}, demangle: true }, signal), {
    ...{ hideMetadata: true, hideGuids: true, hideAttributes: true },
  });
  return { traced, symbol, steps, codes: codesOf(traced, symbol, plain) };
}

function codesOf({ trace }: TracedModule, symbol: string, steps: readonly FunctionStep[]): Codes {
  const runs = trace.runsFor(trace.functionOf(symbol) ?? -1);
  const places = new Map([...runs].map((run, index) => [run, index]));
  const changes: { at: number; code: string }[] = [];
  const stepOf: number[] = [];
  const before = codeOf(steps[0]);
  let last = before;
  for (const [index, step] of steps.entries()) {
    const code = codeOf(step);
    const at = step.run === null ? undefined : places.get(step.run);
    // What changed is hidden.
    if (at === undefined || code === last) continue;
    changes.push({ at, code });
    stepOf.push(index);
    last = code;
  }
  return { before, decisions: { runs: [...runs].map((run) => trace.pass(run)), changes }, stepOf };
}

/** The text without what LLVM numbers and what is no code. */
function codeOf(step: FunctionStep | undefined): string {
  const text = step?.text ?? "";
  const start = text.indexOf("\ndefine ");
  const end = text.indexOf("\n}", start);
  return applyFilters(text.slice(Math.max(start, 0), end < 0 ? undefined : end), { stableNumbers: true });
}

function partingOf(here: Side, there: Side): PassesAgainst["first"] {
  if (here.codes.before !== there.codes.before) {
    const changed = { run: null, changed: false };
    return { pass: null, equal: 0, here: changed, there: changed, patch: patchOf(there.steps[0], here.steps[0]) };
  }
  const first = firstDifference(here.codes.decisions, there.codes.decisions);
  if (first === null) return null;
  return {
    pass: first.pass,
    equal: first.equal,
    here: { run: runAt(here, first.left), changed: first.changed.left },
    there: { run: runAt(there, first.right), changed: first.changed.right },
    patch: patchOf(stepAfter(there, first, first.changed.right), stepAfter(here, first, first.changed.left)),
  };
}

/** @param index of the runs for the function */
function runAt({ traced: { trace }, symbol }: Side, index: number | null): number | null {
  return index === null ? null : (trace.runsFor(trace.functionOf(symbol) ?? -1)[index] ?? null);
}

/** The function after the pass that decided otherwise: if that changed nothing, as it was before. */
function stepAfter({ codes, steps }: Side, { equal }: Parting, changed: boolean): FunctionStep | undefined {
  const index = changed ? codes.stepOf[equal] : equal === 0 ? 0 : codes.stepOf[equal - 1];
  return steps[index ?? 0];
}

function patchOf(before: FunctionStep | undefined, after: FunctionStep | undefined): string {
  return before === undefined || after === undefined ? "" : diffOfSteps(before, after).patch;
}
