/**
 * Reads untrusted files. Opens only regular files, so that a FIFO, socket or device with a file's name does not block, and reads at most as much as
 * a file of its kind can contain, so that a sparse file of 50 GB does not fill the memory.
 */
import { constants as bufferLimits } from "node:buffer";
import { constants, existsSync, type Stats } from "node:fs";
import { copyFile, open, stat, type FileHandle } from "node:fs/promises";
import { LtoError, throwIfCancelled } from "./errors.js";

/** The largest size of each kind of file, in bytes. Real files reach at most a hundredth of it. */
export const LIMITS = {
  /** Manifests, reports, records: our JSON. */
  json: bufferLimits.MAX_STRING_LENGTH,
  /** Key maps, version scripts, lists. */
  text: 64 * 1024 * 1024,
  /** rustc's log of one crate: what one string can hold. */
  log: bufferLimits.MAX_STRING_LENGTH,
  /** Bitcode, objects and archives. The engine has the same limit (`LargestFile` in addon/lto/llvm/regular_file.h): offsets in them have 32 bits. */
  bitcode: 4 * 1024 ** 3 - 1,
} as const;

/** Bytes per step if a file need not be in memory completely. */
const STEP = 1024 * 1024;

/** The limit of read(2). */
const LARGEST_READ = 1024 ** 3;

/**
 * Opens a regular file for reading.
 *
 * @returns the handle, which the caller closes, and the file's size in bytes
 * @throws the system's error if the file cannot be opened; UnreadableFile if it is not a regular file or larger than `limit`
 */
export async function openRegularFile(
  file: string,
  limit: number = Number.MAX_SAFE_INTEGER,
): Promise<{ handle: FileHandle; size: number }> {
  // Merely opening a device can have effects.
  refuseUnfit(file, await stat(file), limit);
  // The name may refer to another file by now: a FIFO without a writer would block a thread of the pool in open(2) forever.
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  try {
    const found = await handle.stat();
    refuseUnfit(file, found, limit);
    return { handle, size: found.size };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** Reads a regular file whole. @throws as `openRegularFile` does */
export async function readRegularFile(file: string, limit: number): Promise<Buffer> {
  const { handle, size } = await openRegularFile(file, limit);
  try {
    // One byte more than expected: if it stays empty, the file has ended.
    let content = Buffer.allocUnsafe(size + 1);
    let length = 0;
    for (;;) {
      const { bytesRead } = await handle.read(content, length, Math.min(content.length - length, LARGEST_READ), null);
      if (bytesRead === 0) return content.subarray(0, length);
      length += bytesRead;
      // The file may have grown, and the system's files have no size.
      if (length > limit) throw tooLarge(file, length, limit);
      if (length === content.length) content = Buffer.concat([content], Math.min(limit + 1, Math.max(STEP, length * 2)));
    }
  } finally {
    await handle.close();
  }
}

/** Reads a regular file of text. @throws as `openRegularFile` does */
export async function readTextFile(file: string, limit: number = LIMITS.text): Promise<string> {
  return (await readRegularFile(file, limit)).toString("utf8");
}

/**
 * Whether a part of an open file contains one of some words.
 *
 * @param position where the part begins, in bytes
 * @throws Cancelled
 */
export async function rangeIncludes(
  handle: FileHandle,
  position: number,
  length: number,
  words: readonly string[],
  signal?: AbortSignal,
): Promise<boolean> {
  // A word can span two steps.
  const overlap = Math.max(...words.map((word) => word.length)) - 1;
  const part = Buffer.allocUnsafe(STEP + overlap);
  for (let done = 0, kept = 0; done < length;) {
    throwIfCancelled(signal, "Reading");
    const { bytesRead } = await handle.read(part, kept, Math.min(STEP, length - done), position + done);
    if (bytesRead === 0) return false;
    const filled = part.subarray(0, kept + bytesRead);
    if (words.some((word) => filled.includes(word))) return true;
    done += bytesRead;
    kept = Math.min(overlap, filled.length);
    filled.copy(part, 0, filled.length - kept);
  }
  return false;
}

/** Whether a regular file contains one of some words. @throws as `openRegularFile` does; Cancelled */
export async function fileIncludes(file: string, words: readonly string[], signal?: AbortSignal): Promise<boolean> {
  const { handle, size } = await openRegularFile(file, LIMITS.bitcode);
  try {
    return await rangeIncludes(handle, 0, size, words, signal);
  } finally {
    await handle.close();
  }
}

/**
 * Copies a regular file, sharing its blocks if the file system can.
 *
 * @throws as `openRegularFile` does
 */
export async function copyRegularFile(from: string, to: string, limit: number = LIMITS.bitcode): Promise<void> {
  const { handle } = await openRegularFile(from, limit);
  try {
    // Copies the opened file, even if its name refers to another one now.
    const opened = `/proc/self/fd/${handle.fd}`;
    await copyFile(existsSync(opened) ? opened : from, to, constants.COPYFILE_FICLONE);
  } finally {
    await handle.close();
  }
}

/** @throws UnreadableFile if it is not a regular file, or too large for its kind */
export function refuseUnfit(file: string, found: Pick<Stats, "isFile" | "size">, limit: number): void {
  if (!found.isFile()) {
    throw new LtoError({
      name: "UnreadableFile",
      message: `${file} is not a regular file.`,
      file,
      help: "Remove it, or name a regular file instead.",
    });
  }
  if (found.size > limit) throw tooLarge(file, found.size, limit);
}

function tooLarge(file: string, size: number, limit: number): LtoError {
  return new LtoError({
    name: "UnreadableFile",
    message: `${file} has ${size} bytes; a file of this kind has at most ${limit}.`,
    file,
    help: "Remove it, or create it again.",
  });
}
