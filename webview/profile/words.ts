/** What the page of a profile says about its frames and sums. */
import * as l10n from "../../src/protocol/l10n.js";
import type { CostlyRuns } from "../../src/protocol/profile.js";
import type { ProfileSums, ProfileView } from "../../src/protocol/requests/profile.js";
import { bytes, duration, number } from "../../src/protocol/words.js";
import { widthOf, type Flame, type Measure } from "./tree.js";

export function nameOf({ kind, name, count }: Flame): string {
  switch (kind) {
    case "all":
      return l10n.t("All modules");
    case "managers":
      return l10n.t("pass managers");
    case "rest":
      return l10n.t("the rest");
    case "smaller":
      return count === 1 ? l10n.t("1 smaller part") : l10n.t("{0} smaller parts", number(count));
    default:
      return name;
  }
}

const KINDS: Readonly<Record<Flame["kind"], string>> = {
  all: "",
  crate: l10n.t("crate"),
  module: l10n.t("module"),
  stage: l10n.t("stage"),
  pass: l10n.t("pass"),
  function: l10n.t("function"),
  managers: l10n.t("sets passes up, runs them, and computes what they need to know"),
  rest: l10n.t("waiting for a processor"),
  smaller: "",
};

export function percentOf(part: number, whole: number): string {
  return whole === 0 ? "" : `${((100 * part) / whole).toFixed(1)} %`;
}

export function memoryText(count: number | null): string {
  return count === null || count === 0 ? "" : bytes(count);
}

/** "InstCombinePass: 12 ms, 3.4 %" */
export function briefly(flame: Flame, all: Flame, by: Measure): string {
  const size = by === "time" ? duration(flame.millis) : memoryText(flame.allBytes);
  return [`${nameOf(flame)}: ${size}`, percentOf(widthOf(flame, by), widthOf(all, by))].filter((part) => part !== "").join(", ");
}

/** What a tooltip has below the name; a screen reader reads it after the name. */
export function linesOf(flame: Flame, all: Flame, by: Measure): string[] {
  const memory = memoryText(flame.peakBytes);
  return [
    KINDS[flame.kind],
    [duration(flame.millis), ...(by === "time" ? [percentOf(flame.millis, all.millis)] : [])].filter((part) => part !== "").join(" · "),
    ...(flame.runs === 0 ? [] : [runsText(flame)]),
    ...(memory === "" ? [] : [l10n.t("at most {0} in one run", memory)]),
  ].filter((line) => line !== "");
}

function runsText({ runs, changed }: ProfileSums): string {
  if (runs === 1) return changed === 1 ? l10n.t("1 run, which changed something") : l10n.t("1 run, which changed nothing");
  return changed === 0
    ? l10n.t("{0} runs, which changed nothing", number(runs))
    : l10n.t("{0} runs, {1} changed something", number(runs), number(changed));
}

/** From this share on, the parts are said to be more than the run took. */
const MUCH_MORE = 1.02;

/** What the numbers add up to. */
export function sumSentences({ attributedMillis, millis, processorMillis, analysisMillis }: ProfileView): string[] {
  return [
    l10n.t("All parts add up to {0}; the stages of the run took {1} by the clock.", duration(attributedMillis), duration(millis)),
    ...(attributedMillis > MUCH_MORE * millis
      ? [l10n.t("The parts are more because some passes took longer in the traced replay than in the run.")]
      : []),
    l10n.t("Passes and what runs them took {0} on the processor.", duration(processorMillis)),
    l10n.t("The analysis of the unit, which is not part of this, took {0}.", duration(analysisMillis)),
  ];
}

/** What follows the function's name. */
export function outlierText({ pass, runs, millis, instructions, timesMedian, moduleName }: CostlyRuns): string {
  const times = number(Math.round(timesMedian ?? 0));
  const size = instructions === 1 ? l10n.t("1 instruction") : l10n.t("{0} instructions", number(instructions ?? 0));
  return runs === 1
    ? l10n.t("{0} took {1} in one run, {2}× its median per instruction ({3}, in {4})", pass, duration(millis), times, size, moduleName)
    : l10n.t(
        "{0} took {1} in {2} runs, {3}× its median per instruction ({4}, in {5})",
        pass,
        duration(millis),
        number(runs),
        times,
        size,
        moduleName,
      );
}
