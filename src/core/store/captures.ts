/** Captures in the store: listing, naming and reading them. */
import fs from "node:fs/promises";
import path from "node:path";
import type { LtoErrorReport } from "../../protocol/errors.js";
import { formatCaptureRef, isVariant, parseCaptureRef } from "../../protocol/refs.js";
import type { LinkLine, RustcObject, UnitManifest } from "../../protocol/units.js";
import { dictionary } from "../base/dictionary.js";
import { LtoError, reportOf, systemCode } from "../base/errors.js";
import { makeFolder } from "../base/folders.js";
import { captureCompleteness, captureManifest, captureWorkspace } from "./capture-manifest.js";
import { readJsonFile, readJsonFileIf, unreadable, type ParseSubject } from "../base/parse.js";
import { isManifestOfRun } from "./run-manifest.js";
import { stampOf } from "../base/file-digest.js";
import { Lru } from "../base/lru.js";
import { LIMITS, readTextFile } from "../base/read-file.js";
import { refuseOutside } from "./capture-folder.js";
import { capturesFolder } from "./store-paths.js";

const MANIFEST = "manifest.json";

/** How many captures' completeness is cached. */
const KEPT_ANSWERS = 1000;

/** A capture whose manifest cannot be read. */
export interface UnreadableCapture {
  readonly id: string;
  readonly capture: number;
  readonly folder: string;
  /** From the manifest, if it can be read there; null: unknown. */
  readonly workspace: string | null;
  /** ISO 8601: when the folder was last written. */
  readonly modifiedAt: string;
  readonly problem: LtoErrorReport;
}

export interface Captures {
  /** The latest captured last. */
  readonly units: readonly UnitManifest[];
  readonly unreadable: readonly UnreadableCapture[];
}

/**
 * The latest capture of every unit.
 *
 * @param workspace only units of this workspace root, and those whose workspace is unknown
 */
export async function listCaptures(store: string, workspace?: string): Promise<Captures> {
  const units: UnitManifest[] = [];
  const unreadable: UnreadableCapture[] = [];
  const isWanted = (of: string | undefined): boolean => workspace === undefined || of === undefined || of === workspace;
  for (const id of await subfolders(capturesFolder(store))) {
    const capture = await latestCapture(store, id);
    if (capture === undefined) continue;
    const folder = captureFolder(store, id, capture);
    try {
      const unit = await readManifest(folder, { id, capture });
      if (isWanted(unit.workspace)) units.push(unit);
    } catch (error) {
      const problem = reportOf(error, `Reading the capture ${formatCaptureRef({ id, capture })}`);
      const of = await workspaceIn(folder);
      if (isWanted(of)) unreadable.push({ id, capture, folder, workspace: of ?? null, modifiedAt: await modifiedAt(folder), problem });
    }
  }
  return { units: units.toSorted((a, b) => (a.capturedAt < b.capturedAt ? -1 : 1)), unreadable };
}

/** The latest capture of every unit that can be read, the latest captured last. */
export async function listUnits(store: string, workspace?: string): Promise<readonly UnitManifest[]> {
  return (await listCaptures(store, workspace)).units;
}

/** The workspace in a manifest that cannot be read completely; undefined: none. */
async function workspaceIn(folder: string): Promise<string | undefined> {
  return (await readJsonFileIf(captureWorkspace, path.join(folder, MANIFEST)))?.workspace;
}

async function modifiedAt(folder: string): Promise<string> {
  const found = await fs.stat(folder).catch(() => undefined);
  return (found?.mtime ?? new Date(0)).toISOString();
}

/**
 * Stores a new capture of a unit: creates it in a folder with a temporary name, which is renamed when complete. The caller holds the lock of the
 * unit's target directory (`withTargetLock`), so no other process is creating one.
 *
 * @param collect fills the folder
 * @returns the manifest, with absolute paths
 */
export async function storeUnit(
  store: string,
  id: string,
  collect: (target: string, capture: number) => Promise<UnitManifest>,
): Promise<UnitManifest> {
  const unit = path.join(capturesFolder(store), id);
  const capture = ((await captureNumbers(store, id)).at(-1) ?? 0) + 1;
  await removeAbandoned(unit);
  const temporary = path.join(unit, `.${capture}.tmp`);
  await makeFolder(temporary);
  try {
    const manifest = await collect(temporary, capture);
    const folder = captureFolder(store, id, capture);
    await fs.rename(temporary, folder);
    return withAbsolutePaths(manifest, folder);
  } catch (error) {
    await fs.rm(temporary, { recursive: true, force: true });
    throw error;
  }
}

/** Removes what a killed capture left incomplete. */
async function removeAbandoned(unit: string): Promise<void> {
  for (const name of await subfolders(unit)) {
    if (/^\.[\d.]+\.tmp$/.test(name)) await fs.rm(path.join(unit, name), { recursive: true, force: true });
  }
}

