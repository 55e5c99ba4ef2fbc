/** The two builds that `explain` compares, with the components of their keys, stored or computed now. */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { ExplainSide } from "../../../protocol/explain.js";
import type { UnitKeys } from "../../../protocol/keys.js";
import { pipelineOf } from "../../../protocol/pipelines.js";
import { formatCaptureRef } from "../../../protocol/refs.js";
import type { UnitManifest } from "../../../protocol/units.js";
import { captureFolder, captureNumbers, loadUnit, refShortened } from "../../store/captures.js";
import type { CoreContext } from "../../engine/core-context.js";
import { isLtoError, LtoError } from "../../base/errors.js";
import { RunHistory } from "../../store/history.js";
import { openUnit } from "../../replay/open.js";
import type { LtoSource } from "../../replay/producer.js";
import { KEYS_COMPONENTS, keysKept, saveKeys, unitKeys } from "../../replay/unit-keys.js";
import { PRODUCERS } from "../../producers/registry.js";

export interface ComparedBuild {
  readonly shown: ExplainSide;
  readonly keys: UnitKeys;
  /** null: a run, whose capture may be gone. */
  readonly manifest: UnitManifest | null;
}

export interface ComparedBuildOptions {
  readonly llvm: string;
  readonly signal?: AbortSignal;
}

/**
 * The keys of a captured unit: those stored beside it, or else computed now and stored.
 *
 * @throws LtoError for units that cannot be analysed, Usage for fat LTO
 */
export async function comparedBuildOf(core: CoreContext, unit: UnitManifest, options: ComparedBuildOptions): Promise<ComparedBuild> {
  refuseFat(unit);
  const stored = storedIn(core, unit);
  const kept = stored === undefined || options.llvm !== "auto" ? undefined : await keysKept(stored);
  const keys = kept ?? (await makeKeys(core, PRODUCERS.sourceOf(unit), options));
  // Keys computed with another LLVM are not those of the build.
  if (kept === undefined && stored !== undefined && options.llvm === "auto" && (await core.work.keeps())) await saveKeys(stored, keys);
  const name = unit.commandLine.length === 0 ? (unit.folder ?? unit.id) : formatCaptureRef(unit);
  return { shown: { name, unit: keys.unit, at: unit.capturedAt }, keys, manifest: unit };
}

/** @throws LtoError Usage for a unit that was built with fat LTO */
function refuseFat({ name, mode }: UnitManifest): void {
  const { keys, command } = pipelineOf(mode);
  if (keys) return;
  throw new LtoError({
    name: "Usage",
    message: `${name} was built with ${command} LTO, which has no keys: rustc links and optimises everything again, whatever changed.`,
    help: `Run \`lto-inspector ${command}\` on it. Or capture it with \`--lto thin\` to see what thin LTO would re-use; this is a different build, which is listed under deviations.`,
  });
}

/** The folder of a capture in this store; undefined for sessions and copies. */
function storedIn(core: CoreContext, unit: UnitManifest): string | undefined {
  const folder = captureFolder(core.layout.root, unit.id, unit.capture);
  return unit.folder === folder ? folder : undefined;
}

async function makeKeys(core: CoreContext, source: LtoSource, { llvm, signal }: ComparedBuildOptions): Promise<UnitKeys> {
  const open = await openUnit(core, source, { llvm, overrides: {}, keysFile: null }, signal);
  try {
    return await unitKeys(open, signal);
  } finally {
    await open.close();
  }
}

/** The default for comparison: the unit's previous capture or session; undefined if there is none. */
export async function previousOf(core: CoreContext, unit: UnitManifest, options: ComparedBuildOptions): Promise<ComparedBuild | undefined> {
  const { left } = PRODUCERS.of(unit);
  if (unit.folder !== undefined && (await left.isUnit(unit.folder))) {
    const folder = await left.before(unit.folder);
    return folder === undefined ? undefined : comparedBuildOf(core, await left.read(folder), options);
  }
  const before = await captureBefore(core, unit);
  return before === undefined ? undefined : comparedBuildOf(core, before, options);
}

