/** The closing sentences of `verify`. */
import type { VerifyReport } from "../../protocol/runs.js";
import { outcomeOf, stageSum } from "../../protocol/verification.js";
import type { Colors } from "../styles.js";
import { number } from "../../protocol/words.js";

/** Keys, decisions (in fat LTO: linked modules) and preserved symbols, one sentence each, which says if there was nothing to compare. */
export function comparisonSentences(report: VerifyReport): string[] {
  const others = [symbolSentence(report), ...objectSentences(report)];
  if (report.linked !== undefined) return [linkedSentence(report.linked), ...others];
  return [keySentence(report), decisionSentence(report), ...others];
}

function objectSentences({ objects, binary }: VerifyReport): string[] {
  if (objects === undefined) return [];
  const total = objects.identical + objects.different + objects.absent;
  const same = binary?.identical === true ? " The output that they link to is identical to the build's." : "";
  return [`Objects: ${number(objects.identical)} of ${number(total)} identical to rustc's own.${same}`];
}

function linkedSentence({ rustc, ours, sameBase, sameOrder }: NonNullable<VerifyReport["linked"]>): string {
  if (rustc === 0) return `Linked: ${number(ours)} modules; rustc's log of them is missing.`;
  const base = sameBase ? "the base module is rustc's" : "the base module is not rustc's";
  const order = sameOrder ? "linked in rustc's order" : "not linked in rustc's order";
  return `Linked: ${number(ours)} of ${number(rustc)} modules; ${base}, and the others are ${order}.`;
}

function keySentence({ keys }: VerifyReport): string {
  const total = keys.equal + keys.different;
  return total === 0
    ? "Keys: rustc kept none (the build is not incremental)."
    : `Keys: ${number(keys.equal)} of ${number(total)} equal rustc's.`;
}

function decisionSentence({ decisions }: VerifyReport): string {
  const total = decisions.equal + decisions.different;
  if (total === 0) return "Decisions: rustc's log of them is missing.";
  const both = decisions.exercised ? "" : " (only one verdict occurs, so this proves little)";
  return `Decisions: ${number(decisions.equal)} of ${number(total)} equal rustc's: ${number(decisions.reused)} re-used, ${number(decisions.recompiled)} re-compiled${both}.`;
}

function symbolSentence({ preservedSymbols: { rustc, ours, withoutEffect = 0 } }: VerifyReport): string {
  if (withoutEffect > 0) {
    const others = `${number(withoutEffect)} that have no effect, because other code keeps them or no module defines them`;
    return `Preserved symbols: rustc counts ${number(ours + withoutEffect)}: the ${number(ours)} found here, and ${others}.`;
  }
  if (rustc === null) return `Preserved symbols: ${number(ours)}; rustc's count is unknown.`;
  return rustc === ours
    ? `Preserved symbols: ${number(ours)}, as rustc counts them.`
    : `Preserved symbols: rustc counts ${number(rustc)}, we count ${number(ours)}.`;
}

/** "VERIFIED: 2,076 of 2,076 stage files identical to rustc's own." */
export function closingSentence(report: VerifyReport, colors: Colors): string {
  const sum = (kind: "identical" | "sameText" | "different" | "absent" | "reusedByRustc"): number => stageSum(report, kind);
  const total = stageSum(report, "identical", "sameText", "different", "absent");
  const parts = [`${number(sum("identical"))} of ${number(total)} stage files identical to rustc's own`];
  if (sum("sameText") > 0) parts.push(`${number(sum("sameText"))} with the same text but different bytes`);
  if (sum("different") > 0) parts.push(`${number(sum("different"))} different`);
  if (sum("absent") > 0) parts.push(`${number(sum("absent"))} absent`);
  if (sum("reusedByRustc") > 0) parts.push(`${number(sum("reusedByRustc"))} not written by rustc because it re-used the module`);
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
