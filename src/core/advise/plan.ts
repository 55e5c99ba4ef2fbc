/** What can be compared, what a comparison would run, and for how long. Builds and replays nothing. */
import type { AdvisedSetting } from "../../protocol/advise.js";
import { formatCaptureRef } from "../../protocol/refs.js";
import type { AdviceChoice, AdviceChoices, AdvicePlan, EstimateSource } from "../../protocol/requests/advice.js";
import type { UnitManifest } from "../../protocol/units.js";
import { isLtoError } from "../base/errors.js";
import type { StoreLayout } from "../store/store-layout.js";
import { whyNoOutput } from "../verify/outputs.js";
import { runsOf } from "./benchmark.js";
import { planSetting, requireOwnBuild } from "./build-setting.js";
import { savedReports } from "./saved.js";
import { AS_BUILT, DEFAULT_SETTINGS, needsBuild, settingOf, type Setting } from "./settings.js";

/** What is offered besides the usual settings. */
const MORE: readonly string[] = [
  "codegen-units=16",
  "codegen-units=256",
  "opt-level=2",
  "opt-level=3",
  "opt-level=z",
  "import-instr-limit=300",
  "inline-threshold=500",
  "lto-opt-level=2",
  "lto-opt-level=s",
];

/** @param settings undefined: all that are offered @throws LtoError Usage, IncompleteUnit */
export async function adviceChoices(unit: UnitManifest, settings: readonly string[] | undefined): Promise<AdviceChoices> {
  const why = await whyNoOutput(unit);
  if (why !== undefined) throw why;
  const offered = (settings ?? [...DEFAULT_SETTINGS, ...MORE]).map((text) => settingOf(text, unit));
  return {
    settings: offered
      .filter((setting) => settings !== undefined || !isAsBuilt(setting))
      .map((setting) => ({ name: setting.name, build: needsBuild(setting), usual: DEFAULT_SETTINGS.includes(setting.name) })),
    noBuild: await whyNoBuild(unit),
  };
}

function isAsBuilt(setting: Setting): boolean {
  return !needsBuild(setting) && setting.ltoLevel === null && setting.llvmArgs.length === 0;
}

async function whyNoBuild(unit: UnitManifest): Promise<string | null> {
  try {
    await requireOwnBuild(unit);
    return null;
  } catch (error) {
    if (isLtoError(error, "IncompleteUnit")) return error.message;
    throw error;
  }
}

interface Span {
  readonly low: number;
  readonly high: number;
}

/** A replay of which nothing is known, in seconds. */
const SOME_REPLAY: Span = { low: 1, high: 60 };

/** Code generation takes nearly as long as the passes, and a run may have taken stages from the store. */
const OF_RUN: Span = { low: 1, high: 3 };

/** Of the longest build with a setting, which may not have built everything. */
const OF_BUILD: Span = { low: 0.5, high: 1.5 };

/** Reading what was measured, in seconds. */
const MEASURED: Span = { low: 0, high: 2 };

export interface PlanOptions {
  /** Of the latest run of the unit; null: not known. */
  readonly lastRunMillis: number | null;
  /** A rustup toolchain's name, or the path of a rustc; empty: the workspace's own. */
  readonly toolchain: string;
}

/**
 * @throws LtoError Usage, IncompleteUnit, and those of a plan of a capture
 */
export async function planAdvice(
  layout: StoreLayout,
  unit: UnitManifest,
  { settings, bench }: Pick<AdviceChoice, "settings" | "bench">,
  { lastRunMillis, toolchain }: PlanOptions,
): Promise<AdvicePlan> {
  const wanted = [AS_BUILT, ...settings.map((text) => settingOf(text, unit))];
  const known = await knownRows(layout, unit);
  const from = new Set<EstimateSource>();
  const measured = wanted.filter(({ name }) => known.here.has(name)).map(({ name }) => name);
  const builds = wanted.filter(needsBuild);
  // Even Cargo's plan starts what the folder configures.
  if (builds.length > 0) await requireOwnBuild(unit);
  const hasUnknown = builds.some(({ name }) => !known.here.has(name) && !known.elsewhere.has(name));
  const build = hasUnknown ? (await planSetting(layout, unit, toolchain)).seconds : MEASURED;
  const replay = (): Span => {
    const row = known.here.get(AS_BUILT.name) ?? known.elsewhere.get(AS_BUILT.name);
    if (row !== undefined) {
      from.add("comparisons");
      return { low: seconds(replayMillis(row)), high: seconds(replayMillis(row)) };
    }
    if (lastRunMillis === null) return SOME_REPLAY;
    from.add("run");
    return { low: OF_RUN.low * seconds(lastRunMillis), high: OF_RUN.high * seconds(lastRunMillis) };
  };
  const spans = wanted.map((setting): Span => {
    if (known.here.has(setting.name)) return MEASURED;
    const row = known.elsewhere.get(setting.name);
    if (row !== undefined) {
      from.add("comparisons");
      const build = seconds(known.builds.get(setting.name) ?? 0);
      const replays = seconds(replayMillis(row));
      return { low: OF_BUILD.low * build + replays, high: OF_BUILD.high * build + replays };
    }
    if (!needsBuild(setting)) return replay();
    from.add("crates");
    const after = setting.build.lto === "off" ? MEASURED : replay();
    return { low: build.low + after.low, high: build.high + after.high };
  });
  return {
    builds: builds.map(({ name }) => name),
    replays: wanted.filter((setting) => !needsBuild(setting)).map(({ name }) => name),
    measured,
    seconds: { low: sum(spans.map(({ low }) => low)), high: sum(spans.map(({ high }) => high)) },
    from: [...from],
    runs: bench === null ? null : runsOf(ROUNDS),
    folder: layout.targets,
    workspace: unit.workspace,
  };
}

/** Counted runs of each program, if nothing else is said. */
export const ROUNDS = 15;

interface KnownRows {
  /** Of this capture: the latest row of each setting. */
  readonly here: Map<string, AdvisedSetting>;
  /** Of other captures of the unit. */
  readonly elsewhere: Map<string, AdvisedSetting>;
  /** The longest build with each setting, in milliseconds: a build that was up to date took no time. */
  readonly builds: Map<string, number>;
}

/** What earlier comparisons say. */
async function knownRows(layout: StoreLayout, unit: UnitManifest): Promise<KnownRows> {
  const rows: KnownRows = { here: new Map(), elsewhere: new Map(), builds: new Map() };
  const ref = formatCaptureRef(unit);
  for (const { saved, report } of await savedReports(layout, unit.id)) {
    const of = saved.unit === ref ? rows.here : rows.elsewhere;
    for (const row of report.settings) {
      if (!of.has(row.name)) of.set(row.name, row);
      rows.builds.set(row.name, Math.max(row.buildMillis ?? 0, rows.builds.get(row.name) ?? 0));
    }
  }
  return rows;
}

function replayMillis({ ltoMillis, linkMillis }: AdvisedSetting): number {
  return (ltoMillis ?? 0) + (linkMillis ?? 0);
}

function seconds(timeMillis: number): number {
  return timeMillis / 1000;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
