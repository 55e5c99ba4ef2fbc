/**
 * Writes files completely or not at all: under a temporary name in the same folder, then renamed. The content is on the disk before it gets its
 * name, so after a power cut the name refers to the old or the new content, and never to an empty file.
 */
import { randomBytes } from "node:crypto";
import { constants, rmSync } from "node:fs";
import { link, open, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { systemCode } from "./errors.js";
import { makeFolder } from "./folders.js";
import { copyRegularFile } from "./read-file.js";

/**
 * When a file is on the disk: `now`, before it gets its name; or `later`, for many files that are written in sequence and checked when they are
 * read. Their writer waits for all of them at once (the engine's `syncFiles`).
 */
export type Durability = "now" | "later";

/** Writes a file, which gets its final name only when it is complete. Creates folders as needed. */
export async function writeFileWhole(file: string, content: string | Uint8Array, durability: Durability = "now"): Promise<void> {
  await whole(file, durability, (temporary) => writeFile(temporary, content));
}

/** Copies a regular file (cheaply if the file system can share blocks); the copy gets its name only when it is complete. */
export async function copyFileWhole(from: string, to: string, durability: Durability = "now"): Promise<void> {
  await whole(to, durability, (temporary) => copyRegularFile(from, temporary));
}

/** The same, for a name that no file has yet. @throws the system's error EEXIST if one has, even if it got it meanwhile */
export async function copyFileNew(from: string, to: string): Promise<void> {
  await makeFolder(dirname(to));
  await put(to, "now", (temporary) => copyRegularFile(from, temporary), nameNew);
}

/** Writes JSON with a newline at the end. */
export async function writeJsonWhole(file: string, value: unknown): Promise<void> {
  await writeFileWhole(file, `${JSON.stringify(value, null, 2)}\n`);
}

/** The same in a folder that must be there: another program may have removed it. @throws the system's error ENOENT if it is gone */
export async function writeJsonInside(folder: string, name: string, value: unknown): Promise<void> {
  await put(join(folder, name), "now", (temporary) => writeFile(temporary, `${JSON.stringify(value, null, 2)}\n`));
}

/**
 * Waits until a file or folder is on the disk. Ignores file systems that do not support this (some network and FUSE ones).
 *
 * @throws the system's error if the disk fails or is full
 */
export async function syncToDisk(path: string): Promise<void> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    await handle.sync();
  } catch (error) {
    if (!["EINVAL", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EROFS", "EPERM", "EBADF"].includes(systemCode(error) ?? "")) throw error;
  } finally {
    await handle.close();
  }
}

/** Temporary files that are being written. */
const unfinished = new Set<string>();

/** Removes unfinished files, because this program is about to exit. */
export function removeUnfinished(): void {
  for (const file of unfinished) rmSync(file, { force: true });
}

async function whole(file: string, durability: Durability, write: (temporary: string) => Promise<void>): Promise<void> {
  await makeFolder(dirname(file));
  await put(file, durability, write);
}

/** Gives a complete file a second name, unless another file has it. */
async function nameNew(temporary: string, file: string): Promise<void> {
  try {
    await link(temporary, file);
  } catch (error) {
    // The file system has no hard links: an empty file takes the name first.
    if (!["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"].includes(systemCode(error) ?? "")) throw error;
    await writeFile(file, "", { flag: "wx" });
    await rename(temporary, file);
  }
  await rm(temporary, { force: true });
}

async function put(
  file: string,
  durability: Durability,
  write: (temporary: string) => Promise<void>,
  name: (temporary: string, file: string) => Promise<void> = rename,
): Promise<void> {
  const folder = dirname(file);
  // The name is truncated, so that a long final name does not make the temporary one too long for the file system.
  const temporary = join(folder, `.${basename(file).slice(0, 60)}.${randomBytes(6).toString("hex")}.tmp`);
  unfinished.add(temporary);
  try {
    await write(temporary);
    if (durability === "now") await syncToDisk(temporary);
    await name(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  } finally {
    unfinished.delete(temporary);
  }
  // A folder that may be written but not read cannot be opened; the file is complete anyway.
  if (durability === "now") await syncToDisk(folder).catch(ignoreUnreadable);
}

function ignoreUnreadable(error: unknown): void {
  if (!["EACCES", "EISDIR", "ENOENT"].includes(systemCode(error) ?? "")) throw error;
}
