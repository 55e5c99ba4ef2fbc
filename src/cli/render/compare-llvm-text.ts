/** What `compare-llvm` prints: what reading changes, the totals of each stage, and the modules or functions that differ. */
import type {
  CompareLlvmReport,
  DifferenceKind,
  FunctionFromTo,
  LlvmFunctionDiff,
  LlvmFunctionDifference,
  LlvmModuleDifference,
  LlvmStageTotal,
  ReadingChanges,
  Rewriting,
} from "../../protocol/llvm-comparison.js";
import { DIFFERENCE_WORDS, importWords, rewritingWords } from "../../protocol/llvm-comparison-words.js";
import { shortModuleName } from "../../protocol/module-names.js";
import { stageShort } from "../../protocol/stages.js";
import { bytes, counted, number, percent, signed } from "../../protocol/words.js";
import type { Colors } from "../styles.js";
import { patchLines } from "./diff-text.js";
import { unitLine, warningLines } from "./llvm-lines.js";
import { table } from "./table.js";

/** The most lines of a list without `--all`. */
const MOST_LISTED = 40;
const MOST_REWRITINGS = 5;

/**
 * @param all list everything
 * @param named the newer LLVM as the user wrote it
 */
export function compareLlvmLines(report: CompareLlvmReport, colors: Colors, all: boolean, named: string): string[] {
  const heading = [unitLine(report.unit, colors), sideLine(report, "from", colors), sideLine(report, "to", colors)];
  const warnings = warningLines(report.warnings, colors);
  if (report.function !== null) return [...heading, ...functionText(report.function, colors), ...warnings];
  const most = all ? Number.POSITIVE_INFINITY : MOST_LISTED;
  const [only] = report.modules;
  const body = report.modules.length === 1 && only !== undefined ? functionLines(only, most, colors) : moduleLines(report.modules, most);
  return [
    ...heading,
    "",
    ...readingLines(report, colors, all),
    ...stageLines(report.stages),
    "",
    ...importLines(report.modules, most),
    ...body,
    ...failedLines(report.modules, colors),
    ...nextLines(report, named, colors),
    ...warnings,
  ];
}

function sideLine(report: CompareLlvmReport, which: "from" | "to", colors: Colors): string {
  const { run, llvm } = report[which];
  return `${which.padEnd("from".length)}  LLVM ${llvm.version}  ${colors.dim(`${llvm.path}  run ${run}`)}`;
}

function readingLines({ reading, from, to }: CompareLlvmReport, colors: Colors, all: boolean): string[] {
  if (reading === null) return [];
  const most = all ? Number.POSITIVE_INFINITY : MOST_REWRITINGS;
  return [
    reading.changed === 0
      ? `LLVM ${to.llvm.version} reads the bitcode of LLVM ${from.llvm.version} without changing a function.`
      : `Reading alone changes ${countOf(reading)}: LLVM ${to.llvm.version} upgrades the bitcode of LLVM ${from.llvm.version}. This does not count below.`,
    ...listed(
      reading.rewritings.map((one) => rewritingLine(one, colors)),
      most,
      "kind",
    ),
    "",
  ];
}

function countOf({ changed, functions }: ReadingChanges): string {
  return `${number(changed)} of ${counted(functions, "function")}`;
}

function rewritingLine(rewriting: Rewriting, colors: Colors): string {
  return `  ${number(rewriting.count).padStart(6)} ×  ${rewritingWords(rewriting)}${rewriting.intrinsic === null ? "" : colors.dim(`  in ${rewriting.intrinsic}`)}`;
}

const KINDS: readonly DifferenceKind[] = ["instructions", "flags", "header", "attributes", "metadata"];

/** A table of the stages, with a column for each kind of difference that occurs. */
function stageLines(stages: readonly LlvmStageTotal[]): string[] {
  const kinds = KINDS.filter((kind) => stages.some(({ changed }) => changed[kind] > 0));
  const lone = (["onlyFrom", "onlyTo"] as const).filter((side) => stages.some((total) => total[side] > 0));
  const headings = [
    "stage",
    "same",
    ...kinds.map((kind) => DIFFERENCE_WORDS[kind]),
    ...lone.map((side) => (side === "onlyTo" ? "only to" : "only from")),
    "instructions",
    "size",
  ];
  const rows = stages
    .filter(({ modules }) => modules > 0)
    .map((total) => [
      stageShort(total.stage),
      number(total.same),
      ...kinds.map((kind) => number(total.changed[kind])),
      ...lone.map((side) => number(total[side])),
      fromTo(total.instructions, number),
      fromTo(total.bytes, bytes),
    ]);
  return table([headings, ...rows], isLeft);
}

function fromTo({ from, to }: { readonly from: number; readonly to: number }, words: (value: number) => string): string {
  if (from === to) return words(from);
  return `${words(from)} → ${words(to)} (${percent({ before: from, after: to })})`;
}

