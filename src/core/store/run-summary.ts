/** `summary.json` of a run's folder: the facts about a run for lists, which then read neither its report nor the list of its stages. */
import { countGroups } from "../../protocol/module-groups.js";
import type { ModuleReport, RunManifest, RunReport } from "../../protocol/runs.js";
import type { BeforeAfter, Excerpt, RunCounts } from "../../protocol/views.js";

/** What lists show of the run, so that they need not read its report: a `RunSummary`. */
export const SUMMARY = "summary.json";

/** The most warnings in a summary. */
const KEPT_WARNINGS = 20;

/** The summary of a report. Its unit is the run's. */
export interface ReportSummary extends Pick<RunReport, "llvm" | "fidelity" | "deviations" | "settings" | "outsideLto" | "peakMemoryBytes"> {
  /** Used to look up each time whether the run is verified. */
  readonly identity?: string;
  readonly counts: RunCounts;
  /** Bitcode of all modules, at the first and after the last stage; null: no module has stages. */
  readonly bytes: BeforeAfter | null;
  readonly instructions: BeforeAfter | null;
  readonly warnings: Excerpt<string>;
}

/** What the compiler itself recorded of a run's build, which is shown until the run has a report. */
export type RecordedBuild = Pick<ReportSummary, "deviations" | "counts" | "outsideLto">;

export interface RunSummary {
  readonly schema: 3;
  readonly run: Omit<RunManifest, "schema" | "saved">;
  /** Absent: the compiler left no record, or the run was not started to be shown at once. */
  readonly recorded?: RecordedBuild;
  /** null: the run has none (yet). */
  readonly report: ReportSummary | null;
}

export function summaryOf(manifest: RunManifest, report: RunReport | null, recorded?: RecordedBuild): RunSummary {
  const { id, unit, origin, state, pid, startedAt, finishedAt, error } = manifest;
  const optional = { ...(origin === undefined ? {} : { origin }), ...(error === undefined ? {} : { error }) };
  return {
    schema: 3,
    run: { id, unit, state, pid, startedAt, finishedAt, ...optional },
    ...(recorded === undefined ? {} : { recorded }),
    report: report === null ? null : reportSummaryOf(report),
  };
}

function reportSummaryOf(report: RunReport): ReportSummary {
  const { identity, llvm, deviations, settings, modules, outsideLto, peakMemoryBytes, warnings } = report;
  return {
    ...(identity === undefined ? {} : { identity }),
    llvm,
    fidelity: report.fidelity,
    deviations,
    settings,
    counts: countsOf(modules),
    bytes: sumOf(modules, "bytes"),
    instructions: sumOf(modules, "instructions"),
    ...(outsideLto === undefined ? {} : { outsideLto }),
    peakMemoryBytes,
    warnings: { total: warnings.length, shown: warnings.slice(0, KEPT_WARNINGS) },
  };
}

function countsOf(modules: readonly ModuleReport[]): RunCounts {
  const count = (wanted: (module: ModuleReport) => boolean): number => modules.filter(wanted).length;
  return {
    modules: modules.length,
    reused: count(({ verdict }) => verdict === "re-used"),
    recompiled: count(({ verdict }) => verdict === "re-compiled"),
    failed: count(({ verdict }) => verdict === "failed"),
    fromStore: count(({ fromStore }) => fromStore),
    groups: countGroups(modules),
  };
}

/** First and last stage of every module that has stages; null if none has. */
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
