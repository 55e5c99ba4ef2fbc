/** What `profile` prints. */
import { shortModuleName } from "../../protocol/module-names.js";
import type { CostlyRuns, ModuleTime, ProfileReport } from "../../protocol/profile.js";
import { stageLabel } from "../../protocol/stages.js";
import { bytes, counted, duration, number } from "../../protocol/words.js";
import type { Colors } from "../styles.js";
import { warningLines } from "./llvm-lines.js";
import { shortName } from "./short-name.js";
import { table } from "./table.js";

/** The longest lists; the report has everything. */
const [MOST_CRATES, MOST_MODULES, MOST_PASSES] = [10, 15, 20];

export function profileLines(report: ProfileReport, colors: Colors): string[] {
  const { unit, millis, analysisMillis, attributedMillis, crates, modules, passes, costliest, largest } = report;
  return [
    colors.bold(unit.name),
    `stages of ${counted(modules.length, "module")}: ${duration(millis)} by the clock; passes and their managers: ${duration(onProcessor(modules))} on the processor; analysis: ${duration(analysisMillis)}`,
    ...section(
      "Crates",
      [["time", "share", "modules", "crate"], ...crates.map((one) => crateCells(one, attributedMillis))],
      3,
      MOST_CRATES,
      colors,
    ),
    ...section(
      "Modules",
      [["time", "passes", "managers", "rest", "memory", "module"], ...modules.map(moduleCells)],
      5,
      MOST_MODULES,
      colors,
    ),
    ...section("Stages", [["time", "share", "stage"], ...stageCells(modules, attributedMillis)], 2, MOST_MODULES, colors),
    ...section(
      "Passes",
      [
        ["time", "runs", "changed", "memory", "pass", ""],
        ...passes.map(({ pass, most, ...sums }) => [
          ...[duration(sums.millis), number(sums.runs), number(sums.changed), memory(sums.peakBytes), pass],
          most === null || sums.millis === 0 ? "" : `most: ${shortName(most.function)} (${duration(most.millis)})`,
        ]),
      ],
      4,
      MOST_PASSES,
      colors,
    ),
    ...section("Most time on one function", [COSTLY, ...costliest.map(costlyCells)], 3, costliest.length, colors),
    ...section("Most memory in one run", largest.length === 0 ? [] : [COSTLY, ...largest.map(costlyCells)], 3, largest.length, colors),
    ...report.notAvailable.map(({ module, why }) => colors.yellow(`${shortModuleName(module)}: its passes were not traced. ${why}`)),
    ...warningLines(report.warnings, colors),
  ];
}

function onProcessor(modules: readonly ModuleTime[]): number {
  return modules.reduce((sum, { passes, passManagers }) => sum + passes + passManagers, 0);
}

/** @param left the first column that is aligned to the left */
function section(title: string, rows: readonly (readonly string[])[], left: number, most: number, colors: Colors): string[] {
  if (rows.length < 2) return [];
  const more = rows.length - 1 - most;
  const shown = table(rows.slice(0, most + 1), (column) => column >= left);
  return ["", colors.bold(title), ...shown.map((line) => `  ${line}`), ...(more > 0 ? [`  … and ${number(more)} more`] : [])];
}

function memory(count: number | null): string {
  return count === null || count === 0 ? "" : bytes(count);
}

function share(part: number, whole: number): string {
  return whole === 0 ? "" : `${((100 * part) / whole).toFixed(1)} %`;
}

function crateCells({ crate, modules, millis }: ProfileReport["crates"][number], whole: number): string[] {
  return [duration(millis), share(millis, whole), number(modules), crate];
}

function moduleCells({ millis, passes, passManagers, rest, peakBytes, name, crate }: ModuleTime): string[] {
  const place = name.startsWith(crate) ? name : `${crate} · ${name}`;
  return [duration(millis), duration(passes), duration(passManagers), duration(rest), memory(peakBytes), place];
}

function stageCells(modules: readonly ModuleTime[], whole: number): string[][] {
  const times = new Map<string, number>();
  for (const { stages } of modules) for (const { stage, millis } of stages) times.set(stage, (times.get(stage) ?? 0) + millis);
  return [...times].map(([stage, millis]) => [duration(millis), share(millis, whole), stageLabel(stage)]);
}

const COSTLY = ["time", "runs", "memory", "pass", "function"];

function costlyCells({ millis, runs, peakBytes, pass, function: name, moduleName, timesMedian, instructions }: CostlyRuns): string[] {
  const notes = [
    ...(instructions === null ? [] : [counted(instructions, "instruction")]),
    ...(timesMedian === null || timesMedian < 2 ? [] : [`${number(Math.round(timesMedian))}× the median per instruction`]),
  ];
  const where = `${shortName(name)} in ${moduleName}`;
  return [duration(millis), number(runs), memory(peakBytes), pass, notes.length === 0 ? where : `${where} (${notes.join(", ")})`];
}
