/**
 * The result of a verification in one sentence: for thin LTO stages, keys and decisions; for fat LTO, which has neither keys nor decisions, what
 * was linked.
 */
import { stageSum, type VerificationOutcome } from "../protocol/verification.js";
import type { VerifyView } from "../protocol/views.js";

export const VERIFIED_TITLES: Readonly<Record<VerificationOutcome, string>> = {
  verified: "Verified",
  "same text": "Not verified (same text, different bytes)",
  "nothing compared": "Not verified (rustc re-used every module, so there is nothing to compare)",
  differs: "Not equal to rustc",
};

export function verifiedText(found: Pick<VerifyView, "stages" | "keys" | "decisions" | "linked">): string {
  const { keys, decisions, linked } = found;
  const files = `${stageSum(found, "identical")} of ${stageSum(found, "identical", "sameText", "different")} stage files identical to rustc's`;
  if (linked !== null) return `${files}; ${linkedText(linked)}.`;
  return `${files}, ${share(keys, "key")} and ${share(decisions, "decision")} equal.`;
}

function share({ equal, different }: { readonly equal: number; readonly different: number }, one: string): string {
  return `${equal} of ${equal + different} ${one}s`;
}

function linkedText({ rustc, ours, sameBase, sameOrder }: NonNullable<VerifyView["linked"]>): string {
  if (rustc === 0) return `${ours} modules linked, which rustc's log does not mention`;
  const counts = rustc === ours ? `${ours} modules linked, as many as by rustc` : `${ours} modules linked, ${rustc} by rustc`;
  const base = sameBase ? "into the same base module" : "into another base module";
  return `${counts}, ${base}, ${sameOrder ? "in the same order" : "in another order"}`;
}
