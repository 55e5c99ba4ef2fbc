/** What `advise` prints. */
import type { AdviseReport, AdvisedSetting, BenchmarkSetup } from "../../protocol/advise.js";
import { ratioText, verdictText } from "../../protocol/advise-words.js";
import { bytes, duration, number, percent } from "../../protocol/words.js";
import type { Colors } from "../styles.js";
import { unitLine, warningLines } from "./llvm-lines.js";
import { table } from "./table.js";

export function adviseLines(report: AdviseReport, colors: Colors): string[] {
  const { unit, settings, failed, bench, notVaried, warnings } = report;
  const [first] = settings;
  return [
    unitLine(unit, colors),
    ...warningLines(warnings, colors),
    ...table([HEADINGS, ...settings.map((setting) => cells(setting, first))], isLeft),
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

const HEADINGS = ["setting", "how", "LTO", "level", "time", "memory", "file", "code", "", "run", ""];

/** Names, and verdicts. */
function isLeft(column: number, columns: number): boolean {
  return column < 4 || column === columns - 1;
}

function cells(setting: AdvisedSetting, first: AdvisedSetting | undefined): string[] {
  const { name, by, lto, optLevel, ltoMillis, peakMemoryBytes, fileBytes, textBytes, benchmark } = setting;
  return [
    name,
    by,
    lto,
    optLevel,
    duration(ltoMillis),
    bytes(peakMemoryBytes),
    number(fileBytes),
    number(textBytes),
    first === undefined || first === setting ? "" : percent({ before: first.textBytes, after: textBytes }),
    duration(benchmark?.medianMillis ?? null),
    benchmark === null ? "" : verdictText(benchmark),
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