/** Whether the keys of a capture and of the one before it are stored, so that comparing them needs no analysis. */
export async function comparesStoredKeys(core: CoreContext, unit: UnitManifest): Promise<boolean> {
  const before = pipelineOf(unit.mode).keys && storedIn(core, unit) !== undefined ? await captureBefore(core, unit) : undefined;
  const folders = before === undefined ? [] : [storedIn(core, unit), storedIn(core, before)];
  const stored = await Promise.all(folders.map(async (folder) => folder !== undefined && (await isThere(join(folder, KEYS_COMPONENTS)))));
  return stored.length > 0 && stored.every(Boolean);
}

/** Skips builds with fat LTO, which have no keys; the profile may have used it for a while. */
async function captureBefore(core: CoreContext, { id, capture }: UnitManifest): Promise<UnitManifest | undefined> {
  const numbers = await captureNumbers(core.layout.root, id);
  for (const number of numbers.filter((one) => one < capture).reverse()) {
    // Damaged captures are skipped too; the answer names the build that was compared.
    const before = await capturedOf(core, formatCaptureRef({ id, capture: number }));
    if (before !== null && pipelineOf(before.mode).keys) return before;
  }
  return undefined;
}

/** @throws LtoError NothingToInspect for a session whose files rustc overwrote with those of the explained one */
export async function refuseOverwritten(unit: UnitManifest, against: string): Promise<void> {
  const { left } = PRODUCERS.of(unit);
  if (unit.folder === undefined || !(await left.isUnit(unit.folder)) || !(await left.isUnit(against))) return;
  if (!(await left.hasOverwritten(unit.folder, against))) return;
  throw new LtoError({
    name: "NothingToInspect",
    message: `${against} is no longer available for comparison. ${left.whyOverwritten}`,
    file: against,
    help: "Run `lto-inspector capture` before and after a change: captures are kept.",
  });
}

/** A unit, a session directory or a run, as `--against` names it. @throws LtoError UnknownUnit, UnknownRun, UnreadableFile, SessionUnderWay */
export async function comparedBuildNamed(core: CoreContext, name: string, options: ComparedBuildOptions): Promise<ComparedBuild> {
  if (/^\d{8}T\d{6}-[0-9a-f]{8}$/.test(name)) return sideOfRun(core, name);
  return comparedBuildOf(core, (await PRODUCERS.leftUnit(name)) ?? (await unitShortened(core, name)), options);
}

/** @throws LtoError UnknownUnit, UnreadableFile */
async function unitShortened({ layout }: CoreContext, name: string): Promise<UnitManifest> {
  try {
    return await loadUnit(layout.root, name);
  } catch (error) {
    const whole = isLtoError(error, "UnknownUnit") ? await refShortened(layout.root, name) : undefined;
    if (whole === undefined) throw error;
    return loadUnit(layout.root, whole);
  }
}

async function sideOfRun(core: CoreContext, run: string): Promise<ComparedBuild> {
  const history = new RunHistory(core.layout, core.work);
  const view = await history.view(run);
  const keys = await keysKept(join(core.layout.runs, run));
  if (keys === undefined) {
    throw new LtoError({
      name: "NothingToInspect",
      message: `The run ${run} kept no key components: an older version of LTO Inspector made it, or it did not finish.`,
      help: "Name a capture (ID@N) instead, or run thin LTO again.",
    });
  }
  const source = (await history.origin(run))?.source;
  const manifest = source !== undefined && "unit" in source ? await capturedOf(core, source.unit) : null;
  return { shown: { name: run, unit: keys.unit, at: view.startedAt }, keys, manifest };
}

async function capturedOf(core: CoreContext, ref: string): Promise<UnitManifest | null> {
  try {
    return await loadUnit(core.layout.root, ref);
  } catch (error) {
    if (isLtoError(error, "UnknownUnit") || isLtoError(error, "UnreadableFile")) return null;
    throw error;
  }
}

/** Whether a module's bitcode file still exists. */
export async function isThere(file: string): Promise<boolean> {
  return (await stat(file).catch(() => undefined))?.isFile() === true;
}
