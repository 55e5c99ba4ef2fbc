/** What differs between two texts of one function that the same LLVM printed. */
import type { DifferenceKind } from "../../../protocol/llvm-comparison.js";
import { applyFilters } from "../filters.js";
import { mapCode } from "../lines.js";

/**
 * Flags of instructions: promises about the operands, which one LLVM may derive and another not. `inrange` belongs to the address of a constant.
 */
const FLAGS =
  / (?:nuw|nsw|nusw|inbounds|exact|disjoint|nneg|samesign|nnan|ninf|nsz|arcp|contract|afn|reassoc|fast|inrange\(-?\d+, -?\d+\))(?= )/g;

/**
 * @param before the function's definition as {@link functionTexts} finds it in a module's text
 * @param after the same, by the same LLVM
 */
export function differenceKind(before: string, after: string): DifferenceKind {
  const [[oldHead, oldBody], [newHead, newBody]] = [plain(before), plain(after)];
  if (oldBody === newBody) return oldHead === newHead ? "attributes" : "header";
  return plain(withoutFlags(before))[1] === plain(withoutFlags(after))[1] ? "flags" : "instructions";
}

/** Head and body, with values and metadata named by their content, and without attributes. */
function plain(text: string): readonly [head: string, body: string] {
  const filtered = applyFilters(text, { hideMetadata: true, hideAttributes: true, stableNumbers: true });
  const end = filtered.indexOf("\n");
  return [filtered.slice(0, end), filtered.slice(end)];
}

function withoutFlags(text: string): string {
  return text
    .split("\n")
    .map((line) => (line.startsWith("  ") ? mapCode(line, (code) => code.replace(FLAGS, "")) : line))
    .join("\n");
}
