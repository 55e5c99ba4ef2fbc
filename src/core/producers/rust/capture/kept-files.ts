/** Copying, moving and sharing files of the store, and names that every file system takes. */
import fs from "node:fs/promises";
import path from "node:path";
import { systemCode } from "../../../base/errors.js";
import { digestIfEqual } from "../../../base/file-digest.js";
import { copyRegularFile, LIMITS, refuseUnfit } from "../../../base/read-file.js";
import { shortHash } from "./identity.js";

/** Moves a regular file; over the border of a file system it is copied and removed. @throws UnreadableFile for what is none */
export async function moveFile(from: string, to: string): Promise<void> {
  // A link is not followed: it would lead elsewhere from where it is moved to.
  refuseUnfit(from, await fs.lstat(from), LIMITS.bitcode);
  try {
    await fs.rename(from, to);
  } catch (error) {
    if (systemCode(error) !== "EXDEV") throw error;
    await copyRegularFile(from, to);
    await fs.rm(from);
  }
}

/** Longer names leave no room for a stage's tag in the 255 bytes that file systems allow. */
const LONGEST = 180;

/** A name that every file system takes: what is unusual is written as %XX, and of a very long name the end becomes a digest. */
export function fileNameFor(name: string): string {
  const safe = name.replace(/[^A-Za-z0-9._+@=,-]/gu, (character) =>
    [...Buffer.from(character)].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join(""),
  );
  const visible = safe.startsWith(".") ? `%2e${safe.slice(1)}` : safe;
  return visible.length <= LONGEST ? visible : `${visible.slice(0, LONGEST - 17)}~${shortHash([name], 16)}`;
}

export async function exists(file: string): Promise<boolean> {
  return fs.access(file).then(
    () => true,
    () => false,
  );
}

/**
 * Replaces files that an earlier folder holds under the same names with the same content by links to those: most of a capture is as it was
 * before. Both folders are the store's own, and neither is written to again.
 */
export async function shareWithPrevious(folder: string, previous: string): Promise<void> {
  if (!(await exists(previous))) return;
  const entries = await fs.readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    const earlier = path.join(previous, path.relative(folder, file));
    if (await sameFiles(file, earlier)) await linkInstead(earlier, file);
  }
}

async function sameFiles(a: string, b: string): Promise<boolean> {
  const [first, second] = await Promise.all([a, b].map(async (file) => fs.stat(file).catch(() => undefined)));
  if (first?.size !== second?.size || first?.dev !== second?.dev || first === undefined) return false;
  return (await digestIfEqual(a, b)) !== undefined;
}

async function linkInstead(existing: string, file: string): Promise<void> {
  const temporary = `${file}.link`;
  try {
    await fs.link(existing, temporary);
    await fs.rename(temporary, file);
  } catch {
    // A file system without links, or with too many of them: the copy stays.
    await fs.rm(temporary, { force: true });
  }
}
