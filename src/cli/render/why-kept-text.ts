/** What `why-kept` prints. */
import { shortModuleName } from "../../protocol/module-names.js";
import { stageLabel } from "../../protocol/stages.js";
import { counted, number } from "../../protocol/words.js";
import type { KeptRoot, WhyKeptReport } from "../../protocol/why-kept.js";
import { chainLines, goneText, rootText, type ChainLine } from "../../protocol/why-kept-words.js";
import type { Colors } from "../styles.js";
import { warningLines } from "./llvm-lines.js";

/** How many other names to list; the report has all. */
const MOST_NAMES = 5;

export function whyKeptLines(report: WhyKeptReport, colors: Colors): string[] {
  const { symbol, root, chain, gone, unreferenced, stage } = report;
  return [
    ...(symbol === null ? rootsLines(report, colors) : []),
    ...gone.map((one) => colors.yellow(goneText(one))),
    ...(unreferenced === null ? [] : [colors.yellow(`${report.found?.name ?? symbol ?? ""}: ${unreferenced}`)]),
    ...(unreferenced === null || chain.length === 0
      ? []
      : [`Before the passes, it was referred to (${stageLabel(chain[0]?.stage ?? stage)}):`]),
    ...chainLines(chain).map((line, index) => chainLine(line, index, colors)),
    ...(root === null ? [] : [colors.dim(rootText(root))]),
    ...report.hints.map((hint) => colors.dim(hint)),
    ...alsoLine(report.alsoNamed, colors),
    ...warningLines(report.warnings, colors),
  ];
}

function chainLine({ text, link }: ChainLine, index: number, colors: Colors): string {
  if (index === 0) return colors.bold(text);
  return `${"  ".repeat(index)}${link === undefined ? colors.dim(text) : text}`;
}

function alsoLine(names: readonly string[], colors: Colors): string[] {
  if (names.length === 0) return [];
  const more = names.length > MOST_NAMES ? ` and ${number(names.length - MOST_NAMES)} more` : "";
  return [colors.dim(`The name also means ${names.slice(0, MOST_NAMES).join(", ")}${more}.`)];
}

function rootsLines({ roots, stage }: WhyKeptReport, colors: Colors): string[] {
  return [colors.bold(`${counted(roots.length, "root")} at ${stageLabel(stage)}`), ...roots.map((root) => rootLine(root, colors))];
}

function rootLine({ name, module, why }: KeptRoot, colors: Colors): string {
  return `  ${name}${module === null ? "" : ` in ${shortModuleName(module)}`}: ${colors.dim(why)}`;
}
