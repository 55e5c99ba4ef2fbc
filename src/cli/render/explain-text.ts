/** What `explain` prints: causes, then modules, each with its decisive fact; for a single module, that fact first and everything that differs. */
import { explanationView, NO_LIMITS } from "../../core/views/explanation-view.js";
import type { AuditCounts, Cause, Difference, ExplainedModule, ExplainReport, ExplanationView } from "../../protocol/explain.js";
import { shortModuleName } from "../../protocol/module-names.js";
import { NO_FILTERS } from "../../protocol/uris.js";
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
    ...(whole ? wholeLines(report, colors) : []),
    ...report.causes.flatMap((cause, index) => causeLines(cause, index + 1, colors)),
    ...(whole ? [] : moduleLines(report, colors)),
    "",
    ...report.findings.map(({ kind, module, detail }) => `${colors.red(kind)}: ${shortModuleName(module)}: ${detail}`),
    ...(report.audit === undefined ? [] : [auditLine(report.audit, colors)]),
    ...warningLines(report.warnings, colors),
    ...(whole ? [] : [summaryLine(report), rustcLine(report, colors)]),
  ];
}

/** Every module of a report about one, with a blank line after each. */
function wholeLines(report: ExplainReport, colors: Colors): string[] {
  const choice = { subject: { unit: report.build.name }, filters: NO_FILTERS, sourceUri: () => undefined, limits: NO_LIMITS };
  return report.modules.flatMap((module) => [...explanationLines(explanationView(report, module, choice), colors), ""]);
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

function moduleLines(report: ExplainReport, colors: Colors): string[] {
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
  return `${colors.yellow(verdict.padEnd(11))} ${crate} ${shortModuleName(name)}  ${reason.kind}${because}: ${reason.fact.text}`;
}

/** One module: the decisive fact, how the change got there, what differs. */
export function explanationLines(view: ExplanationView, colors: Colors): string[] {
  const { module, verdict, fact, kind, detail, chain, parts, differences, against, key, previousKey } = view;
  return [
    `${colors.bold(module)}  ${verdict}: ${kind}`,
    `  ${colors.bold(fact.text)}`,
    `  ${detail}`,
    ...chain.shown.map((step, index) => `  ${"  ".repeat(Math.min(index, 6))}${index === 0 ? "because " : "→ "}${step}`),
    ...(parts.length === 0 ? [] : [`  parts of the key that differ: ${parts.join(", ")}`]),
    ...differences.shown.map(({ text, source }) => `  ${text}${source === null ? "" : `  ${source}`}`),
    ...(against === null ? [] : [`  key ${key ?? "none"}, rustc compared with ${previousKey ?? "none"}`]),
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
