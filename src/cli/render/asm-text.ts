/** What `asm` prints. */
import type { AssemblyDifference, AssemblyFigures, AssemblyPlace, AssemblyReport, FunctionAssembly } from "../../protocol/asm.js";
import { checkWords, figureWords, placeWords, withoutTabs } from "../../protocol/asm-words.js";
import { shortModuleName } from "../../protocol/module-names.js";
import { number, signed } from "../../protocol/words.js";
import type { Colors } from "../styles.js";
import { patchLines } from "./diff-text.js";
import { warningLines } from "./llvm-lines.js";

export function asmLines(report: AssemblyReport, colors: Colors): string[] {
  const { against, functions, warnings } = report;
  const body =
    against === null
      ? functions.flatMap((one) => functionLines(one, report.sources, colors))
      : against.differences.flatMap((one) => differenceLines(one, colors));
  return [...body, ...warningLines(warnings, colors)];
}

function functionLines(one: FunctionAssembly, sources: AssemblyReport["sources"], colors: Colors): string[] {
  const texts = new Map(sources.map(({ file, line, text }) => [`${file}:${line}`, text]));
  const check = checkWords(one.checked);
  const coloredCheck = one.checked.result === "equal" ? colors.green(check) : colors.yellow(check);
  const lines = [
    colors.bold(`${one.name} in ${shortModuleName(one.module)}`),
    ...figureWords(one).map((words) => colors.dim(words)),
    one.checked.result === "different" ? colors.red(check) : coloredCheck,
  ];
  let last: string | undefined;
  for (const { text, at } of one.lines) {
    const place = at === null ? last : placeWords(at);
    if (at !== null && place !== last) lines.push(colors.dim(placeLine(at, texts)));
    last = place;
    lines.push(withoutTabs(text));
  }
  return [...lines, ""];
}

function placeLine(at: AssemblyPlace, texts: ReadonlyMap<string, string>): string {
  const text = texts.get(`${at.file}:${at.line}`);
  return `  ${placeWords(at)}${text === undefined || text === "" ? "" : `  ${text}`}`;
}

function differenceLines({ name, before, after, patch }: AssemblyDifference, colors: Colors): string[] {
  const title = colors.bold(name);
  if (before === null) return [`${title}: ${colors.green("only in this build")}`, ...patchLines(patch, colors), ""];
  if (after === null) return [`${title}: ${colors.red("only in the other build")}`, ...patchLines(patch, colors), ""];
  const same = patch === "" ? "the same instructions" : "other instructions";
  return [`${title}: ${same}`, ...changeLines(before, after), ...patchLines(patch.replaceAll("\t", "    "), colors), ""];
}

const CHANGES: readonly (readonly [keyof Omit<AssemblyFigures, "mix">, string])[] = [
  ["bytes", "bytes of code"],
  ["stackBytes", "bytes of stack"],
  ["spills", "spills"],
  ["reloads", "reloads"],
  ["spillBytes", "bytes for saved registers"],
  ["instructions", "instructions"],
];

function changeLines(before: AssemblyFigures, after: AssemblyFigures): string[] {
  return CHANGES.flatMap(([key, words]) => {
    const [left, right] = [before[key], after[key]];
    if (left === null || right === null || (left === 0 && right === 0)) return [];
    const change = left === right ? "" : ` (${signed(right - left)})`;
    return [`  ${number(left)} → ${number(right)} ${words}${change}`];
  });
}
