/** Copies and writes that never leave half a file under its final name. */
import { constants } from "node:fs";
import fs from "node:fs/promises";
import path from "node:path";
import { systemCode } from "../errors.js";

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

/** Writes a file under a temporary name in the same folder and renames it. */
export async function writeWhole(file: string, content: string): Promise<void> {
  const temporary = path.join(path.dirname(file), `.${path.basename(file)}.${process.pid}.tmp`);
  await fs.writeFile(temporary, content);
  await fs.rename(temporary, file);
}

/** A name that every file system takes: what is unusual is written as %XX, and what is too long is cut and numbered by the caller. */
export function fileNameFor(name: string): string {
  const safe = name.replace(/[^A-Za-z0-9._+@=,-]/gu, (character) =>
    [...Buffer.from(character)].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join(""),
  );
  return safe.startsWith(".") ? `%2e${safe.slice(1)}` : safe;
}

export async function exists(file: string): Promise<boolean> {
  return fs.access(file).then(
    () => true,
    () => false,
  );
}
