/** A run as lists and the dashboard show it: made from its manifest and report, small enough to be kept for every run. */
import { pathToFileURL } from "node:url";
import type { ModuleReport, RunManifest, RunOrigin, RunReport } from "../../protocol/runs.js";
import type { BeforeAfter, Excerpt, RunCounts, RunSource, RunView } from "../../protocol/views.js";

/** Warnings that a view carries. */
const SHOWN_WARNINGS = 20;

/** Files that a view names. */
const SHOWN_FILES = 100;

export function runView(manifest: RunManifest, report: RunReport | null): RunView {
  const { id, unit, origin, state, startedAt, finishedAt, error } = manifest;
  return {
    id,
    unit: report?.unit ?? unit,
    source: viewOfOrigin(origin, unit.id),
    state,
    startedAt,
    finishedAt,
    millis: finishedAt === null ? null : Date.parse(finishedAt) - Date.parse(startedAt),
    hasReport: report !== null,
    counts: countsOf(report?.modules ?? []),
    llvm: report?.llvm ?? null,
    fidelity: report?.fidelity ?? null,
    deviations: report?.deviations ?? [],
    settings: report?.settings ?? null,
    bytes: report === null ? null : sumOf(report.modules, "bytes"),
    instructions: report === null ? null : sumOf(report.modules, "instructions"),
    outputBytes: origin?.outputBytes ?? null,
    ...(origin?.notLinked === undefined ? {} : { notLinked: origin.notLinked }),
    ...(report?.outsideLto === undefined ? {} : { outsideLto: report.outsideLto }),
    peakMemoryBytes: report?.peakMemoryBytes ?? 0,
    warnings: excerpt(report?.warnings ?? [], SHOWN_WARNINGS),
    error: error ?? null,
  };
}

function viewOfOrigin(origin: RunOrigin | undefined, unitId: string): RunSource {
  if (origin === undefined) return { unit: unitId };
  const { source } = origin;
  if ("paths" in source) {
    const files = source.paths.slice(0, SHOWN_FILES).map((path) => pathToFileURL(path).href);
    return { files, ...(source.mode === undefined ? {} : { mode: source.mode }) };
  }
  return { unit: "unit" in source ? source.unit : source.session };
}

function countsOf(modules: readonly ModuleReport[]): RunCounts {
  const count = (wanted: (module: ModuleReport) => boolean): number => modules.filter(wanted).length;
  return {
    modules: modules.length,
    reused: count(({ verdict }) => verdict === "re-used"),
    recompiled: count(({ verdict }) => verdict === "re-compiled"),
    failed: count(({ verdict }) => verdict === "failed"),
    fromStore: count(({ fromStore }) => fromStore),
  };
}

/** First and last stage of every module that has stages; null when none has. */
function sumOf(modules: readonly ModuleReport[], what: "bytes" | "instructions"): BeforeAfter | null {
  let [before, after, some] = [0, 0, false];
  for (const { stages } of modules) {
    const [first, last] = [stages[0], stages.at(-1)];
    if (first === undefined || last === undefined) continue;
    before += first[what];
    after += last[what];
    some = true;
  }
  return some ? { before, after } : null;
}

/** The beginning of a list, and how long it is. */
export function excerpt<Item>(items: readonly Item[], shown: number): Excerpt<Item> {
  return { total: items.length, shown: items.slice(0, shown) };
}