/** The numbers of a unit's captures, ascending. */
export async function captureNumbers(store: string, id: string): Promise<number[]> {
  const names = await subfolders(path.join(capturesFolder(store), id));
  return names
    .filter((name) => /^[1-9]\d*$/.test(name))
    .map(Number)
    .toSorted((a, b) => a - b);
}

/**
 * The capture that a unit's id without a number means: the latest complete one, or the latest if none is complete. One whose manifest cannot be
 * read counts, so that damage is reported.
 */
export async function latestCapture(store: string, id: string): Promise<number | undefined> {
  const numbers = await captureNumbers(store, id);
  for (const number of numbers.toReversed()) {
    if (await countsAsComplete(path.join(captureFolder(store, id, number), MANIFEST))) return number;
  }
  return numbers.at(-1);
}

/** Cached while the file is the same, because every request about a unit needs it and manifests are large. */
const knownComplete = new Lru<string, boolean>(KEPT_ANSWERS);

async function countsAsComplete(manifest: string): Promise<boolean> {
  const stamp = await stampOf(manifest).catch(() => undefined);
  const key = `${manifest} ${stamp?.text ?? ""}`;
  const known = knownComplete.get(key);
  if (known !== undefined) return known;
  const counts = (await readJsonFileIf(captureCompleteness, manifest))?.complete !== false;
  if (stamp?.settled === true) knownComplete.set(key, counts);
  return counts;
}

/** The folder of one capture. */
export function captureFolder(store: string, id: string, capture: number): string {
  return path.join(capturesFolder(store), id, String(capture));
}

/**
 * Reads a unit: `ID` (its latest capture), `ID@N`, or the path of a capture's folder or manifest.
 *
 * @returns the manifest with every path absolute
 * @throws UnknownUnit, UnreadableFile
 */
export async function loadUnit(store: string, name: string): Promise<UnitManifest> {
  const stored = await storedCapture(store, name);
  const folder = stored === undefined ? await folderNamed(name) : captureFolder(store, stored.id, stored.capture);
  if (folder !== undefined) {
    const manifest = await readManifest(folder, stored);
    await refuseOutside(manifest, folder);
    return manifest;
  }
  const known = (await listUnits(store)).map(({ id }) => id);
  throw new LtoError({
    name: "UnknownUnit",
    message: `There is no captured unit \`${name}\`.`,
    help: known.length === 0 ? "Run `lto-inspector capture` in a Cargo workspace first." : capturedUnits(known, name),
  });
}

/** The most units that an error lists. */
const LISTED_UNITS = 5;

/** The captured units, those most similar to the requested one first. */
function capturedUnits(ids: readonly string[], asked: string): string {
  const alike = (id: string): number => {
    let common = 0;
    while (common < id.length && id[common] === asked[common]) common += 1;
    return common;
  };
  const listed = ids.toSorted((left, right) => alike(right) - alike(left)).slice(0, LISTED_UNITS);
  const rest = ids.length > listed.length ? `, and ${ids.length - listed.length} more; \`lto-inspector store\` lists them` : "";
  return `Captured units: ${listed.join(", ")}${rest}.`;
}

/** The fewest digits of an id that can replace it without the crate's name. */
const FEWEST_DIGITS = 4;

/**
 * Resolves a shortened id: the beginning of one ("hello", "hello-bin-5b"), or of its digits ("5bf1"). `@N` stays.
 *
 * @returns undefined if no unit of the store matches
 * @throws UnknownUnit if several match
 */
export async function refShortened(store: string, name: string): Promise<string | undefined> {
  const ref = parseCaptureRef(name);
  if (ref === undefined) return undefined;
  const byDigits = ref.id.length >= FEWEST_DIGITS && /^[0-9a-f]+$/.test(ref.id);
  // A variant is only meant by its whole id.
  const isMeant = (id: string): boolean =>
    id === ref.id || (!isVariant(id) && (id.startsWith(ref.id) || (byDigits && (id.split("-").at(-1) ?? "").startsWith(ref.id))));
  const meant: string[] = [];
  for (const id of await subfolders(capturesFolder(store))) {
    if (isMeant(id) && (await captureNumbers(store, id)).length > 0) meant.push(id);
  }
  const [only, ...others] = meant;
  if (only === undefined) return undefined;
  if (others.length === 0) return ref.capture === null ? only : formatCaptureRef({ id: only, capture: ref.capture });
  throw new LtoError({
    name: "UnknownUnit",
    message: `\`${name}\` is short for ${meant.length} units: ${meant.join(", ")}.`,
    help: "Give more of the id.",
  });
}

/** A capture of the store. */
type CaptureName = Pick<UnitManifest, "id" | "capture">;

