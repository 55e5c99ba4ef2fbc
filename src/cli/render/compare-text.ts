/** The text of `compare`. */
import type {
  BuildCompareReport,
  ComparedBuildSide,
  ComparedImports,
  DifferingModule,
  OnBothSides,
} from "../../protocol/build-comparison.js";
import { differenceWords, sizeWords, verdictWords } from "../../protocol/build-comparison-words.js";
import { shortModuleName } from "../../protocol/module-names.js";
import { stageLabel } from "../../protocol/stages.js";
import { bytes, change, counted, timeText } from "../../protocol/words.js";
import type { Colors } from "../context.js";

/** Without --all. */
const MOST_MODULES = 30;
const MOST_IMPORTS = 5;

export function compareLines(report: BuildCompareReport, colors: Colors, all: boolean): string[] {
  const { from, to, modules, stages, warnings } = report;
  const shown = all ? modules : modules.slice(0, MOST_MODULES);
  const last = stages.at(-1);
  return [
    `${colors.bold(from.unit.name)}  ${sideText(from)}`,
    `${"compared with".padEnd(from.unit.name.length)}  ${sideText(to)}`,
    "",
    differenceWords(report.counts),
    ...(last === undefined ? [] : totalLines(last.stage, last.bytes, last.instructions)),
    ...shown.flatMap((module) => ["", ...moduleLines(module, colors, all)]),
    ...(shown.length < modules.length
      ? ["", `… and ${counted(modules.length - shown.length, "more module", "more modules")} (--all)`]
      : []),
    ...warnings.map((warning) => `${colors.yellow("warning")}: ${warning}`),
  ];
}

function sideText({ name, title, at, llvm }: ComparedBuildSide): string {
  const parts = [name, ...(title === name ? [] : [title]), timeText(at), ...(llvm === null ? [] : [`LLVM ${llvm}`])];
  return parts.join(" · ");
}

function totalLines(stage: string, size: OnBothSides<number>, instructions: OnBothSides<number>): string[] {
  const parts = [
    ...(instructions.from === null || instructions.to === null ? [] : [`instructions ${change(instructions.from, instructions.to)}`]),
    ...(size.from === null || size.to === null ? [] : [`bitcode ${bytes(size.from)} → ${bytes(size.to)}`]),
  ];
  return parts.length === 0 ? [] : [`All modules after ${stageLabel(stage)}: ${parts.join(", ")}`];
}

function moduleLines(module: DifferingModule, colors: Colors, all: boolean): string[] {
  const facts = [verdictWords(module), sizeWords(module)].filter((text) => text !== "");
  return [
    `${colors.bold(shortModuleName(module.name))}  ${module.crate}  ${facts.join(" · ")}`,
    ...(module.imports === null ? [] : importLines(module.imports, colors, all)),
  ];
}

function importLines({ onlyFrom, onlyTo }: ComparedImports, colors: Colors, all: boolean): string[] {
  const most = all ? Infinity : MOST_IMPORTS;
  const lines = (sign: string, list: ComparedImports["onlyTo"]): string[] => [
    ...list.slice(0, most).map(({ name, source }) => `  ${sign} imports ${name} from ${shortModuleName(source)}`),
    ...(list.length > most ? [`  ${sign} … and ${list.length - most} more imports`] : []),
  ];
  return [...lines(colors.green("+"), onlyTo), ...lines(colors.red("−"), onlyFrom)];
}
