/**
 * Locks that end with their owner. The kernel holds them (flock(2)), so a killed process leaves none behind, process ids do not matter, and they
 * work across PID namespaces. A lock belongs to an open file, which is closed in every program that this process starts unless it is passed on
 * explicitly (see `held` in src/core/base/process.ts).
 */
import { createHash } from "node:crypto";
import { close, constants, fstat, open, type Stats } from "node:fs";
import { realpath, stat } from "node:fs/promises";
import { constants as system } from "node:os";
import { basename, dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { getSystemErrorName, promisify } from "node:util";
import { LtoError, systemCode, throwIfCancelled } from "./errors.js";
import { makeFolder } from "./folders.js";
import { lockAddon } from "./lock-addon.js";
import { standInFolder } from "./lock-stand-in.js";

/** A lock that this process holds. */
export interface FileLock {
  readonly file: string;
  /** The open file with the lock; every process with a copy of the descriptor holds the lock too. */
  readonly descriptor: number;
  /** The file system has no locks, so a file on this machine is locked instead, which processes on other machines do not see. */
  readonly standIn: boolean;
  /** Closes the descriptor. */
  release(): Promise<void>;
}

export interface WaitOptions {
  /** How long to wait for another holder, in milliseconds. */
  readonly wait?: number;
  readonly signal?: AbortSignal | undefined;
}

const POLL_MILLIS = 20;

/** A process that checks a lock holds it for a moment, so always wait at least this long. */
const LEAST_WAIT_MILLIS = 60;

/** The errors of file systems without locks (some network mounts, some in user space). */
const UNSUPPORTED: ReadonlySet<number> = new Set([system.errno.ENOLCK, system.errno.EOPNOTSUPP, system.errno.ENOTSUP, system.errno.ENOSYS]);

/** The errors if another process holds the lock; SMB mounts return EACCES. */
const HELD: ReadonlySet<number> = new Set([system.errno.EWOULDBLOCK, system.errno.EACCES]);

const openDescriptor = promisify(open);
const closeDescriptor = promisify(close);
const statDescriptor = promisify<number, Stats>(fstat);

/**
 * Takes an exclusive lock. Creates the file if it is missing, and keeps it: removing a lock file while another process waits for it would admit two.
 *
 * @returns undefined while another process holds it
 * @throws NoAddon, UnreadableFile (not a regular file), Cancelled, the system's error if the file cannot be opened
 */
export async function tryLock(file: string, { wait = 0, signal }: WaitOptions = {}): Promise<FileLock | undefined> {
  const flags = constants.O_RDWR | constants.O_CREAT;
  return attempts(wait, signal, async () => {
    await makeFolder(dirname(file));
    return takeOnce(file, flags);
  });
}

/**
 * Like `tryLock`, for an existing folder. The lock stays even if the lock files in the folder are removed, but some network file systems keep such
 * locks to one machine.
 */
export async function tryLockFolder(folder: string, { wait = 0, signal }: WaitOptions = {}): Promise<FileLock | undefined> {
  return attempts(wait, signal, () => takeOnce(folder, constants.O_RDONLY | constants.O_DIRECTORY));
}

/** Runs an action under a lock. @throws what the action throws; as `tryLock`; the error of `held` while another process holds the lock */
export async function withLock<T>(file: string, held: () => Error, action: () => Promise<T>, options: WaitOptions = {}): Promise<T> {
  const lock = await tryLock(file, options);
  if (lock === undefined) throw held();
  try {
    return await action();
  } finally {
    await lock.release();
  }
}

/**
 * Whether any process, including this one, holds the lock of a file or folder. Writes nothing, so it works in a read-only store.
 *
 * @returns also true if this cannot be determined, because it may be in use
 */
export async function isLocked(file: string): Promise<boolean> {
  let descriptor;
  try {
    descriptor = await openDescriptor(file, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  } catch (error) {
    return systemCode(error) !== "ENOENT" && systemCode(error) !== "ENOTDIR";
  }
  try {
    const error = lockAddon().tryLock(descriptor, true);
    if (!UNSUPPORTED.has(error)) return error !== 0;
    const standIn = await standInFor(file);
    return standIn !== file && (await isLocked(standIn));
  } finally {
    await closeDescriptor(descriptor);
  }
}

/** Whether a lock's file still has its name: it may have been removed or replaced since, and another process may hold the new one. */
export async function isInPlace({ file, descriptor, standIn }: FileLock): Promise<boolean> {
  return standIn || names(file, await statDescriptor(descriptor));
}

async function names(file: string, opened: Stats): Promise<boolean> {
  const named = await stat(file).catch(() => undefined);
  return named?.ino === opened.ino && named.dev === opened.dev;
}

async function attempts(
  wait: number,
  signal: AbortSignal | undefined,
  attempt: () => Promise<FileLock | "held" | "replaced">,
): Promise<FileLock | undefined> {
  const end = performance.now() + Math.max(wait, LEAST_WAIT_MILLIS);
  for (;;) {
    throwIfCancelled(signal, "Waiting for a lock");
    const taken = await attempt();
    if (typeof taken === "object") return taken;
    if (performance.now() > end) return undefined;
    if (taken === "held") await delay(POLL_MILLIS);
  }
}

async function takeOnce(file: string, flags: number): Promise<FileLock | "held" | "replaced"> {
  // Does not block on a FIFO or follow a link of that name.
  const descriptor = await openDescriptor(file, flags | constants.O_NONBLOCK | constants.O_NOFOLLOW, 0o600);
  let kept = false;
  try {
    const opened = await statDescriptor(descriptor);
    if (!opened.isFile() && !opened.isDirectory()) throw notAFile(file);
    const error = lockAddon().tryLock(descriptor, false);
    if (HELD.has(error)) return "held";
    if (UNSUPPORTED.has(error)) return await takeStandIn(file);
    if (error !== 0) throw failed(file, error);
    // The file may have been removed or replaced before it was locked; then other processes lock another file.
    if (!(await names(file, opened))) return "replaced";
    kept = true;
    return { file, descriptor, standIn: false, release: () => closeDescriptor(descriptor) };
  } finally {
    if (!kept) await closeDescriptor(descriptor);
  }
}

/** @throws if the machine's own folder has no locks either */
async function takeStandIn(file: string): Promise<FileLock | "held" | "replaced"> {
  const standIn = await standInFor(file);
  if (standIn === file) throw failed(file, system.errno.ENOLCK);
  await makeFolder(dirname(standIn));
  const taken = await takeOnce(standIn, constants.O_RDWR | constants.O_CREAT);
  return typeof taken === "object" ? { ...taken, file, standIn: true } : taken;
}

/** The file on this machine to lock instead; the same for every name of the original's folder. Such a file's own replacement is itself. */
async function standInFor(file: string): Promise<string> {
  const folder = await standInFolder();
  if (dirname(file) === folder) return file;
  const place = join(await realpath(dirname(file)), basename(file));
  return join(folder, createHash("sha256").update(place).digest("hex"));
}

function notAFile(file: string): LtoError {
  return new LtoError({ name: "UnreadableFile", message: `The lock ${file} is not a regular file.`, file, help: "Remove it." });
}

function failed(file: string, error: number): LtoError {
  return new LtoError({
    name: "UnreadableFile",
    message: `${file} could not be locked (${getSystemErrorName(-error)}).`,
    file,
    help: "Point LTO_INSPECTOR_STORE to a folder on a local file system.",
  });
}
