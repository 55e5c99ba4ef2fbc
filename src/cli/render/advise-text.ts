/** What `advise` prints. */
import type { AdviseReport, AdvisedSetting, BenchmarkSetup } from "../../protocol/advise.js";
import { adviseColumns } from "../../protocol/advise-table.js";
import { ratioText } from "../../protocol/advise-words.js";
import { duration, number } from "../../protocol/words.js";
import type { Colors } from "../styles.js";
import { unitLine, warningLines } from "./llvm-lines.js";
import { table } from "./table.js";

export function adviseLines(report: AdviseReport, colors: Colors): string[] {
  const { unit, settings, failed, bench, notVaried, warnings } = report;
  const columns = adviseColumns(report);
  const rows = settings.map((setting) => columns.map(({ text }) => text(setting)));
  return [
    unitLine(unit, colors),
    ...warningLines(warnings, colors),
    ...table([columns.map(({ heading }) => heading), ...rows], (column) => columns[column]?.isNumber !== true),
    "",
    ...settings.flatMap((setting) => differenceLines(setting, colors)),
    ...settings.flatMap((setting) =>
      setting.sameOutputAs === null ? [] : [`${setting.name}: the same output as ${setting.sameOutputAs}`],
    ),
    ...failed.flatMap(({ name, error }) => [
      `${colors.red("failed")}: ${name}: ${error.message}`,
      ...(error.help === undefined ? [] : [`  ${colors.bold("help")}: ${error.help}`]),
    ]),
    ...(bench === null ? [] : benchLines(bench)),
    `Not varied: ${notVaried.join(", ")}.`,
  ];
}

function differenceLines({ name, identical, unit }: AdvisedSetting, colors: Colors): string[] {
  if (identical !== false) return [];
  return [`${colors.red("differs")}: ${name}: the replay's output is not that of the build; \`verify ${unit ?? ""}\` says where`];
}

function benchLines({ command, rounds, noise, error, startMillis }: BenchmarkSetup): string[] {
  const own = noise === null ? "" : `; the first setting against itself: ${ratioText(noise)}`;
  return [
    `Run in turn ${number(rounds)} times after a warm-up, without the ${duration(startMillis)} that starting a command takes: ${command}`,
    `Signed-rank test, ${100 * error} % error over all settings${own}.`,
  ];
}
