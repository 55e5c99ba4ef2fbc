/** Words of `advise`, on the command line, on its page and in VS Code. */
import type { AdvisedBy, AdvisedEdits, AdvisedSetting, AdviseReport, BenchmarkResult } from "./advise.js";
import * as l10n from "./l10n.js";
import { number, percent, signed } from "./words.js";

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
export function verdictText({ verdict, ratio }: Pick<BenchmarkResult, "verdict" | "ratio">): string {
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
function changeWords(setting: AdvisedSetting, first: AdvisedSetting): string[] {
  const { sameOutputAs, benchmark } = setting;
  if (sameOutputAs === first.name) return [l10n.t("the same output, to the byte")];
  const compared = (before: number | null, after: number | null, words: (change: string) => string): string[] =>
    before === null || after === null ? [] : [words(percent({ before, after }))];
  return [
    ...(sameOutputAs === null ? [] : [l10n.t("the same output as {0}, to the byte", sameOutputAs)]),
    ...compared(first.fileBytes, setting.fileBytes, (change) => l10n.t("file {0}", change)),
    ...compared(first.textBytes, setting.textBytes, (change) => l10n.t("code {0}", change)),
    ...compared(first.ltoMillis, setting.ltoMillis, (change) => l10n.t("LTO and code generation {0}", change)),
    ...compared(first.peakMemoryBytes, setting.peakMemoryBytes, (change) => l10n.t("peak memory {0}", change)),
    ...(benchmark === null ? [] : [l10n.t("running time: {0}", verdictText(benchmark))]),
    ...compared(first.benchmark?.userMillis ?? null, benchmark?.userMillis ?? null, (change) => l10n.t("user time {0}", change)),
    ...compared(first.benchmark?.instructions ?? null, benchmark?.instructions ?? null, (change) => l10n.t("instructions {0}", change)),
  ];
}

/** "2 of 24": what a typical edit re-compiles of what rustc can re-use; "all" if it re-uses nothing; empty if that is not known. */
export function editsShort(edits: AdvisedEdits | null): string {
  if (edits === null) return "";
  return edits.reusable === 0 ? l10n.t("all") : l10n.t("{0} of {1}", number(edits.median), number(edits.reusable));
}

function editsSentence({ modules, reusable, functions, median, most, mostBy }: AdvisedEdits): string {
  if (reusable === 0) return l10n.t("An edit re-compiles all {0} modules: rustc re-uses none.", number(modules));
  const counts = [number(median), number(reusable), number(functions)];
  return [
    mostBy === null
      ? l10n.t("An edit of a function re-compiles {0} of the {1} modules that rustc can re-use (median of {2} functions).", ...counts)
      : l10n.t(
          "An edit of a function re-compiles {0} of the {1} modules that rustc can re-use (median of {2} functions), at most {3} ({4}).",
          ...counts,
          number(most),
          mostBy,
        ),
    ...(modules === reusable ? [] : [l10n.t("Every build re-compiles the other {0}.", number(modules - reusable))]),
  ].join(" ");
}

/**
 * What an edit re-compiles, if that is not what it is for the first setting, and which symbols and inlined calls differ most from the first setting's, in
 * sentences.
 */
function detailWords(setting: AdvisedSetting, first: AdvisedSetting, most: number): string[] {
  const { edits, symbols, inlined } = setting;
  const hasOwnEdits = setting === first || JSON.stringify(edits) !== JSON.stringify(first.edits);
  const listed = (list: readonly BeforeAfterOf[], words: (list: string) => string): string[] =>
    list.length === 0
      ? []
      : [
          words(
            list
              .slice(0, most)
              .map(({ name, before, after }) => `${name} ${signed(after - before)} (${number(before)} → ${number(after)})`)
              .join(", "),
          ),
        ];
  return [
    ...(edits === null || !hasOwnEdits ? [] : [editsSentence(edits)]),
    ...listed(symbols, (list) => l10n.t("Largest differences in bytes: {0}.", list)),
    ...listed(inlined ?? [], (list) => l10n.t("Calls inlined more or less often: {0}.", list)),
  ];
}

interface BeforeAfterOf {
  readonly name: string;
  readonly before: number;
  readonly after: number;
}

/** What is said of a setting below the table. */
export function adviseSentences(setting: AdvisedSetting, first: AdvisedSetting, most = 5): string[] {
  const changes = setting === first ? [] : [changeWords(setting, first).join("; ")];
  return [...changes, ...detailWords(setting, first, most)];
}

/** Whether what is said of inlined calls is true of the outputs; empty if they were not asked for. */
export function inliningWords({ inlining }: Pick<AdviseReport, "inlining">): string[] {
  if (inlining === null) return [];
  const { code, notAvailable } = inlining;
  return [
    l10n.t(
      "The replays that listened to the inliner gave the code of LTO in {0} of {1} functions.",
      number(code.equal),
      number(code.equal + code.different),
    ),
    ...notAvailable.map(({ module, why }) => `${module}: ${why}`),
  ];
}

/** How it was measured, and what was not varied, in sentences. */
export function measuredWords(report: Pick<AdviseReport, "bench" | "criterion" | "inlining" | "notVaried">): string[] {
  const { bench, criterion, notVaried } = report;
  return [
    l10n.t(
      "Time is that of the clock; memory is the peak of a process that does nothing else. Rows that were built and not replayed have neither.",
    ),
    ...(criterion === null
      ? []
      : [
          l10n.t(
            "Every program was run once, and the first one twice; times are the medians that Criterion estimates, with its intervals: {0}",
            criterion.command,
          ),
        ]),
    ...(bench === null
      ? criterion === null
        ? [l10n.t("No program was run: only a benchmark says which is faster.")]
        : []
      : [
          l10n.t("Every program was run in turn {0} times after a warm-up: {1}", number(bench.rounds), bench.command),
          l10n.t(
            "A verdict follows from the signed-rank interval of the ratios; the probability that any of them is wrong is {0} %.",
            number(Math.round(100 * bench.error)),
          ),
        ]),
    ...inliningWords(report),
    l10n.t("Not varied: {0}.", notVaried.join(", ")),
  ];
}
