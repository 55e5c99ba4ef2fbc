/**
 * Digests of files, and stamps that show without reading that a file is unchanged: device, inode, size, and the times of its last change. Programs
 * cannot set the time of the inode's change (ctime), so a file that was edited and got its old time back is noticed.
 */
import { createHash } from "node:crypto";
import type { BigIntStats } from "node:fs";
import { stat, type FileHandle } from "node:fs/promises";
import { LIMITS, openRegularFile } from "./read-file.js";

/** Times of files have the granularity of the kernel's tick (of seconds on some file systems): a file that changed just now may change again unnoticed. */
const SETTLED_MILLIS = 2000;

const CHUNK = 1 << 20;

/** The stamp of a file. */
export interface FileStamp {
  readonly text: string;
  /** Without the time of the inode's change, which also changes with another link to the file; for open or mapped files. */
  readonly file: string;
  /** Whether the last change is long enough ago for the next one to show. */
  readonly settled: boolean;
}

/** @throws the system's error */
export async function stampOf(file: string): Promise<FileStamp> {
  return stampFrom(await stat(file, { bigint: true }));
}

export function stampFrom(found: BigIntStats): FileStamp {
  const file = [found.dev, found.ino, found.size, found.mtimeNs].join(":");
  return { text: `${file}:${found.ctimeNs}`, file, settled: Date.now() - Number(found.ctimeMs) > SETTLED_MILLIS };
}

/** SHA-256 of a regular file's content. @throws the system's error; UnreadableFile for anything but a regular file */
export async function digestFile(file: string): Promise<string> {
  const { handle } = await openRegularFile(file, LIMITS.bitcode);
  try {
    const hash = createHash("sha256");
    for await (const chunk of chunksOf(handle)) hash.update(chunk);
    return hash.digest("hex");
  } finally {
    await handle.close();
  }
}

/**
 * Whether two regular files have the same content.
 *
 * @returns its SHA-256; undefined if they differ
 * @throws the system's error; UnreadableFile for anything but a regular file
 */
export async function digestIfEqual(left: string, right: string): Promise<string | undefined> {
  const one = await openRegularFile(left, LIMITS.bitcode);
  try {
    const other = await openRegularFile(right, LIMITS.bitcode);
    try {
      return one.size === other.size ? await digestOfEqual(one.handle, other.handle) : undefined;
    } finally {
      await other.handle.close();
    }
  } finally {
    await one.handle.close();
  }
}

async function digestOfEqual(left: FileHandle, right: FileHandle): Promise<string | undefined> {
  const hash = createHash("sha256");
  const [mine, theirs] = [Buffer.allocUnsafe(CHUNK), Buffer.allocUnsafe(CHUNK)];
  for (;;) {
    const [first, second] = await Promise.all([fill(left, mine), fill(right, theirs)]);
    if (!first.equals(second)) return undefined;
    if (first.length === 0) return hash.digest("hex");
    hash.update(first);
  }
}

async function* chunksOf(handle: FileHandle): AsyncGenerator<Buffer> {
  const buffer = Buffer.allocUnsafe(CHUNK);
  for (let chunk = await fill(handle, buffer); chunk.length > 0; chunk = await fill(handle, buffer)) yield chunk;
}

/** Reads on until the buffer is full or the file ends. */
async function fill(handle: FileHandle, buffer: Buffer): Promise<Buffer> {
  let filled = 0;
  while (filled < buffer.length) {
    const { bytesRead } = await handle.read(buffer, filled, buffer.length - filled, null);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}
