/** The two builds that are compared: what `explain` was asked about, and what it is compared with; with their keys, stored or taken apart now. */
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import type { ExplainSide } from "../../../protocol/explain.js";
import type { UnitKeys } from "../../../protocol/keys.js";
import { pipelineOf } from "../../../protocol/pipelines.js";
import { formatCaptureRef } from "../../../protocol/refs.js";
import { compareTimes, finishedSessions, parseSessionName } from "../../../protocol/session-names.js";
import type { UnitManifest } from "../../../protocol/units.js";
import { captureFolder, captureNumbers, loadUnit, refShortened } from "../../store/captures.js";
import type { CoreContext } from "../../engine/core-context.js";
import { isLtoError, LtoError } from "../../base/errors.js";
import { RunHistory } from "../../store/history.js";
import { openUnit, type LtoSource } from "../../replay/open.js";
import { isSessionFolder, unitOfSession } from "../../producers/rust/session-unit.js";
import { KEYS_FILE } from "../../pipelines/sessions.js";
import { keysKept, saveKeys, unitKeys } from "../../replay/unit-keys.js";
import { rustUnit } from "../../producers/rust/unit-source.js";

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

/** The keys of a captured unit: those that are kept beside it, or made now and kept. @throws LtoError for units that cannot be analysed, Usage for fat LTO */
export async function comparedBuildOf(core: CoreContext, unit: UnitManifest, options: ComparedBuildOptions): Promise<ComparedBuild> {
  refuseFat(unit);
  const stored = storedIn(core, unit);
  const kept = stored === undefined || options.llvm !== "auto" ? undefined : await keysKept(stored);
  const keys = kept ?? (await makeKeys(core, rustUnit(unit), options));
  // Another LLVM's keys are not the build's.
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
    help: `Run \`lto-inspector ${command}\` on it, or capture it with \`--lto thin\` to see what thin LTO would re-use (a different build, listed under deviations).`,
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

/** What a unit is compared with by default: its capture before, or the session before; undefined: there is none. */
export async function previousOf(core: CoreContext, unit: UnitManifest, options: ComparedBuildOptions): Promise<ComparedBuild | undefined> {
  if (unit.folder !== undefined && (await isSessionFolder(unit.folder))) {
    const session = await sessionBefore(unit.folder);
    return session === undefined || (await sharesFiles(unit.folder, session))
      ? undefined
      : comparedBuildOf(core, await unitOfSession(session), options);
  }
  const before = await captureBefore(core, unit);
  return before === undefined ? undefined : comparedBuildOf(core, before, options);
}

/** Builds with fat LTO, which have no keys, are passed over: the profile may have said so for a while. */
async function captureBefore(core: CoreContext, { id, capture }: UnitManifest): Promise<UnitManifest | undefined> {
  const numbers = await captureNumbers(core.layout.root, id);
  for (const number of numbers.filter((one) => one < capture).reverse()) {
    // A damaged one is passed over too: the answer names the build that was compared.
    const before = await capturedOf(core, formatCaptureRef({ id, capture: number }));
    if (before !== null && pipelineOf(before.mode).keys) return before;
  }
  return undefined;
}

/** The finished session that is in a crate's folder and began before. */
async function sessionBefore(folder: string): Promise<string | undefined> {
  const own = basename(resolve(folder));
  const parent = dirname(resolve(folder));
  const time = (name: string): string => parseSessionName(name)?.time ?? "";
  const last = finishedSessions(await readdir(parent)).findLast((name) => compareTimes(time(name), time(own)) < 0);
  return last === undefined ? undefined : join(parent, last);
}

/**
 * rustc takes files over from the session before as hard links, and writes through them: then both sessions have the later one's bitcode and keys
 * (`link_or_copy` in `compiler/rustc_fs_util/src/lib.rs`, 1.9x).
 */
async function sharesFiles(session: string, other: string): Promise<boolean> {
  const inode = async (folder: string): Promise<number | undefined> => (await stat(join(folder, KEYS_FILE)).catch(() => undefined))?.ino;
  const own = await inode(session);
  return own !== undefined && own === (await inode(other));
}

/** @throws LtoError NothingToInspect for a session whose files rustc has overwritten by those of the one that is explained */
export async function refuseOverwritten(unit: UnitManifest, against: string): Promise<void> {
  if (unit.folder === undefined || !(await isSessionFolder(unit.folder)) || !(await isSessionFolder(against))) return;
  if (resolve(unit.folder) === resolve(against) || !(await sharesFiles(unit.folder, against))) return;
  throw new LtoError({
    name: "NothingToInspect",
    message: `${against} is no longer available for comparison. ${OVERWRITTEN}`,
    file: against,
    help: "Run `lto-inspector capture` before and after a change: captures are kept.",
  });
}

/** Why sessions on disk are seldom any use for a comparison. */
export const OVERWRITTEN =
  "rustc hard-links the files of a session into the next one and writes through the links, so bitcode and keys of the previous session are overwritten.";

/** A unit, a session directory or a run, as `--against` names it. @throws LtoError UnknownUnit, UnknownRun, UnreadableFile, SessionUnderWay */
export async function comparedBuildNamed(core: CoreContext, name: string, options: ComparedBuildOptions): Promise<ComparedBuild> {
  if (/^\d{8}T\d{6}-[0-9a-f]{8}$/.test(name)) return sideOfRun(core, name);
  if (await isSessionFolder(name)) return comparedBuildOf(core, await unitOfSession(name), options);
  return comparedBuildOf(core, await unitShortened(core, name), options);
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

/** Whether the bitcode that a module was read from is still there. */
export async function isThere(file: string): Promise<boolean> {
  return (await stat(file).catch(() => undefined))?.isFile() === true;
}
