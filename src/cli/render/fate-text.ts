/** What `fate` prints. */
import type { FateKind, FateReport, FateRow } from "../../protocol/fate.js";
import { shortModuleName } from "../../protocol/module-names.js";
import { counted, number } from "../../protocol/words.js";
import type { Colors } from "../styles.js";
import { warningLines } from "./llvm-lines.js";

/** How many functions without any use of their import to name; the report has all. */
const MOST_IN_VAIN = 10;

/** LLVM's name of what runs the inliner, and deletes what it emptied. */
const CALL_GRAPH = "ModuleToPostOrderCGSCCPassAdaptor";

/** In the order of the summary. */
const WORDS: ReadonlyMap<FateKind, string> = new Map<FateKind, string>([
  ["kept", "kept, visible outside of the module"],
  ["kept-local", "kept, local to the module"],
  ["kept-copy", "kept as a copy that is not emitted"],
  ["dropped", "copies whose body was dropped"],
  ["new-signature", "kept with other arguments or another result"],
  ["merged", "merged into an equal one"],
  ["inlined", "gone, inlined"],
  ["unneeded", "gone, nothing used it"],
  ["lost-uses", "gone, its uses went away"],
]);

export function fateLines(report: FateReport, colors: Colors): string[] {
  return [
    ...(report.function === null ? summaryLines(report, colors) : report.functions.flatMap((row) => rowLines(row, colors))),
    ...report.notAvailable.map(({ module, why }) => colors.yellow(`${shortModuleName(module)}: not available. ${why}`)),
    checkedLine(report, colors),
    ...warningLines(report.warnings, colors),
  ];
}

function summaryLines({ functions, totals, inVain }: FateReport, colors: Colors): string[] {
  const counts = [...WORDS].flatMap(([kind, words]) => (totals[kind] === 0 ? [] : [`  ${number(totals[kind]).padStart(8)}  ${words}`]));
  return [colors.bold(`${counted(functions.length, "definition")} when the passes begin`), ...counts, ...inVainLines(inVain, colors)];
}

function inVainLines(inVain: FateReport["inVain"], colors: Colors): string[] {
  if (inVain.length === 0) return [];
  const most = inVain.toSorted((left, right) => right.importers.length - left.importers.length).slice(0, MOST_IN_VAIN);
  return [
    colors.bold(`${counted(inVain.length, "function")} imported in vain: no copy was inlined`),
    ...most.map(({ name, from, importers }) => `  \`${name}\` from ${shortModuleName(from)} into ${counted(importers.length, "module")}`),
    ...(inVain.length > most.length ? [`  and ${number(inVain.length - most.length)} more`] : []),
  ];
}

function rowLines(row: FateRow, colors: Colors): string[] {
  const words = WORDS.get(row.fate) ?? row.fate;
  const where = `\`${row.name}\` in ${shortModuleName(row.module)}${copyText(row)}`;
  if (row.fate.startsWith("kept")) return [`${where}: ${colors.green(words)}`];
  const by = row.pass === null || row.pass === CALL_GRAPH ? "" : colors.dim(` (${row.pass})`);
  return [`${where}: ${colors.yellow(words)}: ${row.cause}${by}`];
}

function copyText({ copy, from }: FateRow): string {
  if (copy === "own") return "";
  return from === null ? ", its own copy that is not emitted" : `, imported from ${shortModuleName(from)}`;
}

function checkedLine({ checked: { code, specific } }: FateReport, colors: Colors): string {
  const all = counted(code.equal + code.different, "function");
  const same = code.different === 0;
  const text = same
    ? `the code of ${all} is that of the stage`
    : `the code of ${number(code.different)} of ${all} is not that of the stage`;
  const share = specific.of === 0 ? "" : `; ${number(specific.causes)} of ${number(specific.of)} causes are specific`;
  return (same ? colors.green : colors.red)(`Checked: ${text}${share}.`);
}
