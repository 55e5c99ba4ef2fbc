/** Copies, moves and shares files of the store; makes names that every file system accepts. */
import fs from "node:fs/promises";
import path from "node:path";
import { systemCode } from "../../../base/errors.js";
import { digestIfEqual } from "../../../base/file-digest.js";
import { copyRegularFile, LIMITS, refuseUnfit } from "../../../base/read-file.js";
import { shortHash } from "./identity.js";

/** Moves a regular file; between file systems, copies and removes it. @throws UnreadableFile for anything else */
export async function moveFile(from: string, to: string): Promise<void> {
  // Links are not followed: a moved link could lead elsewhere.
  refuseUnfit(from, await fs.lstat(from), LIMITS.bitcode);
  try {
    await fs.rename(from, to);
  } catch (error) {
    if (systemCode(error) !== "EXDEV") throw error;
    await copyRegularFile(from, to);
    await fs.rm(from);
  }
}

/** Leaves room for a stage's tag in the 255 bytes that file systems allow. */
const LONGEST = 180;

/** A name that every file system accepts: unusual characters become %XX, and the end of a very long name becomes a digest. */
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
 * Replaces files that an earlier folder has with the same name and content by links to those, because captures share most of their content. Both
 * folders belong to the store, and neither is written to again.
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
    // Keeps the copy if the file system has no links, or too many of them.
    await fs.rm(temporary, { force: true });
  }
}
