/** What `explain` prints: causes first, then modules, each with its reason; for a single module, everything that differs. */
import type { AuditCounts, Cause, Difference, ExplainedModule, ExplainReport } from "../../protocol/explain.js";
import { shortModuleName } from "../../protocol/module-names.js";
import { counted, number, timeText } from "../../protocol/words.js";
import { differenceText } from "../../core/explain/rebuild/words.js";
import type { Colors } from "../styles.js";
import { unitLine, warningLines } from "./llvm-lines.js";

const SHOWN_CHANGES = 8;

export function explainLines(report: ExplainReport, colors: Colors, whole: boolean): string[] {
  return [
    unitLine(report.unit, colors),
    againstLine(report),
    "",
    ...report.causes.flatMap((cause, index) => causeLines(cause, index + 1, colors)),
    ...moduleLines(report, colors, whole),
    "",
    ...report.findings.map(({ kind, module, detail }) => `${colors.red(kind)}: ${shortModuleName(module)}: ${detail}`),
    ...(report.audit === undefined ? [] : [auditLine(report.audit, colors)]),
    ...warningLines(report.warnings, colors),
    ...(whole ? [] : [summaryLine(report), rustcLine(report, colors)]),
  ];
}

function againstLine({ against, build }: ExplainReport): string {
  if (against === null) return `${build.name} is the first known build: there is nothing to compare it with.`;
  return `${build.name} (${timeText(build.at)}) against ${against.name} (${timeText(against.at)})`;
}

function causeLines(cause: Cause, index: number, colors: Colors): string[] {
  const changes = cause.changes.slice(0, SHOWN_CHANGES);
  const more = cause.changes.length - changes.length;
  return [
    `${index}. ${colors.bold(cause.title)} → ${cause.effect}`,
    ...(cause.changes.length > 1 || cause.changes.some(({ source }) => source !== undefined)
      ? changes.map((change) => `     ${changeText(change)}`)
      : []),
    ...(more > 0 ? [`     … and ${number(more)} more`] : []),
    ...(cause.note === undefined ? [] : [`     note: ${cause.note}`]),
    "",
  ];
}

/** "function `f` changed (body): 12 instructions → 14 instructions  src/lib.rs:3" */
function changeText(difference: Difference): string {
  const { source } = difference;
  return `${differenceText(difference)}${source === undefined ? "" : `  ${source.file}:${source.line}`}`;
}

function moduleLines(report: ExplainReport, colors: Colors, whole: boolean): string[] {
  if (whole) return report.modules.flatMap((module) => wholeModule(module, report, colors));
  const telling = report.modules.filter(({ reason, verdict }) => verdict !== "re-used" && reason.kind !== "key-equal-but-not-cached");
  const rows = telling.map((module) => moduleLine(module, report, colors));
  const cached = report.counts.neverCached;
  return cached === 0
    ? rows
    : [...rows, `${counted(cached, "upstream or allocator module")} with equal keys: never cached, compiled every time`];
}

function moduleLine(module: ExplainedModule, { causes }: ExplainReport, colors: Colors): string {
  const { crate, name, verdict, reason } = module;
  const numbers = reason.causes.map((id) => causes.findIndex((cause) => cause.id === id) + 1).filter((number) => number > 0);
  const because = numbers.length === 0 ? "" : ` (cause ${numbers.join(", ")})`;
  const [, ...steps] = reason.chain;
  return `${colors.yellow(verdict.padEnd(11))} ${crate} ${shortModuleName(name)}  ${reason.kind}${because}${steps.length === 0 ? "" : `: ${steps.join("; ")}`}`;
}

function wholeModule(module: ExplainedModule, report: ExplainReport, colors: Colors): string[] {
  return [
    `${colors.bold(module.name)}  ${module.verdict}: ${module.reason.kind}`,
    `  ${module.reason.detail}`,
    ...module.reason.chain.map((step, index) => `  ${"  ".repeat(Math.min(index, 6))}${index === 0 ? "because " : "→ "}${step}`),
    ...(module.parts.length === 0 ? [] : [`  parts of the key that differ: ${module.parts.join(", ")}`]),
    ...module.differences.map((difference) => `  ${changeText(difference)}`),
    ...(report.against === null ? [] : [`  key ${module.key ?? "none"}, rustc compared with ${module.previousKey ?? "none"}`]),
  ];
}

function auditLine({ reused, identical, sameText, different, notKept }: AuditCounts, colors: Colors): string {
  const parts = [`${number(identical)} identical to what rustc re-used`];
  if (sameText > 0) parts.push(`${number(sameText)} with the same IR but other bytes`);
  if (notKept > 0) parts.push(`${number(notKept)} whose earlier output no capture keeps`);
  if (different > 0) parts.push(colors.red(`${number(different)} different: wrongly re-used`));
  return `audit: ${counted(reused, "re-used module")} rebuilt: ${parts.join(", ")}`;
}

function summaryLine({ counts, modules }: ExplainReport): string {
  const gone = counts.gone === 0 ? "" : `, ${number(counts.gone)} gone`;
  const own = counts.recompiled - counts.neverCached;
  return `${counted(modules.length - counts.gone, "module")}: ${number(counts.reused)} re-used, ${number(counts.recompiled)} re-compiled (${number(own)} with a cause, ${number(counts.neverCached)} never cached)${gone}`;
}

function rustcLine({ rustc }: ExplainReport, colors: Colors): string {
  if (rustc.known === 0) return "rustc's own decisions are unknown.";
  const agreeing = `rustc's log agrees on ${number(rustc.agreeing)} of ${counted(rustc.known, "decision")}.`;
  return rustc.agreeing === rustc.known ? agreeing : colors.red(agreeing);
}
