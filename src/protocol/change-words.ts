/** Describes what a stage changed if no function changed; used in the tree, in titles and on the command line. */
import type { ChangeCounts, OtherChanges, TextPart } from "./ir.js";
import * as l10n from "./l10n.js";
import { number } from "./words.js";

/** "metadata changed": a part of the text, most of them by LLVM's name. */
function partWords(part: TextPart): string {
  switch (part) {
    case "functions":
      return l10n.t("names in function bodies changed");
    case "order":
      return l10n.t("order of lines changed");
    case "numbering":
      return l10n.t("only numbering changed");
    default:
      return l10n.t("{0} changed", part);
  }
}

/** "3 declarations added, metadata changed"; empty if no difference is known */
export function otherChangesWords({ declarations, globals, text }: OtherChanges): string {
  const parts = (text ?? []).filter(
    (part) => !(part === "declarations" && total(declarations) > 0) && !(part === "globals" && total(globals) > 0),
  );
  return [...declarationWords(declarations), ...globalWords(globals), ...parts.map(partWords)].join(", ");
}

/** "no function body changed; 3 declarations added, metadata changed", "nothing changed" */
export function noFunctionWords(others: OtherChanges): string {
  if (others.sameBytes) return l10n.t("nothing changed");
  const words = otherChangesWords(others);
  const rest =
    others.text === null
      ? l10n.t("the text is too large to be compared")
      : words === ""
        ? l10n.t("the text is the same, its encoding differs")
        : "";
  return l10n.t("no function body changed; {0}", [words, rest].filter((part) => part !== "").join("; "));
}

function declarationWords({ added, removed, changed }: ChangeCounts): string[] {
  return [
    ...(added === 0 ? [] : [added === 1 ? l10n.t("1 declaration added") : l10n.t("{0} declarations added", number(added))]),
    ...(removed === 0 ? [] : [removed === 1 ? l10n.t("1 declaration removed") : l10n.t("{0} declarations removed", number(removed))]),
    ...(changed === 0 ? [] : [changed === 1 ? l10n.t("1 declaration changed") : l10n.t("{0} declarations changed", number(changed))]),
  ];
}

function globalWords({ added, removed, changed }: ChangeCounts): string[] {
  return [
    ...(added === 0 ? [] : [added === 1 ? l10n.t("1 global added") : l10n.t("{0} globals added", number(added))]),
    ...(removed === 0 ? [] : [removed === 1 ? l10n.t("1 global removed") : l10n.t("{0} globals removed", number(removed))]),
    ...(changed === 0 ? [] : [changed === 1 ? l10n.t("1 global changed") : l10n.t("{0} globals changed", number(changed))]),
  ];
}

function total({ added, removed, changed }: ChangeCounts): number {
  return added + removed + changed;
}
