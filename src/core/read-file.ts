/**
 * Reading files that somebody else has written. Only regular files are opened, so a FIFO, socket or device that bears a file's name blocks nobody, and
 * no more is read than a file of its kind can hold, so a sparse file of 50 GB fills no memory.
 */
import { constants } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { LtoError } from "./errors.js";

/** The most that is read of each kind of file, in bytes. Real ones are a hundredth of that at most. */
export const LIMITS = {
  /** Manifests, reports, records: JSON of ours. */
  json: 512 * 1024 * 1024,
  /** Key maps, version scripts, lists. */
  text: 64 * 1024 * 1024,
  /** rustc's log of one crate. */
  log: 512 * 1024 * 1024,
} as const;

/**
 * Opens a regular file for reading.
 *
 * @returns the handle, which the caller closes, and the file's size in bytes
 * @throws the system's error where the file cannot be opened; UnreadableFile where it is no regular file or larger than `limit`
 */
export async function openRegularFile(
  file: string,
  limit: number = Number.MAX_SAFE_INTEGER,
): Promise<{ handle: FileHandle; size: number }> {
  // A FIFO that nobody writes to would otherwise block a thread of the pool in open(2) for good.
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const found = await handle.stat();
    if (!found.isFile()) throw notRegular(file);
    if (found.size > limit) throw tooLarge(file, found.size, limit);
    return { handle, size: found.size };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** Reads a regular file whole. @throws as `openRegularFile` does */
export async function readRegularFile(file: string, limit: number): Promise<Buffer> {
  const { handle } = await openRegularFile(file, limit);
  try {
    const content = await handle.readFile();
    // It may have grown meanwhile.
    if (content.length > limit) throw tooLarge(file, content.length, limit);
    return content;
  } finally {
    await handle.close();
  }
}

/** Reads a regular file of text. @throws as `openRegularFile` does */
export async function readTextFile(file: string, limit: number = LIMITS.text): Promise<string> {
  return (await readRegularFile(file, limit)).toString("utf8");
}

function notRegular(file: string): LtoError {
  return new LtoError({
    name: "UnreadableFile",
    message: `${file} is not a regular file.`,
    file,
    mend: "Remove it, or name a file in its place.",
  });
}

function tooLarge(file: string, size: number, limit: number): LtoError {
  return new LtoError({
    name: "UnreadableFile",
    message: `${file} has ${size} bytes; a file of this kind has at most ${limit}.`,
    file,
    mend: "Remove it, or make it again.",
  });
}
