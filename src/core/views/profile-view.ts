/** A profile as data of bounded length: the frames of a flame graph, and lists by time. Pure functions. */
import { shortModuleName } from "../../protocol/module-names.js";
import type { ProfileRow, ProfileSums, ProfileView } from "../../protocol/requests/profile.js";
import type { ExportedModule } from "../explain/passes/exports.js";
import type { Profile } from "../explain/passes/profile.js";
import { functionRows, millisOf, type NameOf } from "../explain/passes/rows.js";
import { runsThat, sumsByPass, sumsOf } from "../explain/passes/run-list.js";
import type { PassesTrace } from "../explain/passes/trace.js";
import { excerpt } from "../store/run-view.js";
import { clippedName, framesOf, together } from "./profile-frames.js";

/** The most rows of each list in one message. */
const MOST_ROWS = 300;
const MOST_OUTLIERS = 20;
const MOST_NOTES = 50;
/** Time per run and instruction as a multiple of the pass's median: less is no news, because functions differ. */
const OUT_OF_PROPORTION = 3;
/** A smaller share of the time of the run matters to nobody. */
const NOTICEABLE = 0.001;

/** How many rows of costly functions a profile needs for this. */
export const COSTLY_ROWS = 200;

export function profileView({ report, modules, nameOf }: Profile): ProfileView {
  const rows = modules.map(moduleRow);
  const { unit, module, analysisMillis, millis, attributedMillis, notAvailable, warnings } = report;
  return {
    unit,
    module,
    analysisMillis,
    millis,
    attributedMillis,
    processorMillis: modules.reduce((sum, { time }) => sum + time.passes + time.passManagers, 0),
    hasMemory: modules.some(({ time }) => (time.peakBytes ?? 0) > 0),
    frames: framesOf(modules, nameOf),
    crates: byTime(cratesOf(rows)),
    modules: byTime(rows),
    passes: byTime(
      report.passes.map(({ pass, most, runs, changed, millis: time, peakBytes }) => ({
        ...{ name: pass, key: null, within: null, millis: time, runs, changed, peakBytes },
        most: most === null || time === 0 ? null : { name: clippedName(most.function), millis: most.millis },
      })),
    ),
    functions: byTime(modules.flatMap((one) => functionsOf(one, nameOf))),
    outliers: report.costliest
      .filter((one) => (one.timesMedian ?? 0) >= OUT_OF_PROPORTION && one.millis >= NOTICEABLE * attributedMillis)
      .slice(0, MOST_OUTLIERS)
      .map((one) => ({ ...one, function: clippedName(one.function) })),
    notAvailable: excerpt(
      notAvailable.map(({ module: name, why }) => ({ module: shortModuleName(name), why })),
      MOST_NOTES,
    ),
    warnings: excerpt(warnings, MOST_NOTES),
  };
}

function byTime(rows: readonly ProfileRow[]): ProfileView["crates"] {
  return excerpt(
    rows.toSorted((left, right) => right.millis - left.millis),
    MOST_ROWS,
  );
}

function moduleRow({ measured: { trace }, time }: ExportedModule): ProfileRow {
  const runs = trace === null ? null : runsThat(trace, {});
  const most = trace === null || runs === null ? null : longestPass(trace, runs);
  return {
    name: clippedName(time.name),
    key: time.module,
    within: time.crate,
    millis: time.millis,
    runs: time.runs,
    changed: trace === null || runs === null ? 0 : sumsOf(trace, runs).changed,
    peakBytes: time.peakBytes,
    most,
  };
}

function longestPass(trace: PassesTrace, runs: Int32Array): ProfileRow["most"] {
  let most: ProfileRow["most"] = null;
  for (const [pass, { time }] of sumsByPass(trace, runs)) {
    const millis = millisOf(time);
    if (most === null || millis > most.millis) most = { name: trace.passes[pass] ?? "", millis };
  }
  return most;
}

function cratesOf(modules: readonly ProfileRow[]): ProfileRow[] {
  const crates = new Map<string, ProfileRow>();
  for (const row of modules) {
    const crate = row.within ?? "";
    const known = crates.get(crate);
    const own = { name: row.name, millis: row.millis };
    const most = known?.most == null || own.millis > known.most.millis ? own : known.most;
    const sums: ProfileSums = known === undefined ? row : together(known, row);
    const { millis, runs, changed, peakBytes } = sums;
    crates.set(crate, { name: crate, key: null, within: null, millis, runs, changed, peakBytes, most });
  }
  return [...crates.values()];
}

/** Those of one module that can be among the first of all. */
function functionsOf({ measured: { trace }, time }: ExportedModule, nameOf: NameOf): ProfileRow[] {
  if (trace === null) return [];
  return functionRows(trace, runsThat(trace, {}), nameOf).map(({ function: name, symbol, runs, changed, millis, peakBytes, most }) => ({
    name: clippedName(name),
    key: symbol,
    within: time.name,
    ...{ millis, runs, changed, peakBytes },
    most: most === null ? null : { name: most.pass, millis: most.millis },
  }));
}
