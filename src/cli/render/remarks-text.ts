/** What `remarks` prints. */
import type { SourcePlace } from "../../protocol/calls.js";
import { shortModuleName } from "../../protocol/module-names.js";
import type { RemarkRow, RemarksReport } from "../../protocol/remarks.js";
import { counted, number } from "../../protocol/words.js";
import type { Colors } from "../styles.js";
import { warningLines } from "./llvm-lines.js";

/** The longest summary; the report has everything. */
const MOST_TOTALS = 30;

export function remarksLines(report: RemarksReport, colors: Colors): string[] {
  return [
    ...(report.function === null ? summaryLines(report, colors) : functionLines(report, colors)),
    ...report.notAvailable.map(({ module, why }) => colors.yellow(`${shortModuleName(module)}: its remarks are not available. ${why}`)),
    ...warningLines(report.warnings, colors),
  ];
}

function summaryLines({ totals }: RemarksReport, colors: Colors): string[] {
  const all = totals.reduce((sum, { remarks }) => sum + remarks, 0);
  const width = Math.max(0, ...totals.slice(0, MOST_TOTALS).map(({ pass }) => pass.length));
  return [
    colors.bold(counted(all, "remark")),
    ...totals
      .slice(0, MOST_TOTALS)
      .map(({ pass, name, kind, remarks }) => `  ${number(remarks).padStart(8)}  ${kind.padEnd(8)}  ${pass.padEnd(width)}  ${name}`),
    ...(totals.length > MOST_TOTALS ? [`  and ${counted(totals.length - MOST_TOTALS, "other kind")}`] : []),
    ...(all === 0 ? [] : ["Name a function to see each of its remarks, or a pass with --pass."]),
  ];
}

function functionLines({ remarks }: RemarksReport, colors: Colors): string[] {
  const functions = new Map<string, RemarkRow[]>();
  for (const remark of remarks) {
    const key = `${remark.symbol}\n${remark.module}`;
    const known = functions.get(key);
    if (known === undefined) functions.set(key, [remark]);
    else known.push(remark);
  }
  if (functions.size === 0) return ["No pass says anything of that kind about it."];
  return [...functions.values()].flatMap((rows) => {
    const [first] = rows;
    if (first === undefined) return [];
    return [colors.bold(`\`${first.function}\` in ${shortModuleName(first.module)}`), ...rows.map((row) => remarkLine(row, colors))];
  });
}

function placeText({ file, line, column }: SourcePlace): string {
  return `${file}:${line}${column === 0 ? "" : `:${column}`}`;
}

function remarkLine({ pass, kind, at, inlinedAt, text, times }: RemarkRow, colors: Colors): string {
  const places = [at, ...inlinedAt.map((place) => place.at)].flatMap((place) => (place === null ? [] : [placeText(place)]));
  const where = places.length === 0 ? "" : colors.dim(` at ${places.join(", inlined at ")}`);
  const paint = kind === "passed" ? colors.green : kind === "missed" ? colors.yellow : colors.dim;
  return `  ${paint(kind.padEnd(8))}  ${pass}: ${text}${where}${times > 1 ? colors.dim(` (${number(times)} times)`) : ""}`;
}
