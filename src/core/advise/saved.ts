/** Reports of `advise` that are kept, so that they can be opened again: a file for each, beside the outputs of its capture. */
import { randomBytes } from "node:crypto";
import { readdir, rm } from "node:fs/promises";
import path from "node:path";
import * as z from "zod/mini";
import type {
  AdvisedEdits,
  AdvisedSetting,
  AdviseReport,
  BenchmarkResult,
  BenchmarkSetup,
  CriterionBenchmark,
} from "../../protocol/advise.js";
import { parseCaptureRef } from "../../protocol/refs.js";
import type { SavedAdvice } from "../../protocol/requests/advice.js";
import type { InliningChecked, SymbolChange } from "../../protocol/size.js";
import { writeJsonWhole } from "../base/atomic-file.js";
import { LtoError, systemCode } from "../base/errors.js";
import { readJsonFile, readJsonFileIf } from "../base/parse.js";
import { count, errorReport, formatOf, instant, millis, unitSummary } from "../base/values.js";
import { workThrough } from "../base/work-list.js";
import { foldersIn } from "../store/store-files.js";
import type { StoreLayout } from "../store/store-layout.js";

const SCHEMA = 1;

interface SavedReport {
  readonly schema: typeof SCHEMA;
  /** ISO 8601. */
  readonly savedAt: string;
  readonly report: AdviseReport;
}

const interval = z.nullable(z.tuple([z.number(), z.number()]));

const verdict = z.enum(["baseline", "faster", "slower", "no-difference", "too-noisy", "too-few-runs", "failed"]);

const benchmarkResult = formatOf<BenchmarkResult>()(() =>
  z.object({
    medianMillis: z.nullable(millis),
    quartiles: interval,
    runs: count,
    userMillis: z.nullable(millis),
    instructions: z.nullable(count),
    verdict,
    ratio: interval,
  }),
);

const criterionBenchmark = formatOf<CriterionBenchmark>()(() =>
  z.object({
    id: z.string(),
    noise: interval,
    estimates: z.array(z.object({ setting: z.string(), nanos: z.nullable(z.number()), interval, verdict, ratio: interval })),
  }),
);

const inliningChanges = z.array(z.object({ name: z.string(), before: count, after: count }));

const symbolChange = formatOf<SymbolChange>()(() =>
  z.object({ name: z.string(), before: count, after: count, inlined: z.exactOptional(inliningChanges) }),
);

const inliningChecked = formatOf<InliningChecked>()(() =>
  z.object({
    code: z.object({ equal: count, different: count }),
    notAvailable: z.array(z.object({ module: z.string(), what: z.enum(["imports", "calls", "remarks"]), why: z.string() })),
  }),
);

const edits = formatOf<AdvisedEdits>()(() =>
  z.object({ modules: count, reusable: count, functions: count, median: count, most: count, mostBy: z.nullable(z.string()) }),
);

const setting = formatOf<AdvisedSetting>()(() =>
  z.object({
    name: z.string(),
    by: z.enum(["replayed", "captured", "built"]),
    unit: z.nullable(z.string()),
    lto: z.string(),
    optLevel: z.string(),
    llvmArgs: z.array(z.string()),
    buildMillis: z.nullable(millis),
    ltoMillis: z.nullable(millis),
    linkMillis: z.nullable(millis),
    peakMemoryBytes: z.nullable(count),
    identical: z.nullable(z.boolean()),
    fileBytes: count,
    textBytes: count,
    sections: z.array(z.object({ name: z.string(), bytes: count })),
    crates: z.array(z.object({ crate: z.nullable(z.string()), bytes: count })),
    edits: z.nullable(edits),
    symbols: z.array(symbolChange),
    inlined: z.nullable(inliningChanges),
    output: z.string(),
    sameOutputAs: z.nullable(z.string()),
    snippet: z.nullable(z.string()),
    kept: z.boolean(),
    benchmark: z.nullable(benchmarkResult),
  }),
);

const benchmarkSetup = formatOf<BenchmarkSetup>()(() =>
  z.object({ command: z.string(), rounds: count, startMillis: millis, error: z.number(), noise: interval }),
);

