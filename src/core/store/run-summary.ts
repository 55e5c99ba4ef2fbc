/** `summary.json` of a run's folder: what lists need of a run, so that they read neither its report nor the list of what it saved. */
import * as z from "zod/mini";
import type { ModuleReport, RunManifest, RunReport } from "../../protocol/runs.js";
import type { BeforeAfter, Excerpt, RunCounts } from "../../protocol/views.js";
import { count, deviation, digest, fidelity, formatOf, unitSummary, usedLlvm, usedSettings } from "../base/values.js";
import { manifestFacts } from "./run-manifest.js";

/** What lists show of the run, so that they need not read its report: a `RunSummary`. */
export const SUMMARY = "summary.json";

/** Warnings that a summary keeps. */
const KEPT_WARNINGS = 20;

/** What a report comes to. */
export interface ReportSummary extends Pick<
  RunReport,
  "unit" | "llvm" | "fidelity" | "deviations" | "settings" | "outsideLto" | "peakMemoryBytes"
> {
  /** Whether what the run shows is verified is looked up by it each time. */
  readonly identity?: string;
  readonly counts: RunCounts;
  /** Bitcode of all modules, at the first and after the last stage; null: no module has stages. */
  readonly bytes: BeforeAfter | null;
  readonly instructions: BeforeAfter | null;
  readonly warnings: Excerpt<string>;
}

export interface RunSummary {
  readonly schema: 2;
  readonly run: Omit<RunManifest, "schema" | "saved">;
  /** null: the run has none (yet). */
  readonly report: ReportSummary | null;
}

const beforeAfter = z.lazy(() => z.object({ before: z.number(), after: z.number() }));

const reportSummary = formatOf<ReportSummary>()(() =>
  z.object({
    unit: unitSummary,
    identity: z.exactOptional(digest),
    llvm: usedLlvm,
    fidelity,
    deviations: z.array(deviation),
    settings: usedSettings,
    counts: z.object({ modules: count, reused: count, recompiled: count, failed: count, fromStore: count }),
    bytes: z.nullable(beforeAfter),
    instructions: z.nullable(beforeAfter),
    outsideLto: z.exactOptional(z.array(z.string())),
    peakMemoryBytes: count,
    warnings: z.object({ total: count, shown: z.array(z.string()) }),
  }),
);

const runSummary = formatOf<RunSummary>()(() => z.object({ schema: z.literal(2), run: manifestFacts, report: z.nullable(reportSummary) }));

/** Versions up to 0.1 kept what the window shows: such a run is summarised again from its manifest and report. */
const olderSummary = z.lazy(() =>
  z.pipe(
    z.object({ schema: z.literal(1) }),
    z.transform(() => undefined),
  ),
);

/** A summary; undefined: it is in the format of an older version. */
export const runSummaryFile = z.lazy(() => z.discriminatedUnion("schema", [runSummary, olderSummary]));

export function summaryOf(manifest: RunManifest, report: RunReport | null): RunSummary {
  const { id, unit, origin, state, pid, startedAt, finishedAt, error } = manifest;
  const optional = { ...(origin === undefined ? {} : { origin }), ...(error === undefined ? {} : { error }) };
  return {
    schema: 2,
    run: { id, unit, state, pid, startedAt, finishedAt, ...optional },
    report: report === null ? null : reportSummaryOf(report),
  };
}

function reportSummaryOf(report: RunReport): ReportSummary {
  const { unit, identity, llvm, deviations, settings, modules, outsideLto, peakMemoryBytes, warnings } = report;
  return {
    unit,
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
