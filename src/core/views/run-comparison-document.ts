/** A comparison of two LLVMs as a document in an editor: what reading changes, the stages, and the modules that differ. Its length is bounded. */
import type {
  CompareLlvmReport,
  FromTo,
  LlvmFunctionDifference,
  LlvmModuleDifference,
  LlvmStageTotal,
} from "../../protocol/llvm-comparison.js";
import { differencesWords, importWords, rewritingWords, sizeWords } from "../../protocol/llvm-comparison-words.js";
import { shortModuleName } from "../../protocol/module-names.js";
import type { RunComparisonView } from "../../protocol/requests/runs.js";
import { stageLabel } from "../../protocol/stages.js";
import { formatRunDiff } from "../../protocol/uris.js";
import { counted, number } from "../../protocol/words.js";
import { codeSpan, link, sentence } from "./markdown.js";

const MOST_MODULES = 100;
const MOST_FUNCTIONS = 5;
const MOST_REWRITINGS = 10;
const MOST_IMPORTS = 50;
const MOST_WARNINGS = 20;

export function runComparisonDocument(report: CompareLlvmReport): RunComparisonView {
  const { unit, from, to, modules } = report;
  const versions = `LLVM ${from.llvm.version} ↔ LLVM ${to.llvm.version}`;
  const differing = modules.filter(({ first }) => first !== null).toSorted(byWeight);
  const parts = [
    `# ${codeSpan(unit.name)} · ${sentence(versions)}`,
    `${codeSpan(unit.id)}, replayed with ${codeSpan(from.llvm.path)} and with ${codeSpan(to.llvm.path)}. LLVM ${sentence(to.llvm.version)} reads both sides.`,
    ...section("Reading alone", readingLines(report)),
    ...section("Stages", report.stages.filter((total) => total.modules > 0).map(stageLine)),
    ...section("Imports", importLines(modules)),
    ...section(
      "Modules that differ",
      differing.length === 0
        ? [`No function differs in ${counted(modules.length, "module")}.`]
        : [...differing.slice(0, MOST_MODULES).flatMap((module) => moduleLines(report, module)), ...more(differing.length, MOST_MODULES)],
    ),
    ...section("Failed", modules.flatMap(failedLines)),
    ...section("Notes", [
      ...report.warnings.slice(0, MOST_WARNINGS).map((warning) => `* ${sentence(warning)}`),
      ...more(report.warnings.length, MOST_WARNINGS),
    ]),
  ];
  return { title: `${unit.name} · ${versions}`, markdown: `${parts.join("\n\n")}\n` };
}

function readingLines({ reading, from, to }: CompareLlvmReport): string[] {
  if (reading === null) return [];
  const { functions, changed, rewritings } = reading;
  if (changed === 0) return [sentence(`LLVM ${to.llvm.version} reads what LLVM ${from.llvm.version} wrote without changing a function.`)];
  const first = `${number(changed)} of ${counted(functions, "function")} are written differently only because LLVM ${to.llvm.version} upgrades what LLVM ${from.llvm.version} wrote. This does not count below.`;
  const lines = rewritings
    .slice(0, MOST_REWRITINGS)
    .map(
      (one) => `* ${number(one.count)} × ${codeSpan(rewritingWords(one))}${one.intrinsic === null ? "" : ` in ${codeSpan(one.intrinsic)}`}`,
    );
  return [sentence(first), ...(lines.length === 0 ? [] : ["", ...lines]), ...more(rewritings.length, MOST_REWRITINGS)];
}

function stageLine(total: LlvmStageTotal): string {
  const differences = differencesWords(total);
  const words =
    differences === "" ? `the same ${counted(total.same, "function")}` : `${differences}; ${counted(total.same, "function")} the same`;
  return `* ${stageLabel(total.stage)}: ${words}; ${sizeWords(total.instructions, "instruction")}`;
}

function importLines(modules: readonly LlvmModuleDifference[]): string[] {
  const words = importWords(modules);
  if (words === null) return [];
  const lines = modules.flatMap(({ name, imports }) => [
    ...(imports?.onlyFrom ?? []).map(
      (symbol) => `* ${codeSpan(shortModuleName(name))} imports ${codeSpan(symbol)} only with the older LLVM`,
    ),
    ...(imports?.onlyTo ?? []).map((symbol) => `* ${codeSpan(shortModuleName(name))} imports ${codeSpan(symbol)} only with the newer LLVM`),
  ]);
  return [words, ...(lines.length === 0 ? [] : ["", ...lines.slice(0, MOST_IMPORTS)]), ...more(lines.length, MOST_IMPORTS)];
}

function moduleLines(report: CompareLlvmReport, module: LlvmModuleDifference): string[] {
  const { name, crate, first, functions, stages } = module;
  if (first === null) return [];
  const size = stages.at(-1)?.instructions ?? { from: 0, to: 0 };
  return [
    `* ${codeSpan(crate)} · ${codeSpan(shortModuleName(name))}: ${counted(functions.length, "function")} from ${stageLabel(first)} on, ${sizeWords(size, "instruction")} · ${link("compare", diffOf(report, name, first, null))}`,
    ...functions
      .slice(0, MOST_FUNCTIONS)
      .map((one) => `  * ${functionWords(one)} · ${link("compare", diffOf(report, name, one.stage, one.name))}`),
    ...more(functions.length, MOST_FUNCTIONS, "  "),
  ];
}

function diffOf({ from, to }: CompareLlvmReport, module: string, stage: string, symbol: string | null): string {
  return formatRunDiff({ from: from.run, to: to.run, module, stage, function: symbol });
}

function functionWords({ name, demangled, change, kind, after }: LlvmFunctionDifference): string {
  const shown = codeSpan(demangled === "" ? name : demangled);
  if (change === "added") return `${shown}: only with the newer LLVM`;
  if (change === "removed") return `${shown}: only with the older LLVM`;
  const size = after.from === null || after.to === null ? "" : `, ${sizeWords({ from: after.from, to: after.to }, "instruction")}`;
  return `${shown}: ${kind ?? ""}${size}`;
}

function failedLines({ name, failed }: LlvmModuleDifference): string[] {
  return failed.map(
    ({ side, error }) => `* ${codeSpan(shortModuleName(name))}, ${side === "from" ? "older" : "newer"} LLVM: ${sentence(error.message)}`,
  );
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`## ${title}`, lines.join("\n")];
}

function more(total: number, shown: number, indent = ""): string[] {
  return total > shown ? [`${indent}* … and ${number(total - shown)} more; \`lto-inspector compare-llvm\` lists all of them`] : [];
}

function byWeight(one: LlvmModuleDifference, other: LlvmModuleDifference): number {
  return weight(other) - weight(one);
}

function weight({ stages }: LlvmModuleDifference): number {
  const { from, to }: FromTo = stages.at(-1)?.instructions ?? { from: 0, to: 0 };
  return Math.abs(to - from);
}