async function storedCapture(store: string, name: string): Promise<CaptureName | undefined> {
  const ref = parseCaptureRef(name);
  if (ref === undefined) return undefined;
  const capture =
    ref.capture === null ? await latestCapture(store, ref.id) : (await captureNumbers(store, ref.id)).find((one) => one === ref.capture);
  return capture === undefined ? undefined : { id: ref.id, capture };
}

/** A folder with a capture's manifest; folders of runs and of `--out` have a manifest of another kind. */
async function folderNamed(name: string): Promise<string | undefined> {
  if (name.includes("\0")) return undefined;
  const folder = path.resolve(path.basename(name) === MANIFEST ? path.dirname(name) : name);
  const text = await readTextFile(path.join(folder, MANIFEST), LIMITS.json).catch((error: unknown) => {
    if (systemCode(error) === "ENOENT" || systemCode(error) === "ENOTDIR") return undefined;
    throw error;
  });
  return text === undefined || isManifestOfRun(text) ? undefined : folder;
}

/**
 * Reads the manifest of a capture's folder, and makes its paths absolute.
 *
 * @param stored the capture that the store has there
 */
async function readManifest(folder: string, stored?: CaptureName): Promise<UnitManifest> {
  const help =
    stored === undefined
      ? "Name another capture, or run `lto-inspector capture` in the workspace."
      : `Run \`lto-inspector capture\` in the workspace again; the damaged capture is in ${folder}.`;
  const subject = manifestIn(folder, help);
  const manifest = await readJsonFile(captureManifest, subject);
  if (stored !== undefined && (manifest.id !== stored.id || manifest.capture !== stored.capture)) {
    throw unreadable(subject, `it is of ${formatCaptureRef(manifest)}`);
  }
  return withAbsolutePaths(manifest, folder);
}

function manifestIn(folder: string, help: string): ParseSubject {
  return { what: "The manifest of a capture", file: path.join(folder, MANIFEST), help };
}

/** The manifest with every path that is relative to its folder made absolute. */
export function withAbsolutePaths(manifest: Omit<UnitManifest, "folder">, folder: string): UnitManifest {
  const absolute = (file: string): string => path.resolve(folder, file);
  const stages = Object.entries(manifest.rustcStages).map(
    ([module, files]) => [module, Object.fromEntries(Object.entries(files).map(([stage, file]) => [stage, absolute(file)]))] as const,
  );
  return {
    ...manifest,
    folder,
    ...(manifest.profileFile === undefined ? {} : { profileFile: absolute(manifest.profileFile) }),
    ...(manifest.preservedFiles === undefined ? {} : { preservedFiles: manifest.preservedFiles.map(absolute) }),
    localModules: manifest.localModules.map((module) => ({
      ...module,
      file: absolute(module.file),
      ...(module.useListsFile === undefined ? {} : { useListsFile: absolute(module.useListsFile) }),
      ...(module.namesFile === undefined ? {} : { namesFile: absolute(module.namesFile) }),
      ...(module.withGlobalAllocator === undefined ? {} : { withGlobalAllocator: absolute(module.withGlobalAllocator) }),
    })),
    upstream: manifest.upstream.map((archive) => ({ ...archive, file: absolute(archive.file) })),
    ...(manifest.outsideLto === undefined
      ? {}
      : { outsideLto: manifest.outsideLto.map((crate) => ({ ...crate, file: absolute(crate.file) })) }),
    previousKeysFile: manifest.previousKeysFile === null ? null : absolute(manifest.previousKeysFile),
    currentKeysFile: manifest.currentKeysFile === null ? null : absolute(manifest.currentKeysFile),
    rustcStages: dictionary(stages),
    ...(manifest.link === undefined ? {} : { link: absoluteLink(manifest.link, absolute) }),
    ...(manifest.outputAlone === undefined ? {} : { outputAlone: { ...manifest.outputAlone, file: absolute(manifest.outputAlone.file) } }),
    ...(manifest.archive === undefined ? {} : { archive: { ...manifest.archive, output: absolute(manifest.archive.output) } }),
    ...(manifest.rustcObjects === undefined ? {} : { rustcObjects: absoluteObjects(manifest.rustcObjects, absolute) }),
  };
}

function absoluteObjects(objects: Readonly<Record<string, RustcObject>>, absolute: (file: string) => string): Record<string, RustcObject> {
  const made = Object.entries(objects).map(([module, { file, source, dwarf }]) => {
    return [module, { file: absolute(file), source, ...(dwarf === undefined ? {} : { dwarf: absolute(dwarf) }) }] as const;
  });
  return dictionary(made);
}

function absoluteLink(link: LinkLine, absolute: (file: string) => string): LinkLine {
  const words = link.words.map((word) => (typeof word === "object" && "file" in word ? { ...word, file: absolute(word.file) } : word));
  return { ...link, words, output: absolute(link.output) };
}

async function subfolders(folder: string): Promise<string[]> {
  try {
    const entries = await fs.readdir(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return [];
    throw error;
  }
}
