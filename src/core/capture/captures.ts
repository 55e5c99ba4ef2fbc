/** Captures in the store: listing, naming and reading them. */
import fs from "node:fs/promises";
import path from "node:path";
import type { UnitManifest } from "../../protocol/units.js";
import { isAlive } from "../alive.js";
import { LtoError, messageOf, systemCode } from "../errors.js";
import { capturesFolder } from "./store-paths.js";

const MANIFEST = "manifest.json";

/**
 * The latest capture of every unit, the latest captured last; those whose manifest cannot be read are left out.
 *
 * @param workspace only units of this workspace root
 */
export async function listUnits(store: string, workspace?: string): Promise<UnitManifest[]> {
  const found: UnitManifest[] = [];
  for (const id of await subfolders(capturesFolder(store))) {
    const latest = (await captureNumbers(store, id)).at(-1);
    if (latest === undefined) continue;
    try {
      found.push(await readManifest(captureFolder(store, id, latest)));
    } catch (error) {
      if (!(error instanceof LtoError)) throw error;
    }
  }
  const wanted = workspace === undefined ? found : found.filter((unit) => unit.workspace === workspace);
  return wanted.toSorted((a, b) => (a.capturedAt < b.capturedAt ? -1 : 1));
}

/**
 * Stores a new capture of a unit: it is made in a folder with a temporary name, which is renamed when it is whole.
 *
 * @param collect fills the folder
 * @returns the manifest, its paths absolute
 */
export async function storeUnit(
  store: string,
  id: string,
  collect: (target: string, capture: number) => Promise<UnitManifest>,
): Promise<UnitManifest> {
  const unit = path.join(capturesFolder(store), id);
  const capture = ((await captureNumbers(store, id)).at(-1) ?? 0) + 1;
  await removeAbandoned(unit);
  const temporary = path.join(unit, `.${capture}.${process.pid}.tmp`);
  await fs.mkdir(temporary, { recursive: true });
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

/** What a capture that died left half made. */
async function removeAbandoned(unit: string): Promise<void> {
  for (const name of await subfolders(unit)) {
    const [, pid] = /^\.\d+\.(\d+)\.tmp$/.exec(name) ?? [];
    const abandoned = pid !== undefined && (Number(pid) === process.pid || !isAlive(Number(pid)));
    if (abandoned) await fs.rm(path.join(unit, name), { recursive: true, force: true });
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
  const folder = await folderOf(store, name);
  if (folder !== undefined) return readManifest(folder);
  const known = (await listUnits(store)).map(({ id }) => id);
  throw new LtoError({
    name: "UnknownUnit",
    message: `There is no captured unit \`${name}\`.`,
    mend: known.length === 0 ? "Run `lto-inspector capture` in a Cargo workspace first." : `Captured units: ${known.join(", ")}.`,
  });
}

async function folderOf(store: string, name: string): Promise<string | undefined> {
  const [, id, number] = /^([A-Za-z0-9_.-]+?)(?:@(\d+))?$/.exec(name) ?? [];
  if (id !== undefined && id !== "." && id !== "..") {
    const numbers = await captureNumbers(store, id);
    const wanted = number === undefined ? numbers.at(-1) : numbers.find((one) => one === Number(number));
    if (wanted !== undefined) return captureFolder(store, id, wanted);
  }
  const folder = path.resolve(path.basename(name) === MANIFEST ? path.dirname(name) : name);
  return fs.access(path.join(folder, MANIFEST)).then(
    () => folder,
    () => undefined,
  );
}

/** Reads the manifest of a capture's folder, its paths made absolute. */
async function readManifest(folder: string): Promise<UnitManifest> {
  const file = path.join(folder, MANIFEST);
  try {
    const manifest = JSON.parse(await fs.readFile(file, "utf8")) as UnitManifest;
    return withAbsolutePaths(manifest, folder);
  } catch (error) {
    throw new LtoError({
      name: "UnreadableFile",
      message: `The manifest of a capture could not be read: ${messageOf(error)}.`,
      file,
      mend: "Remove the folder and capture again.",
    });
  }
}

/** The manifest with every path that is relative to its folder made absolute. */
export function withAbsolutePaths(manifest: UnitManifest, folder: string): UnitManifest {
  const absolute = (file: string): string => path.resolve(folder, file);
  const stages = Object.entries(manifest.rustcStages).map(
    ([module, files]) => [module, Object.fromEntries(Object.entries(files).map(([stage, file]) => [stage, absolute(file)]))] as const,
  );
  return {
    ...manifest,
    folder,
    localModules: manifest.localModules.map((module) => ({
      ...module,
      file: absolute(module.file),
      ...(module.useListsFile === undefined ? {} : { useListsFile: absolute(module.useListsFile) }),
      ...(module.withGlobalAllocator === undefined ? {} : { withGlobalAllocator: absolute(module.withGlobalAllocator) }),
    })),
    upstream: manifest.upstream.map((archive) => ({ ...archive, file: absolute(archive.file) })),
    previousKeysFile: manifest.previousKeysFile === null ? null : absolute(manifest.previousKeysFile),
    currentKeysFile: manifest.currentKeysFile === null ? null : absolute(manifest.currentKeysFile),
    rustcStages: Object.fromEntries(stages),
  };
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
