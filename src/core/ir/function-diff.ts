/** The unified diff of one function's text between two stages; it shows only real changes. */
import { formatPatch, type StructuredPatchHunk } from "diff";
import { alignLines } from "./align.js";
import { alignNumbers } from "./aligned-numbers.js";
import type { Sides } from "./numbering/texts.js";
import { tidy } from "./lines.js";

/** Lines of context around a change. */
const CONTEXT = 3;

/**
 * Makes two texts of one function comparable: the second is numbered like the first (see {@link alignNumbers}).
 *
 * @param alike false: each keeps its numbers
 * @returns both texts as lines
 */
export function comparable(before: string, after: string, alike = true): Sides {
  const texts = { before: prepared(before), after: prepared(after) };
  return (alike ? alignNumbers(texts, Number.POSITIVE_INFINITY) : undefined) ?? texts;
}

/** The text without the comments at its head, which name files. */
function prepared(text: string): string[] {
  const lines = text.split("\n");
  const first = lines.findIndex((line) => !line.startsWith("; in module ") && !line.startsWith("; ModuleID") && line !== "");
  return tidy(lines.slice(Math.max(first, 0)).filter((line) => !line.startsWith("; in module ")));
}

/** What {@link unifiedDiff} found. */
export interface TextDiff {
  /** Unified diff; empty when nothing differs. */
  readonly patch: string;
  readonly added: number;
  readonly removed: number;
}

/**
 * The unified diff of two texts of one function; an empty text means that the function does not exist.
 *
 * @param names names of the two sides in the patch
 */
export function unifiedDiff(before: string, after: string, names: { readonly before: string; readonly after: string }): TextDiff {
  return linesDiff(comparable(before, after), names);
}

/** The unified diff of two lists of lines. @param names names of the two sides in the patch */
export function linesDiff(lines: Sides, names: { readonly before: string; readonly after: string }): TextDiff {
  const edits = editsOf(lines.before, lines.after);
  const added = edits.filter((edit) => edit.sign === "+").length;
  const removed = edits.filter((edit) => edit.sign === "-").length;
  if (added + removed === 0) return { patch: "", added, removed };
  const patch = formatPatch({
    oldFileName: names.before,
    newFileName: names.after,
    oldHeader: undefined,
    newHeader: undefined,
    hunks: hunksOf(edits),
  });
  // The library's output begins with a separator line.
  return { patch: patch.replace(/^=+\n/, ""), added, removed };
}

/** A line of one side, or of both. */
export interface Edit {
  readonly sign: " " | "+" | "-";
  readonly line: string;
}

/** The lines of both sides, in order: removed ones before added ones. */
export function editsOf(before: readonly string[], after: readonly string[]): Edit[] {
  const edits: Edit[] = [];
  let [left, right] = [0, 0];
  const upTo = (leftEnd: number, rightEnd: number): void => {
    while (left < leftEnd) edits.push({ sign: "-", line: before[left++] ?? "" });
    while (right < rightEnd) edits.push({ sign: "+", line: after[right++] ?? "" });
  };
  for (const [leftAt, rightAt] of alignLines(before, after)) {
    upTo(leftAt, rightAt);
    edits.push({ sign: " ", line: before[left++] ?? "" });
    right += 1;
  }
  upTo(before.length, after.length);
  return edits;
}

/** 1 for each edit that changes something, or is near one that does. */
export function nearChanges(edits: readonly Edit[]): Uint8Array {
  const near = new Uint8Array(edits.length);
  for (const [index, edit] of edits.entries()) {
    if (edit.sign !== " ") near.fill(1, Math.max(0, index - CONTEXT), Math.min(edits.length, index + CONTEXT + 1));
  }
  return near;
}

/** Groups edits that are near each other, with lines of context around them. */
function hunksOf(edits: readonly Edit[]): StructuredPatchHunk[] {
  const hunks: StructuredPatchHunk[] = [];
  const shown = nearChanges(edits);
  let [oldLine, newLine] = [1, 1];
  let open: StructuredPatchHunk | undefined;
  for (const [index, { sign, line }] of edits.entries()) {
    if (shown[index] === 1) {
      open ??= startHunk(hunks, oldLine, newLine);
      open.lines.push(sign + line);
      if (sign !== "+") open.oldLines += 1;
      if (sign !== "-") open.newLines += 1;
    } else open = undefined;
    if (sign !== "+") oldLine += 1;
    if (sign !== "-") newLine += 1;
  }
  return hunks;
}

function startHunk(hunks: StructuredPatchHunk[], oldStart: number, newStart: number): StructuredPatchHunk {
  const hunk = { oldStart, oldLines: 0, newStart, newLines: 0, lines: [] };
  hunks.push(hunk);
  return hunk;
}
