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
 * @returns both texts as lines
 */
export function comparable(before: string, after: string): Sides {
  const texts = { before: prepared(before), after: prepared(after) };
  return alignNumbers(texts, Number.POSITIVE_INFINITY) ?? texts;
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

interface Edit {
  readonly sign: " " | "+" | "-";
  readonly line: string;
}

function editsOf(before: readonly string[], after: readonly string[]): Edit[] {
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

/** Groups edits that are near each other, with lines of context around them. */
function hunksOf(edits: readonly Edit[]): StructuredPatchHunk[] {
  const hunks: StructuredPatchHunk[] = [];
  const shown = new Uint8Array(edits.length);
  for (const [index, edit] of edits.entries()) {
    if (edit.sign === " ") continue;
    shown.fill(1, Math.max(0, index - CONTEXT), Math.min(edits.length, index + CONTEXT + 1));
  }
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
