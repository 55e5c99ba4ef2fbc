/** What `diff` prints. */
import { noFunctionWords } from "../../protocol/change-words.js";
import type { DiffReport, FunctionChange, GlobalChange } from "../../protocol/ir.js";
import { shortModuleName } from "../../protocol/module-names.js";
import { stageShort } from "../../protocol/stages.js";
import type { Colors } from "../styles.js";
import { counted, number, percent, signed } from "../../protocol/words.js";

/** The most functions and globals to list without `--all`. */
const MOST_LISTED = 40;

/** @param all list everything */
export function diffLines(report: DiffReport, colors: Colors, all: boolean): string[] {
  const most = all ? Number.POSITIVE_INFINITY : MOST_LISTED;
  return [
    titleLine(report, colors),
    ...(report.function === null ? summaryLines(report) : []),
    ...listed(
      report.functions.map((change) => functionLine(change, colors)),
      most,
      "function",
    ),
    ...(report.globals.length === 0 ? [] : ["", "globals:"]),
    ...listed(
      report.globals.map((change) => globalLine(change, colors)),
      most,
      "global",
    ),
    ...patchLines(report.patch, colors),
    ...(report.different ? otherLines(report) : ["Nothing differs."]),
  ];
}

/** The lines of a whole module's diff if it lists no function. */
function otherLines({ function: one, functions, globals, declarations, text }: DiffReport): string[] {
  if (one !== null || functions.length > 0) return [];
  const count = (change: string): number => globals.filter((global) => global.change === change).length;
  const counts = { added: count("added"), removed: count("removed"), changed: count("changed") };
  return ["", sentence(noFunctionWords({ declarations, globals: counts, text, sameBytes: false }))];
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}

function titleLine({ unit, module, from, to }: DiffReport, colors: Colors): string {
  const stages = `${stageShort(from.stage)} → ${stageShort(to.stage)}`;
  const whose = from.madeBy === "rustc" && to.madeBy === "rustc" ? "rustc's own files" : "replayed";
  return `${colors.bold(unit.name)}  ${shortModuleName(module)}  ${stages}  ${colors.dim(whose)}`;
}

function summaryLines(report: DiffReport): string[] {
  const count = (change: FunctionChange["change"]): string => number(report.functions.filter((one) => one.change === change).length);
  const { before, after } = report.instructions;
  const { added, removed, changed } = report.declarations;
  const share = before === 0 ? "" : ` (${percent({ before, after })})`;
  const altered = changed === 0 ? "" : `, ${number(changed)} changed`;
  const declarations =
    added + removed + changed === 0 ? "" : `; declarations: ${number(added)} added, ${number(removed)} removed${altered}`;
  return [
    `functions: ${count("added")} added, ${count("removed")} removed, ${count("changed")} changed, ${number(report.unchanged)} unchanged${declarations}`,
    `instructions: ${number(before)} → ${number(after)}${share}`,
    "",
  ];
}

function functionLine({ change, before, after, demangled, name, parts }: FunctionChange, colors: Colors): string {
  const counts = `${side(before?.instructions)} → ${side(after?.instructions, true)}`;
  const delta = (after?.instructions ?? 0) - (before?.instructions ?? 0);
  const what = [...parts, ...linkageChange(before?.linkage, after?.linkage)].join(", ");
  return `${coloured(change, colors)} ${counts} ${signed(delta).padStart(7)}  ${demangled === "" ? name : demangled}${what === "" ? "" : `  ${colors.dim(what)}`}`;
}

function linkageChange(before: string | undefined, after: string | undefined): string[] {
  if (before === after) return [];
  if (before === undefined || after === undefined) return [before ?? after ?? ""];
  return [`${before} → ${after}`];
}

function side(instructions: number | undefined, left = false): string {
  const text = instructions === undefined ? "-" : number(instructions);
  return left ? text.padEnd(7) : text.padStart(7);
}

function globalLine({ change, kind, before, after, demangled, name }: GlobalChange, colors: Colors): string {
  const states = before === after ? "" : `  ${colors.dim(linkageChange(before ?? undefined, after ?? undefined).join(", "))}`;
  return `${coloured(change, colors)} ${kind} ${demangled === "" ? name : demangled}${states}`;
}

function coloured(change: FunctionChange["change"], colors: Colors): string {
  const padded = change.padEnd("removed".length);
  if (change === "added") return colors.green(padded);
  return change === "removed" ? colors.red(padded) : colors.yellow(padded);
}

function listed(lines: readonly string[], most: number, noun: string): string[] {
  if (lines.length <= most) return [...lines];
  return [...lines.slice(0, most), `… and ${counted(lines.length - most, noun)} more: --all lists them`];
}

/** A unified diff; nothing if there is none. */
export function patchLines(patch: string | null, colors: Colors): string[] {
  if (patch === null || patch === "") return [];
  return [
    "",
    ...patch
      .trimEnd()
      .split("\n")
      .map((line) => patchLine(line, colors)),
  ];
}

function patchLine(line: string, colors: Colors): string {
  if (line.startsWith("+++ ") || line.startsWith("--- ")) return colors.bold(line);
  if (line.startsWith("@@")) return colors.cyan(line);
  if (line.startsWith("+")) return colors.green(line);
  return line.startsWith("-") ? colors.red(line) : line;
}
