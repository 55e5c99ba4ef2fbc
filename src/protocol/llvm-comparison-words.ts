/** Describes the differences between two LLVMs; used on the command line and in VS Code. */
import type { DifferenceKind, LlvmModuleDifference, Rewriting } from "./llvm-comparison.js";
import { counted, number } from "./words.js";

/** A kind of difference, as a heading and in a list. */
export const DIFFERENCE_WORDS: Readonly<Record<DifferenceKind, string>> = {
  instructions: "instructions",
  flags: "flags",
  header: "header",
  attributes: "attributes",
  metadata: "metadata",
};

/** "nocapture → captures(none)", "+ splat", "− i64 N ," */
export function rewritingWords({ before, after }: Pick<Rewriting, "before" | "after">): string {
  if (before === "") return `+ ${after}`;
  return after === "" ? `− ${before}` : `${before} → ${after}`;
}

/** "Both import the same: 1,400 symbols."; null: this kind of LTO imports nothing */
export function importWords(modules: readonly LlvmModuleDifference[]): string | null {
  const imports = modules.flatMap(({ imports: found }) => found ?? []);
  if (imports.length === 0) return null;
  const from = imports.reduce((sum, { imported }) => sum + imported.from, 0);
  const to = imports.reduce((sum, { imported }) => sum + imported.to, 0);
  const differing = imports.filter(({ onlyFrom, onlyTo }) => onlyFrom.length + onlyTo.length > 0).length;
  if (differing === 0) return from === 0 ? "Both import nothing." : `Both import the same ${counted(from, "symbol")}.`;
  return `They import differently into ${counted(differing, "module")}: ${number(from)} and ${counted(to, "symbol")} in all.`;
}
