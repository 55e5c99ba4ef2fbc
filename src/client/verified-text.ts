/**
 * The result of a verification in words: for thin LTO stages, keys and decisions; for fat LTO, which has neither keys nor decisions, what was linked.
 */
import * as l10n from "../protocol/l10n.js";
import { stageSum, type VerificationOutcome } from "../protocol/verification.js";
import type { VerifyView } from "../protocol/views.js";

export function verifiedTitle(outcome: VerificationOutcome): string {
  switch (outcome) {
    case "verified":
      return l10n.t("Verified");
    case "same text":
      return l10n.t("Not verified (same text, different bytes)");
    case "nothing compared":
      return l10n.t("Not verified (rustc re-used every module, so there is nothing to compare)");
    case "differs":
      return l10n.t("Not equal to rustc");
  }
}

type Compared = Pick<VerifyView, "stages" | "keys" | "decisions" | "linked" | "objects" | "binary">;

export function verifiedText(found: Compared): string {
  return [stagesText(found), ...codeTexts(found)].join(" ");
}

/** Nothing if machine code was not compared. */
function codeTexts({ objects, binary }: Compared): string[] {
  if (objects === undefined) return [];
  const { identical, different, absent } = objects;
  const output =
    binary?.identical === true ? l10n.t("The output is identical to the build's.") : l10n.t("The output differs from the build's.");
  return [
    l10n.t("{0} of {1} objects identical to rustc's.", identical, identical + different + absent),
    ...(binary === undefined || binary.identical === null ? [] : [output]),
  ];
}

function stagesText(found: Compared): string {
  const { keys, decisions, linked } = found;
  const [identical, files] = [stageSum(found, "identical"), stageSum(found, "identical", "sameText", "different")];
  if (linked !== null) {
    return l10n.t("{0} of {1} stage files identical to rustc's; {2}.", identical, files, linkedParts(linked).join(", "));
  }
  return l10n.t(
    "{0} of {1} stage files identical to rustc's, {2} of {3} keys and {4} of {5} decisions equal.",
    ...[identical, files],
    ...[keys.equal, keys.equal + keys.different],
    ...[decisions.equal, decisions.equal + decisions.different],
  );
}

function linkedParts({ rustc, ours, sameBase, sameOrder }: NonNullable<VerifyView["linked"]>): readonly string[] {
  if (rustc === 0) return [l10n.t("{0} modules linked, which rustc's log does not mention", ours)];
  return [
    rustc === ours ? l10n.t("{0} modules linked, as many as by rustc", ours) : l10n.t("{0} modules linked, {1} by rustc", ours, rustc),
    sameBase ? l10n.t("into the same base module") : l10n.t("into another base module"),
    sameOrder ? l10n.t("in the same order") : l10n.t("in another order"),
  ];
}
