/** The closing sentences of `verify`. */
import type { VerifyReport } from "../../protocol/runs.js";
import { outcomeOf, stageSum } from "../../protocol/verification.js";
import type { Colors } from "../context.js";
import { counted } from "./units.js";

/** Keys, decisions (of fat LTO: what is linked) and preserved symbols, each in a sentence that says when there was nothing to compare. */
export function comparisonSentences(report: VerifyReport): string[] {
  if (report.linked !== undefined) return [linkedSentence(report.linked), symbolSentence(report)];
  return [keySentence(report), decisionSentence(report), symbolSentence(report)];
}

function linkedSentence({ rustc, ours, sameBase, sameOrder }: NonNullable<VerifyReport["linked"]>): string {
  if (rustc === 0) return `Linked: ${counted(ours)} modules; rustc's log of them is missing.`;
  const base = sameBase ? "the base module is rustc's" : "the base module is not rustc's";
  const order = sameOrder ? "linked in rustc's order" : "not linked in rustc's order";
  return `Linked: ${counted(ours)} of ${counted(rustc)} modules; ${base}, and the others are ${order}.`;
}

function keySentence({ keys }: VerifyReport): string {
  const total = keys.equal + keys.different;
  return total === 0
    ? "Keys: rustc kept none (the build is not incremental)."
    : `Keys: ${counted(keys.equal)} of ${counted(total)} equal rustc's.`;
}

function decisionSentence({ decisions }: VerifyReport): string {
  const total = decisions.equal + decisions.different;
  if (total === 0) return "Decisions: rustc's log of them is missing.";
  const both = decisions.exercised ? "" : " (only one verdict occurs, so that this says little)";
  return `Decisions: ${counted(decisions.equal)} of ${counted(total)} equal rustc's: ${counted(decisions.reused)} re-used, ${counted(decisions.recompiled)} re-compiled${both}.`;
}

function symbolSentence({ preservedSymbols: { rustc, ours, withoutEffect = 0 } }: VerifyReport): string {
  if (withoutEffect > 0) {
    const others = `${counted(withoutEffect)} that other code keeps or no module defines, so that they decide nothing`;
    return `Preserved symbols: rustc counts ${counted(ours + withoutEffect)}: the ${counted(ours)} found here, and ${others}.`;
  }
  if (rustc === null) return `Preserved symbols: ${counted(ours)}; rustc's count is not known.`;
  return rustc === ours
    ? `Preserved symbols: ${counted(ours)}, as rustc counts them.`
    : `Preserved symbols: rustc counts ${counted(rustc)}, we count ${counted(ours)}.`;
}

/** "VERIFIED: 2,076 of 2,076 stage files identical to rustc's own." */
export function closingSentence(report: VerifyReport, colors: Colors): string {
  const sum = (kind: "identical" | "sameText" | "different" | "absent" | "reusedByRustc"): number => stageSum(report, kind);
  const total = stageSum(report, "identical", "sameText", "different", "absent");
  const parts = [`${counted(sum("identical"))} of ${counted(total)} stage files identical to rustc's own`];
  if (sum("sameText") > 0) parts.push(`${counted(sum("sameText"))} with the same text but other bytes`);
  if (sum("different") > 0) parts.push(`${counted(sum("different"))} different`);
  if (sum("absent") > 0) parts.push(`${counted(sum("absent"))} absent`);
  if (sum("reusedByRustc") > 0) parts.push(`${counted(sum("reusedByRustc"))} not written by rustc because it re-used the module`);
  const text = `${parts.join("; ")}.`;
  switch (outcomeOf(report)) {
    case "verified":
      return `${colors.green("VERIFIED")}: ${text}`;
    case "same text":
      return `${colors.yellow("SAME TEXT")}: ${text}`;
    case "nothing compared":
      return `${colors.yellow("NOTHING COMPARED")}: ${text}`;
    case "differs":
      return `${colors.red("DIFFERS")}: ${text}`;
  }
}
