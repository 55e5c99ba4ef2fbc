/**
 * Aligns two lists of lines: first by lines that occur once in both (patience), then by the shortest edit script inside the gaps. Lines may have
 * several keys, from the most specific to the least: a key decides only in the gaps that the more specific ones leave.
 */
import { diffArrays } from "diff";

/** A pair of equal lines: index in the first list, index in the second. */
export type LinePair = readonly [before: number, after: number];

/** The maximum number of edits in one gap. Beyond it, the gap is replaced as a whole, since time grows with the square of the edits. */
const MOST_EDITS = 800;

/** Pairs of equal lines, rising in both lists. */
export function alignLines(before: readonly string[], after: readonly string[]): LinePair[] {
  const numbers = new Numbers();
  const numbered = (lines: readonly string[]): Int32Array => Int32Array.from(lines, (line) => numbers.of(line));
  return alignKeys([{ before: numbered(before), after: numbered(after) }]);
}

/** One key of every line of both lists. */
export interface Keys {
  readonly before: Int32Array;
  readonly after: Int32Array;
}

/**
 * Pairs of lines with an equal key, rising in both lists.
 *
 * @param levels the most specific key first; lines with one of the keys in common have all that follow it in common
 */
export function alignKeys(levels: readonly Keys[]): LinePair[] {
  const [keys, ...others] = levels;
  if (keys === undefined) return [];
  const pairs: LinePair[] = [];
  alignRange({ ...keys, others, pairs }, 0, keys.before.length, 0, keys.after.length);
  return pairs;
}

/** A number for each text: equal texts have equal numbers. */
export class Numbers {
  readonly #known = new Map<string, number>();

  get size(): number {
    return this.#known.size;
  }

  of(text: string): number {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    this.#known.set(text, this.#known.size);
    return this.#known.size - 1;
  }
}

interface Alignment extends Keys {
  /** Less specific keys. */
  readonly others: readonly Keys[];
  readonly pairs: LinePair[];
}

function alignRange(work: Alignment, beforeStart: number, beforeEnd: number, afterStart: number, afterEnd: number): void {
  const { before, after, pairs } = work;
  while (beforeStart < beforeEnd && afterStart < afterEnd && before[beforeStart] === after[afterStart]) {
    pairs.push([beforeStart++, afterStart++]);
  }
  let same = 0;
  while (beforeEnd > beforeStart && afterEnd > afterStart && before[beforeEnd - 1] === after[afterEnd - 1]) {
    beforeEnd -= 1;
    afterEnd -= 1;
    same += 1;
  }
  if (beforeStart < beforeEnd && afterStart < afterEnd) alignGap(work, beforeStart, beforeEnd, afterStart, afterEnd);
  for (let index = 0; index < same; index++) pairs.push([beforeEnd + index, afterEnd + index]);
}

function alignGap(work: Alignment, beforeStart: number, beforeEnd: number, afterStart: number, afterEnd: number): void {
  const anchors = anchorsIn(work, beforeStart, beforeEnd, afterStart, afterEnd);
  if (anchors.length === 0) {
    const [next, ...others] = work.others;
    if (next === undefined) shortestScript(work, beforeStart, beforeEnd, afterStart, afterEnd);
    else alignRange({ ...next, others, pairs: work.pairs }, beforeStart, beforeEnd, afterStart, afterEnd);
    return;
  }
  let [fromBefore, fromAfter] = [beforeStart, afterStart];
  for (const [anchorBefore, anchorAfter] of anchors) {
    alignRange(work, fromBefore, anchorBefore, fromAfter, anchorAfter);
    work.pairs.push([anchorBefore, anchorAfter]);
    [fromBefore, fromAfter] = [anchorBefore + 1, anchorAfter + 1];
  }
  alignRange(work, fromBefore, beforeEnd, fromAfter, afterEnd);
}

/** The longest rising sequence of lines that occur exactly once on each side. */
function anchorsIn(work: Alignment, beforeStart: number, beforeEnd: number, afterStart: number, afterEnd: number): LinePair[] {
  const inBefore = once(work.before, beforeStart, beforeEnd);
  const inAfter = once(work.after, afterStart, afterEnd);
  const candidates: LinePair[] = [];
  for (const [line, at] of inBefore) {
    const other = inAfter.get(line);
    if (at >= 0 && other !== undefined && other >= 0) candidates.push([at, other]);
  }
  return longestRising(candidates);
}

/** Line → its index, or -1 if it occurs more than once; in the order of the indices. */
function once(lines: Int32Array, start: number, end: number): Map<number, number> {
  const found = new Map<number, number>();
  for (let index = start; index < end; index++) {
    const line = lines[index] ?? 0;
    found.set(line, found.has(line) ? -1 : index);
  }
  return found;
}

/** The longest sequence of candidates with rising second indices; the first indices already rise. */
function longestRising(candidates: readonly LinePair[]): LinePair[] {
  const tails: number[] = [];
  const previous = new Int32Array(candidates.length).fill(-1);
  for (const [index, [, after]] of candidates.entries()) {
    let [low, high] = [0, tails.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((candidates[tails[middle] ?? 0]?.[1] ?? 0) < after) low = middle + 1;
      else high = middle;
    }
    previous[index] = low > 0 ? (tails[low - 1] ?? -1) : -1;
    tails[low] = index;
  }
  const rising: LinePair[] = [];
  for (let index = tails.at(-1) ?? -1; index >= 0; index = previous[index] ?? -1) {
    const pair = candidates[index];
    if (pair !== undefined) rising.push(pair);
  }
  return rising.reverse();
}

function shortestScript(work: Alignment, beforeStart: number, beforeEnd: number, afterStart: number, afterEnd: number): void {
  const changes = diffArrays([...work.before.subarray(beforeStart, beforeEnd)], [...work.after.subarray(afterStart, afterEnd)], {
    maxEditLength: MOST_EDITS,
  });
  let [before, after] = [beforeStart, afterStart];
  for (const change of changes ?? []) {
    if (change.added) after += change.count;
    else if (change.removed) before += change.count;
    else for (let index = 0; index < change.count; index++) work.pairs.push([before++, after++]);
  }
}
