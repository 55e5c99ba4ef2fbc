/** A run as lists and the dashboard show it, made from its summary. */
import { pathToFileURL } from "node:url";
import { headline } from "../../protocol/module-groups.js";
import type { RunOrigin } from "../../protocol/runs.js";
import type { Excerpt, RunCounts, RunSource, RunView } from "../../protocol/views.js";
import { quickWhat } from "./quick-what.js";
import type { RunSummary } from "./run-summary.js";

const NOTHING: RunCounts = { modules: 0, reused: 0, recompiled: 0, failed: 0, fromStore: 0, groups: {} };

/** The most files in a view. */
const SHOWN_FILES = 100;

/** Without what is noted beside the summary: see run-notes.ts. */
export function runView(summary: RunSummary): RunView {
  const { run, report, recorded } = summary;
  const { id, unit, origin, state, startedAt, finishedAt, error } = run;
  const known = report ?? recorded;
  return {
    id,
    name: null,
    pinned: false,
    what: quickWhat(summary),
    unit,
    workspace: origin?.workspace ?? null,
    source: viewOfOrigin(origin, unit.id),
    state,
    startedAt,
    finishedAt,
    // Clocks may be set back.
    millis: finishedAt === null ? null : Date.parse(finishedAt) - Date.parse(startedAt),
    hasReport: report !== null,
    recorded: report === null && recorded !== undefined,
    begun: recorded !== undefined,
    counts: known?.counts ?? NOTHING,
    headline: known === undefined ? "" : headline(known.counts.groups),
    llvm: report?.llvm ?? null,
    fidelity: report?.fidelity ?? null,
    deviations: known?.deviations ?? [],
    settings: report?.settings ?? null,
    bytes: report?.bytes ?? null,
    instructions: report?.instructions ?? null,
    outputBytes: origin?.outputBytes ?? null,
    ...(origin?.notLinked === undefined ? {} : { notLinked: origin.notLinked }),
    ...(known?.outsideLto === undefined ? {} : { outsideLto: known.outsideLto }),
    peakMemoryBytes: report?.peakMemoryBytes ?? 0,
    warnings: report?.warnings ?? { total: 0, shown: [] },
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

/** The beginning of a list, and how long it is. */
export function excerpt<Item>(items: readonly Item[], shown: number): Excerpt<Item> {
  return { total: items.length, shown: items.slice(0, shown) };
}
