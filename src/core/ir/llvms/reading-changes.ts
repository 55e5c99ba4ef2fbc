/**
 * What reading older bitcode changes. LLVM upgrades it while it reads: it renames attributes and intrinsics, gives them other arguments, and prints
 * some constants differently. The text of one file by both LLVMs shows that, function by function.
 */
import type { ReadingChanges, Rewriting } from "../../../protocol/llvm-comparison.js";
import { alignLines } from "../align.js";
import { hideMetadata } from "../filters.js";
import { groupDefinition, mapCode } from "../lines.js";
import { functionTexts } from "./function-texts.js";

/** The rewritings to report. */
const MOST_LISTED = 50;

/** Collects the changes of many modules. */
export class ReadingTally {
  #functions = 0;
  #changed = 0;
  readonly #rewritings = new Map<
    string,
    { readonly intrinsic: string | null; readonly before: string; readonly after: string; count: number }
  >();

  /**
   * Adds one file.
   *
   * @param older its text as the older LLVM prints it
   * @param newer as the newer LLVM prints it
   */
  add(older: string, newer: string): void {
    const read = functionTexts(withAttributes(hideMetadata(newer)));
    for (const [symbol, text] of functionTexts(withAttributes(hideMetadata(older)))) {
      const upgraded = read.get(symbol);
      if (upgraded === undefined) continue;
      this.#functions += 1;
      if (this.#compare(text.split("\n"), upgraded.split("\n"))) this.#changed += 1;
    }
  }

  result(): ReadingChanges {
    const found: Rewriting[] = [...this.#rewritings.values()];
    return {
      functions: this.#functions,
      changed: this.#changed,
      rewritings: found.sort((one, other) => other.count - one.count).slice(0, MOST_LISTED),
    };
  }

  /** @returns whether anything differs */
  #compare(older: readonly string[], newer: readonly string[]): boolean {
    let differs = false;
    for (const [before, after] of changedLines(older, newer)) {
      for (const change of rewritingsIn(before, after)) {
        differs = true;
        this.#count(change);
      }
    }
    return differs;
  }

  #count(change: Omit<Rewriting, "count">): void {
    const key = JSON.stringify(change);
    const known = this.#rewritings.get(key);
    if (known === undefined) this.#rewritings.set(key, { ...change, count: 1 });
    else known.count += 1;
  }
}

/** Pairs of lines that differ. Where one side has more lines, the lines that it has alone are paired with nothing. */
function changedLines(older: readonly string[], newer: readonly string[]): (readonly [string, string])[] {
  if (older.length === newer.length) {
    return older.flatMap((line, index) => (line === newer[index] ? [] : [[line, newer[index] ?? ""] as const]));
  }
  const pairs: (readonly [string, string])[] = [];
  let [left, right] = [0, 0];
  const upTo = (leftEnd: number, rightEnd: number): void => {
    const both = Math.min(leftEnd - left, rightEnd - right);
    for (let index = 0; index < both; index++) pairs.push([older[left++] ?? "", newer[right++] ?? ""]);
    while (left < leftEnd) pairs.push([older[left++] ?? "", ""]);
    while (right < rightEnd) pairs.push(["", newer[right++] ?? ""]);
  };
  for (const [leftAt, rightAt] of alignLines(older, newer)) {
    upTo(leftAt, rightAt);
    [left, right] = [leftAt + 1, rightAt + 1];
  }
  upTo(older.length, newer.length);
  return pairs;
}

/** A run of words that one line has in place of a run in the other. */
interface Run {
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** The first word after it, in the older line. */
  readonly end: number;
}

/** The words that differ between two lines, each run of them as one rewriting. */
function rewritingsIn(before: string, after: string): Omit<Rewriting, "count">[] {
  const [older, newer] = [wordsOf(before), wordsOf(after)];
  const intrinsic = intrinsicIn(before) ?? intrinsicIn(after);
  return moved(runsOf(older, newer), older).map((run) => ({ intrinsic, before: textOf(run.before), after: textOf(run.after) }));
}

function runsOf(older: readonly string[], newer: readonly string[]): Run[] {
  const runs: Run[] = [];
  let [left, right] = [0, 0];
  const upTo = (leftEnd: number, rightEnd: number): void => {
    const [before, after] = [older.slice(left, leftEnd), newer.slice(right, rightEnd)];
    if (before.length + after.length > 0) runs.push({ before, after, end: leftEnd });
  };
  for (const [leftAt, rightAt] of alignLines(older, newer)) {
    upTo(leftAt, rightAt);
    [left, right] = [leftAt + 1, rightAt + 1];
  }
  upTo(older.length, newer.length);
  return runs;
}

/** LLVM prints attributes in an order of its own: one that went and one that came at the same parameter are one rewriting. */
function moved(runs: readonly Run[], older: readonly string[]): Run[] {
  const joined: Run[] = [];
  for (const run of runs) {
    const last = joined.at(-1);
    const between = last === undefined ? [] : older.slice(last.end, run.end - run.before.length);
    const together = !between.some((word) => BOUNDARIES.has(word)) && !run.before.concat(run.after).some((word) => BOUNDARIES.has(word));
    const complementary =
      last !== undefined &&
      (last.before.length === 0) !== (run.before.length === 0) &&
      (last.after.length === 0) !== (run.after.length === 0);
    if (last !== undefined && complementary && together) {
      joined[joined.length - 1] = { before: [...last.before, ...run.before], after: [...last.after, ...run.after], end: run.end };
    } else joined.push(run);
  }
  return joined;
}

/** Words that end a parameter. */
const BOUNDARIES: ReadonlySet<string> = new Set([",", "(", ")"]);

function textOf(words: readonly string[]): string {
  return words
    .join(" ")
    .replaceAll(/ (?=[,)>\]])/g, "")
    .replaceAll(/(?<=[(<[]) /g, "")
    .replace(/^, |,$/, "");
}

/** Text with parentheses of which at most two are nested. */
const NESTED = String.raw`\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)`;

/** A string; an attribute or a constant with its arguments; a vector; any other word; punctuation. */
const WORD = new RegExp(String.raw`"[^"]*"|splat ${NESTED}|[\w.]+${NESTED}|<[^<>]*>|[^\s(),<>[\]{}]+|[(),<>[\]{}]`, "g");

/** Names of values and globals, and numbers, are left out, so that equal rewritings have equal words; and so is the length of a vector. */
function wordsOf(line: string): string[] {
  const plain = mapCode(line, (code) =>
    code
      .replace(/[%@][\w$.-]+/g, (name) => (name.startsWith("@llvm.") ? name : name.charAt(0)))
      .replace(/(?<![\w.])-?\d+(?![\w.])/g, "N")
      .replace(/<([^<>,]+)(?:, \1)+>/g, "<$1, …>"),
  );
  return plain.match(WORD) ?? [];
}

function intrinsicIn(line: string): string | null {
  return /@(llvm\.[\w.]+)\(/.exec(line)?.[1] ?? null;
}

/** Puts the attributes of a group where its number is: the numbers differ between LLVMs. */
function withAttributes(module: string): string {
  const groups = new Map<string, string>();
  const lines = module.split("\n");
  for (const line of lines) {
    const group = groupDefinition(line);
    if (group !== undefined) groups.set(group.number, group.content);
  }
  return lines
    .map((line) =>
      line.includes("#")
        ? mapCode(line, (code) => code.replace(/(?<= )#(\d+)(?![\w.])/g, (whole, number: string) => groups.get(number) ?? whole))
        : line,
    )
    .join("\n");
}
