/** Describes the differences between two LLVMs; used on the command line and in VS Code. */
import type { DifferenceKind, FromTo, LlvmModuleDifference, LlvmStageTotal, Rewriting } from "./llvm-comparison.js";
import { counted, number, percent } from "./words.js";

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

/** "337 functions differ in instructions, 476 in flags, 1 is defined only with the older LLVM"; empty: nothing differs */
export function differencesWords({ changed, onlyFrom, onlyTo }: Pick<LlvmStageTotal, "changed" | "onlyFrom" | "onlyTo">): string {
  const kinds = Object.entries(changed).filter(([, count]) => count > 0);
  const words = kinds.map(([kind, count], index) =>
    index === 0 ? `${counted(count, "function")} ${count === 1 ? "differs" : "differ"} in ${kind}` : `${number(count)} in ${kind}`,
  );
  const lone = (count: number, which: string): string[] =>
    count === 0 ? [] : [`${counted(count, "function")} only with the ${which} LLVM`];
  return [...words, ...lone(onlyFrom, "older"), ...lone(onlyTo, "newer")].join(", ");
}

/** "96,261 → 94,785 instructions (−1.5 %)", "3 instructions" */
export function sizeWords({ from, to }: FromTo, noun: string): string {
  return from === to ? counted(from, noun) : `${number(from)} → ${counted(to, noun)} (${percent({ before: from, after: to })})`;
}
