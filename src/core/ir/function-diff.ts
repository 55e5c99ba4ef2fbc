/** The unified diff of one function's text between two stages; it shows only real changes. */
import { formatPatch, type StructuredPatchHunk } from "diff";
import { alignLines } from "./align.js";
import { beginsBody, tidy, withoutComment } from "./lines.js";
import { definedBlock, definedValue, entryNumber, maskLine, numberedArguments, renameLocals, stableReferences } from "./stable-numbers.js";

/** Lines of context around a change. */
const CONTEXT = 3;

/**
 * Makes two texts of one function comparable: metadata and attribute groups get names from their content, and the values of the second text get the
 * numbers that the same instructions have in the first. Values that only the second text has become `%b.<their own number>`.
 *
 * @returns both texts as lines
 */
export function comparable(before: string, after: string): { readonly before: string[]; readonly after: string[] } {
  const [left, right] = [prepared(before), prepared(after)];
  const [leftBody, rightBody] = [bodyOf(left), bodyOf(right)];
  const oldLines = left.map((line, index) => (inside(index, leftBody) ? plain(line) : line));
  if (leftBody === undefined || rightBody === undefined) return { before: oldLines, after: right };
  const newBody = renameAlike(left.slice(leftBody.start, leftBody.end), right.slice(rightBody.start, rightBody.end));
  return { before: oldLines, after: [...right.slice(0, rightBody.start), ...newBody, ...right.slice(rightBody.end)] };
}

/** The text with stable references, without the comments at its head, which name files. */
function prepared(text: string): string[] {
  const lines = stableReferences(text).split("\n");
  const first = lines.findIndex((line) => !line.startsWith("; in module ") && !line.startsWith("; ModuleID") && line !== "");
  return tidy(lines.slice(Math.max(first, 0)).filter((line) => !line.startsWith("; in module ")));
}

interface Range {
  readonly start: number;
  readonly end: number;
}

function bodyOf(lines: readonly string[]): Range | undefined {
  const start = lines.findIndex(beginsBody);
  if (start < 0) return undefined;
  const end = lines.indexOf("}", start);
  return { start, end: end < 0 ? lines.length : end + 1 };
}

function inside(index: number, range: Range | undefined): boolean {
  return range !== undefined && index >= range.start && index < range.end;
}

/** A line of a body without lists of predecessors, whose order is meaningless. */
function plain(line: string): string {
  return withoutComment(line);
}

/** Gives the values of the second body the numbers that the same instructions have in the first. */
function renameAlike(before: readonly string[], after: readonly string[]): string[] {
  const names = new Map<string, string>();
  const [oldArguments, newArguments] = [numberedArguments(before[0] ?? ""), numberedArguments(after[0] ?? "")];
  for (const [position, number] of newArguments.entries()) names.set(number, oldArguments[position] ?? `b.${number}`);
  names.set(entryNumber(after), entryNumber(before));
  for (const [oldLine, newLine] of alignLines(masks(before), masks(after))) {
    const [oldValue, newValue] = [numberOf(before[oldLine]), numberOf(after[newLine])];
    if (oldValue !== undefined && newValue !== undefined) names.set(newValue, oldValue);
  }
  for (const line of after) {
    const number = numberOf(line);
    if (number !== undefined && !names.has(number)) names.set(number, `b.${number}`);
  }
  return renameLocals(after, names);
}

/** All labels look alike: a block is identified by its first instruction. */
function masks(body: readonly string[]): string[] {
  return body.map((line, index) => (definedBlock(line) === undefined ? maskLine(line) : `:${maskLine(body[index + 1] ?? "")}`));
}

function numberOf(line: string | undefined): string | undefined {
  return line === undefined ? undefined : (definedValue(line) ?? definedBlock(line));
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
  const lines = comparable(before, after);
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
