/** What `advise` prints. */
import type { AdviseReport, AdvisedSetting, BenchmarkSetup, CriterionResults } from "../../protocol/advise.js";
import { adviseColumns } from "../../protocol/advise-table.js";
import { adviseSentences, inliningWords, ratioText, verdictText } from "../../protocol/advise-words.js";
import { duration, nanoseconds, number } from "../../protocol/words.js";
import type { Colors } from "../styles.js";
import { unitLine, warningLines } from "./llvm-lines.js";
import { table } from "./table.js";

export function adviseLines(report: AdviseReport, colors: Colors): string[] {
  const { unit, settings, failed, bench, criterion, notVaried, warnings } = report;
  const columns = adviseColumns(report);
  const rows = settings.map((setting) => columns.map(({ text }) => text(setting)));
  return [
    unitLine(unit, colors),
    ...warningLines(warnings, colors),
    ...table([columns.map(({ heading }) => heading), ...rows], (column) => columns[column]?.isNumber !== true),
    "",
    ...settings.flatMap((setting) => differenceLines(setting, colors)),
    ...failed.flatMap(({ name, error }) => [
      `${colors.red("failed")}: ${name}: ${error.message}`,
      ...(error.help === undefined ? [] : [`  ${colors.bold("help")}: ${error.help}`]),
    ]),
    ...settings.flatMap((setting) => detailLines(setting, settings[0], colors)),
    ...(bench === null ? [] : benchLines(bench)),
    ...(criterion === null ? [] : criterionLines(criterion, colors)),
    ...inliningWords(report),
    `Not varied: ${notVaried.join(", ")}.`,
  ];
}

function differenceLines({ name, identical, unit }: AdvisedSetting, colors: Colors): string[] {
  if (identical !== false) return [];
  return [`${colors.red("differs")}: ${name}: the replay's output is not that of the build; \`verify ${unit ?? ""}\` says where`];
}

/** Symbols, and calls; the report has more. */
const MOST_LISTED = 3;

function detailLines(setting: AdvisedSetting, first: AdvisedSetting | undefined, colors: Colors): string[] {
  const lines = first === undefined ? [] : adviseSentences(setting, first, MOST_LISTED);
  return lines.length === 0 ? [] : [colors.bold(setting.name), ...lines.map((line) => `  ${line}`)];
}

function criterionLines({ command, benchmarks }: CriterionResults, colors: Colors): string[] {
  return [
    ...benchmarks.flatMap(({ id, estimates }) => [
      colors.bold(id),
      ...table(
        estimates.map((estimate) => [`  ${estimate.setting}`, nanoseconds(estimate.nanos), verdictText(estimate)]),
        (column) => column !== 1,
      ),
    ]),
    `Criterion's medians, with its own intervals: ${command}`,
  ];
}

function benchLines({ command, rounds, noise, error, startMillis }: BenchmarkSetup): string[] {
  const own = noise === null ? "" : `; the first setting against itself: ${ratioText(noise)}`;
  return [
    `Run in turn ${number(rounds)} times after a warm-up, without the ${duration(startMillis)} that starting a command takes: ${command}`,
    `Signed-rank test, ${100 * error} % error over all settings${own}.`,
  ];
}
