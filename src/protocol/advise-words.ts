/** Words of `advise`, on the command line, on its page and in VS Code. */
import type { AdvisedBy, AdvisedSetting, AdviseReport, BenchmarkResult } from "./advise.js";
import * as l10n from "./l10n.js";
import { number, percent } from "./words.js";

/** How a row was made. */
export function howWords(by: AdvisedBy): string {
  switch (by) {
    case "replayed":
      return l10n.t("replayed");
    case "captured":
      return l10n.t("captured");
    case "built":
      return l10n.t("built");
  }
}

/** "faster: −5.2 % to −3.1 %", "no difference"; empty for the first setting. */
export function verdictText({ verdict, ratio }: BenchmarkResult): string {
  switch (verdict) {
    case "baseline":
      return "";
    case "faster":
      return l10n.t("faster: {0}", ratioText(ratio));
    case "slower":
      return l10n.t("slower: {0}", ratioText(ratio));
    case "no-difference":
      return l10n.t("no difference");
    case "too-noisy":
      return l10n.t("too noisy to tell");
    case "too-few-runs":
      return l10n.t("too few runs to tell");
    case "failed":
      return l10n.t("failed");
  }
}

/** "−5.2 % to −3.1 %" */
export function ratioText(ratio: BenchmarkResult["ratio"]): string {
  if (ratio === null) return "";
  const [low, high] = ratio.map((after) => percent({ before: 1, after }));
  return l10n.t("{0} to {1}", low ?? "", high ?? "");
}

/** What a setting buys and costs, compared with the first. */
export function changeWords(setting: AdvisedSetting, first: AdvisedSetting): string[] {
  if (setting.sameOutputAs === first.name) return [l10n.t("the same output, to the byte")];
  const { benchmark } = setting;
  const compared = (before: number | null, after: number | null, words: (change: string) => string): string[] =>
    before === null || after === null ? [] : [words(percent({ before, after }))];
  return [
    ...compared(first.fileBytes, setting.fileBytes, (change) => l10n.t("file {0}", change)),
    ...compared(first.textBytes, setting.textBytes, (change) => l10n.t("code {0}", change)),
    ...compared(first.ltoMillis, setting.ltoMillis, (change) => l10n.t("LTO and code generation {0}", change)),
    ...compared(first.peakMemoryBytes, setting.peakMemoryBytes, (change) => l10n.t("peak memory {0}", change)),
    ...(benchmark === null ? [] : [l10n.t("running time: {0}", verdictText(benchmark))]),
  ];
}

/** How it was measured, and what was not varied, in sentences. */
export function measuredWords({ bench, notVaried }: Pick<AdviseReport, "bench" | "notVaried">): string[] {
  return [
    l10n.t(
      "Time is that of the clock; memory is the peak of a process that does nothing else. Rows that were built and not replayed have neither.",
    ),
    ...(bench === null
      ? [l10n.t("No program was run: only a benchmark says which is faster.")]
      : [
          l10n.t("Every program was run in turn {0} times after a warm-up: {1}", number(bench.rounds), bench.command),
          l10n.t(
            "A verdict follows from the signed-rank interval of the ratios; the probability that any of them is wrong is {0} %.",
            number(Math.round(100 * bench.error)),
          ),
        ]),
    l10n.t("Not varied: {0}.", notVaried.join(", ")),
  ];
}
