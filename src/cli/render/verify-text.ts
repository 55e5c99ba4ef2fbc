/** What `verify` prints: a table of the stages, and a sentence for everything else that was compared. */
import { shortModuleName } from "../../protocol/module-names.js";
import type { StageCounts, VerifyReport } from "../../protocol/runs.js";
import { stageLabel, stagesOf } from "../../protocol/stages.js";
import type { Colors } from "../styles.js";
import { comparisonSentences, closingSentence } from "./verify-sentences.js";
import { llvmLines, unitLine, warningLines } from "./llvm-lines.js";
import { number } from "../../protocol/words.js";

const SHOWN_DIFFERENCES = 40;

const COLUMNS: readonly (readonly [keyof StageCounts, string])[] = [
  ["identical", "identical"],
  ["sameText", "same text"],
  ["different", "different"],
  ["absent", "absent"],
  ["reusedByRustc", "re-used by rustc"],
];

export function verifyLines(report: VerifyReport, colors: Colors): string[] {
  const lines = [
    unitLine(report.unit, colors),
    ...llvmLines(report.llvm, null, colors),
    "",
    ...stageTable(report),
    "",
    ...differenceLines(report, colors),
    ...warningLines(report.warnings, colors),
    ...comparisonSentences(report),
    closingSentence(report, colors),
  ];
  return lines;
}

function stageTable(report: VerifyReport): string[] {
  const head = ["stage", ...COLUMNS.map(([, title]) => title)];
  const rows = stagesOf(report.unit.mode).flatMap((stage) => {
    const counts = report.stages[stage];
    return counts === undefined ? [] : [[stageLabel(stage), ...COLUMNS.map(([name]) => number(counts[name]))]];
  });
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  return [head, ...rows].map((row) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join("  "),
  );
}

function differenceLines(report: VerifyReport, colors: Colors): string[] {
  const shown = report.different.slice(0, SHOWN_DIFFERENCES).map(({ module, stage, why }) => {
    const where = [module === "" ? "" : shortModuleName(module), stage].filter((part) => part !== "").join(" · ");
    return `${colors.red("differs")}: ${where}: ${why}`;
  });
  const more = report.different.length - shown.length;
  return more > 0 ? [...shown, `… and ${number(more)} more (the report lists all: --json)`] : shown;
}
