/** Copies and moves files into the store; makes names that every file system accepts. */
import { lstatSync, renameSync } from "node:fs";
import fs from "node:fs/promises";
import { systemCode } from "../../../base/errors.js";
import { copyRegularFile, LIMITS, refuseUnfit } from "../../../base/read-file.js";
import { shortHash } from "./identity.js";

/**
 * Moves a regular file; between file systems, copies and removes it. Synchronous where it can be, because a capture moves thousands (see
 * read-file-sync.ts).
 *
 * @throws UnreadableFile for anything else
 */
export async function moveFile(from: string, to: string): Promise<void> {
  // Links are not followed: a moved link could lead elsewhere.
  refuseUnfit(from, lstatSync(from), LIMITS.bitcode);
  try {
    renameSync(from, to);
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
