/** Differences between a module's texts at two stages outside of the functions. Pure functions over LLVM IR text. */
import type { TextPart } from "../../protocol/ir.js";
import { hideGuids } from "./filters.js";
import { beginsBody, mapCode, nodeDefinition, withoutComment } from "./lines.js";
import { stableNumbers } from "./stable-numbers.js";

/** The part to which a top-level line belongs, by its beginning; LLVM's `AssemblyWriter` (lib/IR/AsmWriter.cpp, 22) writes no others. */
const PARTS: readonly (readonly [RegExp, TextPart])[] = [
  [/^declare /, "declarations"],
  [/^define /, "functions"],
  [/^@/, "globals"],
  [/^attributes #/, "attributes"],
  [/^!/, "metadata"],
  [/^\$/, "comdats"],
  [/^%/, "types"],
  [/^module asm /, "module-level assembly"],
  [/^uselistorder/, "use-list orders"],
  [/^\^\d/, "summary"],
];

/** The parts in display order. */
const ORDER: readonly TextPart[] = [
  "declarations",
  "globals",
  "functions",
  "attributes",
  "metadata",
  "GUIDs",
  "comdats",
  "types",
  "module-level assembly",
  "module properties",
  "use-list orders",
  "summary",
  "order",
  "numbering",
];

/**
 * The parts of a module's text in which lines differ, whatever their numbers. If only numbers or the order of lines differ, the result says so; an
 * empty result means that the texts are the same.
 *
 * @param before as LLVM prints it, without the file name
 */
export function textChanges(before: string, after: string): readonly TextPart[] {
  if (before === after) return [];
  const [left, right] = [linesOf(stableNumbers(hideGuids(before))), linesOf(stableNumbers(hideGuids(after)))];
  const [earlier, later] = [byPart(left), byPart(right)];
  const otherGuids = differInGuids(before, after);
  const differing = ORDER.filter((part) => (part === "GUIDs" ? otherGuids : !sameLines(earlier.get(part) ?? [], later.get(part) ?? [])));
  if (differing.length > 0) return differing;
  return [left.every((line, index) => line === right[index]) ? "numbering" : "order"];
}

/** Whether a definition has another GUID in the other text, or has one in only one of them. */
function differInGuids(before: string, after: string): boolean {
  if (!before.includes("!guid ") && !after.includes("!guid ")) return false;
  const [earlier, later] = [guidsOf(before), guidsOf(after)];
  return [...earlier].some(([symbol, guid]) => later.has(symbol) && later.get(symbol) !== guid);
}

/** Functions and variables with the content of their GUID's node; empty: it has none. */
function guidsOf(text: string): Map<string, string> {
  const nodes = new Map<string, string>();
  const numbers = new Map<string, string>();
  for (const line of text.split("\n")) {
    const node = nodeDefinition(line);
    if (node !== undefined) nodes.set(node.number, node.content);
    const symbol = /^(?:define [^@]*)?(@(?:"[^"]*"|[\w$.-]+(?![\w$.-])))(?! = (?:external|extern_weak) )/.exec(line)?.[1];
    if (symbol === undefined) continue;
    let number = "";
    mapCode(line, (code) => {
      number = /!guid !(\d+)/.exec(code)?.[1] ?? number;
      return code;
    });
    numbers.set(symbol, number);
  }
  return new Map([...numbers].map(([symbol, number]) => [symbol, nodes.get(number) ?? ""]));
}

function byPart(lines: readonly string[]): Map<TextPart, string[]> {
  const parts = new Map<TextPart, string[]>();
  for (const line of lines) {
    const part = PARTS.find(([begins]) => begins.test(line))?.[1] ?? "module properties";
    const known = parts.get(part);
    if (known === undefined) parts.set(part, [line]);
    else known.push(line);
  }
  return parts;
}

/** Lines without comments, which only repeat the code; a function with its body counts as one line. */
function linesOf(text: string): string[] {
  const lines: string[] = [];
  let body: string[] | undefined;
  for (const raw of text.split("\n")) {
    const line = withoutComment(raw);
    if (body !== undefined) {
      body.push(line);
      if (raw !== "}") continue;
      lines.push(body.join("\n"));
      body = undefined;
    } else if (beginsBody(line)) body = [line];
    else if (line !== "") lines.push(line);
  }
  return lines;
}

function sameLines(left: readonly string[], right: readonly string[]): boolean {
  if (left.length !== right.length) return false;
  const other = right.toSorted();
  return left.toSorted().every((line, index) => line === other[index]);
}