/** The first column and the last two. */
function isLeft(column: number, columns: number): boolean {
  return column === 0 || column >= columns - 2;
}

function importLines(modules: readonly LlvmModuleDifference[], most: number): string[] {
  const words = importWords(modules);
  if (words === null) return [];
  const differing = modules.filter(({ imports }) => imports !== null && imports.onlyFrom.length + imports.onlyTo.length > 0);
  const lines = differing.flatMap(({ name, imports }) => [
    ...(imports?.onlyFrom ?? []).map((symbol) => `  only from  ${shortModuleName(name)}  ${symbol}`),
    ...(imports?.onlyTo ?? []).map((symbol) => `  only to    ${shortModuleName(name)}  ${symbol}`),
  ]);
  return [words, ...listed(lines, most, "import"), ""];
}

/** The modules that differ, those with the largest difference in instructions first. */
function moduleLines(modules: readonly LlvmModuleDifference[], most: number): string[] {
  const differing = modules.filter(({ first }) => first !== null).toSorted((one, other) => weight(other) - weight(one));
  if (differing.length === 0) return [`No function differs in ${counted(modules.length, "module")}.`];
  const rows = differing.map((module) => {
    const { instructions } = module.stages.at(-1) ?? { instructions: { from: 0, to: 0 } };
    return [
      shortModuleName(module.name),
      stageShort(module.first ?? ""),
      number(module.functions.length),
      fromTo(instructions, number),
      "",
    ];
  });
  const [headings = "", ...lines] = table([["module", "from stage", "functions", "instructions at the end", ""], ...rows], isLeft);
  return [
    `${number(differing.length)} of ${counted(modules.length, "module")} ${differing.length === 1 ? "differs" : "differ"}:`,
    headings,
    ...listed(lines, most, "module"),
  ];
}

function weight({ stages }: LlvmModuleDifference): number {
  const { from, to } = stages.at(-1)?.instructions ?? { from: 0, to: 0 };
  return Math.abs(to - from);
}

/** The functions of one module that differ. */
function functionLines({ name, first, functions }: LlvmModuleDifference, most: number, colors: Colors): string[] {
  if (first === null) return [`No function of ${shortModuleName(name)} differs.`];
  return [
    `${counted(functions.length, "function")} of ${shortModuleName(name)} ${functions.length === 1 ? "differs" : "differ"}, first at ${stageShort(first)}; instructions at the end, from → to:`,
    ...listed(
      functions.map((one) => functionLine(one, colors)),
      most,
      "function",
    ),
  ];
}

function functionLine({ name, demangled, change, kind, after, before }: LlvmFunctionDifference, colors: Colors): string {
  const what = kind === null ? (change === "added" ? "only to" : "only from") : DIFFERENCE_WORDS[kind];
  const delta = after.from === null || after.to === null ? "" : signed(after.to - after.from);
  const size =
    before.from === before.to && before.from !== null ? colors.dim(`  ${counted(before.from, "instruction")} before the passes`) : "";
  return `${side(after.from)} → ${side(after.to, true)} ${delta.padStart(7)}  ${what.padEnd("instructions".length)}  ${demangled === "" ? name : demangled}${size}`;
}

function side(instructions: FunctionFromTo["from"], left = false): string {
  const text = instructions === null ? "-" : number(instructions);
  return left ? text.padEnd(7) : text.padStart(7);
}

function failedLines(modules: readonly LlvmModuleDifference[], colors: Colors): string[] {
  return modules.flatMap(({ name, failed }) =>
    failed.map((one) => `${shortModuleName(name)}, ${one.side}: ${colors.red(one.error.name)}: ${one.error.message}`),
  );
}

function functionText({ name, module, stage, patch }: LlvmFunctionDiff, colors: Colors): string[] {
  const where = `${name} of ${shortModuleName(module)} at ${stageShort(stage)}`;
  return patch === "" ? ["", `${where} is the same.`] : [where, ...patchLines(patch, colors)];
}

/** How to see more: the functions of the module that differs most, and the text of one of them. */
function nextLines({ unit, modules }: CompareLlvmReport, named: string, colors: Colors): string[] {
  const [module] = modules.filter(({ first }) => first !== null).toSorted((left, right) => weight(right) - weight(left));
  const [first] = module?.functions ?? [];
  if (module === undefined || first === undefined) return [];
  const command = `lto-inspector compare-llvm ${unit.id} ${shortModuleName(module.name)} --to ${named}`;
  return [
    "",
    "Next:",
    ...(modules.length === 1 ? [] : [`  ${command}  ${colors.dim("the functions of this module that differ")}`]),
    `  ${command} --function ${first.name}  ${colors.dim("the text of a function on both sides")}`,
  ];
}

function listed(lines: readonly string[], most: number, noun: string): string[] {
  if (lines.length <= most) return [...lines];
  return [...lines.slice(0, most), `… and ${counted(lines.length - most, noun)} more: --all lists them`];
}
