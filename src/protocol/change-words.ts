/** Describes what a stage changed if no function changed; used in the tree, in titles and on the command line. */
import type { ChangeCounts, OtherChanges, TextPart } from "./ir.js";
import { counted } from "./words.js";

/** Parts with their own wording; the others use their names. */
const WORDS: Readonly<Partial<Record<TextPart, string>>> = {
  functions: "names in function bodies",
  order: "order of lines",
  numbering: "only numbering",
};

/** "3 declarations added, metadata changed"; empty if no difference is known */
export function otherChangesWords({ declarations, globals, text }: OtherChanges): string {
  const counts = [...countWords(declarations, "declaration"), ...countWords(globals, "global")];
  const parts = (text ?? []).filter(
    (part) => !(part === "declarations" && total(declarations) > 0) && !(part === "globals" && total(globals) > 0),
  );
  return [...counts, ...parts.map((part) => `${WORDS[part] ?? part} changed`)].join(", ");
}

/** "no function body changed; 3 declarations added, metadata changed", "nothing changed" */
export function noFunctionWords(others: OtherChanges): string {
  if (others.sameBytes) return "nothing changed";
  const words = otherChangesWords(others);
  const rest =
    others.text === null ? "the text is too large to be compared" : words === "" ? "the text is the same, its encoding differs" : "";
  return `no function body changed; ${[words, rest].filter((part) => part !== "").join("; ")}`;
}

function countWords({ added, removed, changed }: ChangeCounts, noun: string): string[] {
  const word = (count: number, done: string): string[] => (count === 0 ? [] : [`${counted(count, noun)} ${done}`]);
  return [...word(added, "added"), ...word(removed, "removed"), ...word(changed, "changed")];
}

function total({ added, removed, changed }: ChangeCounts): number {
  return added + removed + changed;
}
