/** What determined the duration of a run, in words, and the sample of its mark for the legend. */
import * as l10n from "../../src/protocol/l10n.js";
import type { CriticalPath, TimedModule } from "../../src/protocol/timeline.js";
import { micros, number } from "../../src/protocol/words.js";
import { svg } from "../dom.js";
import { workerName } from "./bars.js";

/** Less than this share of the run is not worth a sentence: a difference, and the time until the longest module started. */
const TELLING = { difference: 0.005, start: 0.05 };

/** Sentences: the bounds, the path, and where the rest of the time went. */
export function criticalWords(path: CriticalPath): readonly string[] {
  return [boundWords(path), longestWords(path), pathWords(path), ...lostWords(path)];
}

function boundWords({ workers, totalMicros, leastMicros }: CriticalPath): string {
  const [took, least] = [micros(totalMicros), micros(leastMicros)];
  return workers === 1
    ? l10n.t("Analysis and modules took {0}; with 1 worker, they cannot take less than {1}.", took, least)
    : l10n.t("Analysis and modules took {0}; with {1} workers, they cannot take less than {2}.", took, number(workers), least);
}

function longestWords({ longest, bound, longestAfterMicros, totalMicros }: CriticalPath): string {
  const { shortName, micros: took } = longest;
  if (longestAfterMicros > TELLING.start * totalMicros) {
    return l10n.t(
      "The longest module, {0}, took {1} and started {2} after the first one.",
      shortName,
      micros(took),
      micros(longestAfterMicros),
    );
  }
  return bound === "longest module"
    ? l10n.t("The longest module, {0}, took {1}, which more workers would not change.", shortName, micros(took))
    : l10n.t("The longest module, {0}, took {1}.", shortName, micros(took));
}

function pathWords({ thread, modules, last, longestOfPath }: CriticalPath): string {
  const worker = workerName(thread);
  if (modules === 1) return l10n.t("Critical path: {0} ended last, with {1} alone.", worker, last.shortName);
  const named = longestOfPath.map(({ shortName, micros: took }: TimedModule) => `${shortName} (${micros(took)})`);
  return l10n.t(
    "Critical path: {0} ended last, with {1}; of its {2} modules, these took longest: {3}.",
    worker,
    last.shortName,
    number(modules),
    named.join(", "),
  );
}

function lostWords({ totalMicros, leastMicros, bound, idleMicros }: CriticalPath): string[] {
  const lost = totalMicros - leastMicros;
  if (lost <= TELLING.difference * totalMicros) return [];
  if (bound === "longest module") return [l10n.t("The difference is {0}, during which no worker had the longest module.", micros(lost))];
  const [idle, between] = [Math.min(lost, idleMicros), Math.max(0, lost - idleMicros)];
  return [
    l10n.t(
      "The difference is {0}: on average, a worker spent {1} between modules, and {2} without one at the end.",
      ...[lost, between, idle].map(micros),
    ),
  ];
}

/** A sample for the legend. */
export function criticalSwatch(): SVGSVGElement {
  return svg(
    "svg",
    { class: "swatch", width: 22, height: 12, "aria-hidden": "true", focusable: "false" },
    svg("rect", { x: 0, y: 4.5, width: 22, height: 3, class: "critical-mark" }),
  );
}
