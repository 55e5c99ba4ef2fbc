/** Copying, moving and sharing files of the store, and names that every file system takes. */
import { constants } from "node:fs";
import fs from "node:fs/promises";
import path from "node:path";
import { systemCode } from "../errors.js";
import { shortHash } from "./identity.js";

/** Copies a file, sharing its blocks where the file system can. */
export async function copyFile(from: string, to: string): Promise<void> {
  await fs.copyFile(from, to, constants.COPYFILE_FICLONE);
}

/** Moves a file; over the border of a file system it is copied and removed. */
export async function moveFile(from: string, to: string): Promise<void> {
  try {
    await fs.rename(from, to);
  } catch (error) {
    if (systemCode(error) !== "EXDEV") throw error;
    await copyFile(from, to);
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
    if (await sameContent(file, earlier)) await linkInstead(earlier, file);
  }
}

async function sameContent(a: string, b: string): Promise<boolean> {
  const [first, second] = await Promise.all([a, b].map(async (file) => fs.stat(file).catch(() => undefined)));
  if (first?.size !== second?.size || first?.dev !== second?.dev || first === undefined) return false;
  const [left, right] = await Promise.all([fs.readFile(a), fs.readFile(b)]);
  return left.equals(right);
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
