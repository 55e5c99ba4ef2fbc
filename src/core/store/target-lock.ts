/** One capture at a time per target directory: its records and rustc's temporary files belong to one build. */
import path from "node:path";
import { LtoError, systemCode } from "../base/errors.js";
import { isInPlace, isLocked, tryLock, tryLockFolder, type FileLock } from "../base/file-lock.js";

/** How long to wait for the remains of a killed capture, which its supervisor is ending, in milliseconds. */
const REMAINS_WAIT = 5000;

/** How often the folder is created again while another program clears the store. */
const ATTEMPTS = 10;

/** The locks of a running capture. */
export interface TargetLock {
  /** Held by everything that writes to the target directory, until it has ended (`held` of `runProcess`). */
  readonly held: readonly number[];
  /** What the user has to know about the lock. */
  readonly warning: string | undefined;
}

/**
 * Runs an action while holding the locks of a target directory: its lock file, which shows at once that another capture is running; and the folder
 * itself, which processes of a killed capture hold too, and which cannot be deleted unnoticed.
 *
 * @param folder `targets/<hash>/`; created if missing
 * @throws CargoLocked if another capture holds it, Cancelled
 */
export async function withTargetLock<T>(
  folder: string,
  signal: AbortSignal | undefined,
  action: (lock: TargetLock) => Promise<T>,
): Promise<T> {
  const { own, whole } = await takeBoth(folder, signal);
  try {
    return await action({ held: [whole.descriptor], warning: warningOf(own) });
  } finally {
    await whole.release();
    await own.release();
  }
}

interface Both {
  readonly own: FileLock;
  readonly whole: FileLock;
}

async function takeBoth(folder: string, signal: AbortSignal | undefined): Promise<Both> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      const both = await takeOnce(folder, signal);
      if (both !== undefined) return both;
    } catch (error) {
      if (systemCode(error) !== "ENOENT" || attempt >= ATTEMPTS) throw error;
    }
  }
}

/** @returns undefined if the folder was removed in the meantime. @throws ENOENT for the same reason */
async function takeOnce(folder: string, signal: AbortSignal | undefined): Promise<Both | undefined> {
  const own = await tryLock(lockFile(folder), { signal });
  if (own === undefined) throw locked(folder);
  let whole: FileLock | undefined;
  let kept = false;
  try {
    whole = await tryLockFolder(folder, { wait: REMAINS_WAIT, signal });
    if (whole === undefined) throw locked(folder);
    kept = await isInPlace(own);
    return kept ? { own, whole } : undefined;
  } finally {
    if (!kept) {
      await whole?.release();
      await own.release();
    }
  }
}

/** Whether a capture, or one of its processes, is running in a target directory. */
export async function isCapturing(folder: string): Promise<boolean> {
  return (await isLocked(lockFile(folder))) || isLocked(folder);
}

function lockFile(folder: string): string {
  return path.join(folder, "lock");
}

function warningOf({ file, standIn }: FileLock): string | undefined {
  return standIn
    ? `The file system of ${path.dirname(file)} has no locks: a capture of the same workspace on another machine would not be noticed.`
    : undefined;
}

function locked(folder: string): LtoError {
  return new LtoError({
    name: "CargoLocked",
    message: `Another capture of this workspace is under way (it holds ${lockFile(folder)}).`,
    file: lockFile(folder),
    help: "Wait until it ends, then capture again.",
  });
}