const adviseReport = formatOf<AdviseReport>()(() =>
  z.object({
    schema: z.literal(1),
    command: z.literal("advise"),
    unit: unitSummary,
    settings: z.array(setting),
    failed: z.array(z.object({ name: z.string(), error: errorReport })),
    bench: z.nullable(benchmarkSetup),
    criterion: z.nullable(z.object({ command: z.string(), benchmarks: z.array(criterionBenchmark) })),
    inlining: z.nullable(inliningChecked),
    notVaried: z.array(z.string()),
    warnings: z.array(z.string()),
  }),
);

const savedReport = formatOf<SavedReport>()(() => z.object({ schema: z.literal(SCHEMA), savedAt: instant, report: adviseReport }));

/** A report can have megabytes. */
const READ_AT_ONCE = 4;

/** A capture, and the name of a file, which begins with the time. */
const ID = /^([^/]+)\/\d{8}T\d{9}Z-[0-9a-f]{8}$/;

/** Keeps a report. @throws the system's error if the store cannot be written to */
export async function saveReport(layout: StoreLayout, report: AdviseReport): Promise<SavedAdvice> {
  const savedAt = new Date().toISOString();
  const id = `${report.unit.id}/${savedAt.replaceAll(/[-:.]/g, "")}-${randomBytes(4).toString("hex")}`;
  await writeJsonWhole(fileOf(layout, id), { schema: SCHEMA, savedAt, report } satisfies SavedReport);
  return rowOf(id, { savedAt, report });
}

/**
 * The latest first; without those that cannot be read.
 *
 * @param unit only those of this unit's captures: its id
 */
export async function savedReports(
  layout: StoreLayout,
  unit?: string,
): Promise<{ readonly saved: SavedAdvice; readonly report: AdviseReport }[]> {
  const ids: string[] = [];
  for (const ref of await foldersIn(layout.advice)) {
    if (unit !== undefined && parseCaptureRef(ref)?.id !== unit) continue;
    const names = await readdir(path.join(layout.advice, ref)).catch((): string[] => []);
    ids.push(...names.filter((name) => name.endsWith(".json")).map((name) => `${ref}/${name.slice(0, -".json".length)}`));
  }
  const found: { readonly saved: SavedAdvice; readonly report: AdviseReport }[] = [];
  await workThrough(ids.filter(isId), READ_AT_ONCE, async (id) => {
    const read = await readJsonFileIf(savedReport, fileOf(layout, id));
    if (read !== undefined) found.push({ saved: rowOf(id, read), report: read.report });
  });
  return found.sort((left, right) => (left.saved.savedAt < right.saved.savedAt ? 1 : -1));
}

/** @throws LtoError NothingToInspect if there is none, UnreadableFile */
export async function readReport(layout: StoreLayout, id: string): Promise<{ readonly saved: SavedAdvice; readonly report: AdviseReport }> {
  const file = fileOf(layout, id);
  try {
    const help = "Remove it, and compare the settings again.";
    const read = await readJsonFile(savedReport, { what: "The saved comparison", file, help });
    return { saved: rowOf(id, read), report: read.report };
  } catch (error) {
    if (systemCode(error) === "ENOENT") throw gone(id);
    throw error;
  }
}

/** Removes a report, if it is still there; outputs and measurements stay. @throws LtoError NothingToInspect for what is no id */
export async function removeReport(layout: StoreLayout, id: string): Promise<void> {
  await rm(fileOf(layout, id), { force: true });
}

function fileOf({ advice }: StoreLayout, id: string): string {
  if (!isId(id)) throw gone(id);
  return path.join(advice, `${id}.json`);
}

function isId(id: string): boolean {
  const [, ref = ""] = ID.exec(id) ?? [];
  return parseCaptureRef(ref)?.capture != null;
}

function gone(id: string): LtoError {
  return new LtoError({
    name: "NothingToInspect",
    message: `There is no saved comparison ${id}: it was removed.`,
    help: "Compare the settings again; what was measured is kept.",
  });
}

function rowOf(id: string, { savedAt, report }: Pick<SavedReport, "savedAt" | "report">): SavedAdvice {
  const { unit, settings, failed, bench, criterion, inlining } = report;
  const names = [...settings.slice(1), ...failed].map(({ name }) => name);
  return {
    id,
    savedAt,
    unit: unit.id,
    name: unit.name,
    settings: names,
    bench: bench?.command ?? criterion?.command ?? null,
    inlined: inlining !== null,
  };
}
