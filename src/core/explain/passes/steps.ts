/** The texts of a function between the passes that change it: one step for each change, and one before all passes. */
import type { PassTexts } from "../../../protocol/engine/passes.js";
import { applyFilters, type TextFilters } from "../../ir/filters.js";
import { comparable, linesDiff, type TextDiff } from "../../ir/function-diff.js";
import { alignLines, type LinePair } from "../../ir/align.js";
import { tidy } from "../../ir/lines.js";
import type { Sides } from "../../ir/numbering/texts.js";
import type { TracedChange } from "./trace.js";

/** A function after one of the passes that changed it. */
export interface FunctionStep {
  /** null: before all passes. */
  readonly pass: string | null;
  /** The number of the run in the trace. null: before all passes. */
  readonly run: number | null;
  /** LLVM's text; null: the function is not defined. */
  readonly text: string | null;
}

/**
 * The steps of a function, the one before all passes first.
 *
 * @param history the function's changes in the trace, of which the texts have one step each
 */
export function stepsOf({ steps, texts }: PassTexts, history: readonly TracedChange[], definedBefore: boolean): FunctionStep[] {
  const first: FunctionStep = { pass: null, run: null, text: definedBefore ? (texts[0] ?? null) : null };
  const others = steps.map(([pass, text], index): FunctionStep => ({
    pass,
    run: history[index]?.run ?? null,
    text: text === null ? null : (texts[text] ?? null),
  }));
  return [first, ...others];
}

/** The steps with filtered texts. */
export function filteredSteps(steps: readonly FunctionStep[], filters: TextFilters): FunctionStep[] {
  const known = new Map<string, string>();
  const filtered = (text: string): string => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const after = applyFilters(text, filters);
    known.set(text, after);
    return after;
  };
  return steps.map((step) => ({ ...step, text: step.text === null ? null : filtered(step.text) }));
}

/** How a step is called in diffs. */
export function stepName({ pass, run }: FunctionStep): string {
  return pass === null || run === null ? "before the passes" : `${pass} (run ${run})`;
}

/** What differs between two steps, numbered and aligned like a diff of stages. */
export function diffOfSteps(before: FunctionStep, after: FunctionStep): TextDiff {
  return linesDiff(comparable(before.text ?? "", after.text ?? ""), { before: stepName(before), after: stepName(after) });
}

/** A line of a function's body, and the step that made it what it is. */
export interface BlamedLine {
  readonly line: string;
  /** The index of the step. */
  readonly step: number;
}

/** Which step made each line of a function. It keeps what it found, because a step's answer builds on those of all steps before it. */
export class LineMakers {
  readonly #steps: readonly FunctionStep[];
  /** By step, as far as they are known: the step that made each line. */
  readonly #makers: (readonly number[])[] = [];

  constructor(steps: readonly FunctionStep[]) {
    this.#steps = steps;
  }

  /**
   * For each line of the function's body at a step, the step that made it: since then, the line is the same apart from numbers. Empty if the function is not
   * defined at the step.
   */
  at(step: number): BlamedLine[] {
    const last = Math.min(step, this.#steps.length - 1);
    while (this.#makers.length <= last) this.#makers.push(this.#next());
    const lines = bodyOf(tidy((this.#steps[last]?.text ?? "").split("\n")));
    return (this.#makers[last] ?? []).map((maker, index) => ({ line: lines[index] ?? "", step: maker }));
  }

  #next(): readonly number[] {
    const step = this.#makers.length;
    const before = this.#makers[step - 1] ?? [];
    const [previous, text] = [this.#steps[step - 1]?.text ?? null, this.#steps[step]?.text ?? null];
    if (step > 0 && text === previous) return before;
    const sides = bodies(comparable(previous ?? "", text ?? ""));
    return inherited(before, alignLines(sides.before, sides.after), sides.after.length, step);
  }
}

/** {@link LineMakers.at}, for one step. */
export function blame(steps: readonly FunctionStep[], at: number): BlamedLine[] {
  return new LineMakers(steps).at(at);
}

function inherited(makers: readonly number[], pairs: readonly LinePair[], length: number, step: number): number[] {
  const found = new Array<number>(length).fill(step);
  for (const [before, after] of pairs) found[after] = makers[before] ?? step;
  return found;
}

/** What surrounds the body is put in the order of its numbers, which a pass may change. */
function bodies({ before, after }: Sides): Sides {
  return { before: bodyOf(before), after: bodyOf(after) };
}

/** The lines from `define` to the closing brace. */
function bodyOf(lines: readonly string[]): readonly string[] {
  const { start, length } = bodyPlace(lines);
  return lines.slice(start, start + length);
}

/** Where the lines from `define` to the closing brace begin, and how many they are. */
export function bodyPlace(lines: readonly string[]): { readonly start: number; readonly length: number } {
  const start = lines.findIndex((line) => line.startsWith("define "));
  const end = lines.indexOf("}", Math.max(start, 0));
  return start < 0 ? { start: 0, length: 0 } : { start, length: (end < 0 ? lines.length : end + 1) - start };
}

/** What a step did to lines that have a text. */
export interface LinesWith {
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/** The lines with a text that a step adds and removes; undefined if there are none. */
export function linesWith(before: FunctionStep, after: FunctionStep, wanted: string): LinesWith | undefined {
  if (before.text?.includes(wanted) !== true && after.text?.includes(wanted) !== true) return undefined;
  const sides = bodies(comparable(before.text ?? "", after.text ?? ""));
  const pairs = alignLines(sides.before, sides.after);
  const [kept, same] = [new Set(pairs.map(([left]) => left)), new Set(pairs.map(([, right]) => right))];
  const removed = sides.before.filter((line, index) => !kept.has(index) && line.includes(wanted));
  const added = sides.after.filter((line, index) => !same.has(index) && line.includes(wanted));
  return added.length + removed.length === 0 ? undefined : { added, removed };
}
