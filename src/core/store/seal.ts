/**
 * Seals a capture before it gets its name: shares files with the capture before it, syncs the others to the disk, and writes the digests of all to
 * `digests.json`.
 */
import { existsSync, linkSync, renameSync, rmSync, statSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join, relative } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { syncToDisk, writeJsonWhole } from "../base/atomic-file.js";
import { dictionary } from "../base/dictionary.js";
import { digestFile } from "../base/file-digest.js";
import { FileDigests } from "../base/file-digest-sync.js";
import { CAPTURE_DIGESTS, captureDigests, type CaptureDigests } from "./capture-digests.js";
import { readJsonFile, readJsonFileIf } from "../base/parse.js";
import { systemCode } from "../base/errors.js";
import { workThrough } from "../base/work-list.js";

/** Most of the time is spent waiting for the disk, and concurrent syncs share the work. */
const FILES_AT_ONCE = 8;

/**
 * Replaces files that the previous capture has with the same name and content by links to those, because captures share most of their content.
 * Neither folder is written to again.
 *
 * @param folder the capture's, which no other process knows yet
 * @param previous the folder of the unit's previous capture, if there is one
 */
export async function sealCapture(folder: string, previous?: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = dictionary<string>();
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  // Only a sealed capture's files are known to be on the disk.
  const sealed = previous !== undefined && existsSync(join(previous, CAPTURE_DIGESTS)) ? previous : undefined;
  const digests = new FileDigests();
  await workThrough(paths.sort(), FILES_AT_ONCE, async (file) => {
    const name = relative(folder, file);
    const shared = sealed && shareWith(join(sealed, name), file, digests);
    files[name] = shared ?? digests.of(file);
    if (shared === undefined) await syncToDisk(file);
    // Signals are handled between files.
    else await nextTurn();
  });
  await writeJsonWhole(join(folder, CAPTURE_DIGESTS), { schema: 1, files } satisfies CaptureDigests);
  for (const entry of entries) if (entry.isDirectory()) await syncToDisk(join(entry.parentPath, entry.name));
}

/** @returns the digest of both files; undefined: they differ, or cannot be linked */
function shareWith(earlier: string, file: string, digests: FileDigests): string | undefined {
  const [first, second] = [earlier, file].map((one) => statSync(one, { throwIfNoEntry: false }));
  if (first === undefined || first.size !== second?.size || first.dev !== second.dev) return undefined;
  const digest = digests.ifEqual(earlier, file);
  return digest !== undefined && isLinked(earlier, file) ? digest : undefined;
}

/** Replaces a file by a link; keeps it if the file system has no links, or too many of them. */
function isLinked(existing: string, file: string): boolean {
  const temporary = `${file}.link`;
  try {
    linkSync(existing, temporary);
    renameSync(temporary, file);
    return true;
  } catch {
    rmSync(temporary, { force: true });
    return false;
  }
}

/** Changes of a capture's files since it was made. */
export interface CaptureDamage {
  readonly damaged: readonly string[];
  readonly missing: readonly string[];
}

/**
 * Compares a capture's files with their digests when it was made.
 *
 * @returns undefined: an earlier version made it, and wrote no digests
 * @throws UnreadableFile if the digests themselves are damaged
 */
export async function damageOf(folder: string): Promise<CaptureDamage | undefined> {
  const file = join(folder, CAPTURE_DIGESTS);
  const subject = { what: "The list of a capture's digests", file, help: "Capture the unit again: `lto-inspector capture`." };
  const sealed = await readJsonFile(captureDigests, subject).catch((error: unknown) => {
    if (systemCode(error) === "ENOENT") return undefined;
    throw error;
  });
  if (sealed === undefined) return undefined;
  const [damaged, missing]: [string[], string[]] = [[], []];
  await workThrough(Object.entries(sealed.files), FILES_AT_ONCE, async ([name, digest]) => {
    const path = join(folder, name);
    const found = await digestFile(path).catch((error: unknown) => (systemCode(error) === "ENOENT" ? "missing" : "unreadable"));
    if (found === "missing") missing.push(path);
    else if (found !== digest) damaged.push(path);
  });
  return { damaged: damaged.sort(), missing: missing.sort() };
}

/** Whether no file of a capture has changed since it was made. Captures of earlier versions have no digests and are accepted as they are. */
export async function isUndamaged(folder: string): Promise<boolean> {
  const found = await damageOf(folder).catch(() => null);
  return found === undefined || (found !== null && found.damaged.length + found.missing.length === 0);
}

/** Whether a file of a capture has not changed since it was made; undefined: the capture has no digest of it. */
export async function isAsCaptured(folder: string, file: string): Promise<boolean | undefined> {
  const digest = (await readJsonFileIf(captureDigests, join(folder, CAPTURE_DIGESTS)))?.files[relative(folder, file)];
  return digest === undefined ? undefined : (await digestFile(file).catch(() => undefined)) === digest;
}
