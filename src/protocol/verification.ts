/** The outcome of a verification, in the same words everywhere. */
import type { StageCounts, VerifyReport } from "./runs.js";

/**
 * `verified`: every stage is rustc's to the byte, and nothing differs. `same text`: nothing differs but bytes, as with another LLVM. `nothing compared`: rustc
 * re-used every module, or failed in LTO as the replay does, and left no stage. `differs`: something is different or missing.
 */
export type VerificationOutcome = "verified" | "same text" | "nothing compared" | "differs";

type Compared = Pick<VerifyReport, "llvm" | "stages" | "keys" | "decisions" | "preservedSymbols"> & {
  /** The differences, of which only the number matters. */
  readonly different: { readonly length: number };
};

export function outcomeOf(report: Compared): VerificationOutcome {
  if (differs(report)) return "differs";
  if (stageSum(report, "identical") + stageSum(report, "sameText") === 0) return "nothing compared";
  return stageSum(report, "sameText") === 0 && report.llvm.matchesProducer ? "verified" : "same text";
}

/** Stage files counted as one of the kinds, over all stages. */
export function stageSum({ stages }: Pick<VerifyReport, "stages">, ...kinds: readonly (keyof StageCounts)[]): number {
  return Object.values(stages).reduce((total, counts) => total + kinds.reduce((part, kind) => part + counts[kind], 0), 0);
}

function differs(report: Compared): boolean {
  const { rustc, ours, withoutEffect = 0 } = report.preservedSymbols;
  return (
    stageSum(report, "different", "absent") > 0 ||
    report.keys.different > 0 ||
    report.decisions.different > 0 ||
    report.different.length > 0 ||
    (rustc !== null && rustc !== ours + withoutEffect)
  );
}
