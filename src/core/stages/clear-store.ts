/** Emptying the store. What another program is working on is not taken from under it. */
import { randomBytes } from "node:crypto";
import { readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { isCapturing } from "../capture/target-lock.js";
import { LtoError } from "../errors.js";
import { tryLockFolder, type FileLock } from "../lock/file-lock.js";
import type { RunHistory } from "../runs/history.js";
import { inventory } from "./store-inventory.js";
import type { StoreLayout } from "./store-layout.js";

/** `stages`: what can be made again; `all`: captures, their target folders and the history too. */
export type Clearing = "stages" | "all";

/**
 * Removes a part of the store.
 *
 * @returns the bytes that are free again
 * @throws LtoError RunUnderWay, CargoLocked (a capture is under way) here or in another program
 */
export async function clearStore(layout: StoreLayout, history: RunHistory, what: Clearing): Promise<number> {
  await refuseWhileRunning(history);
  const targets = await holdTargets(layout);
  try {
    const folders = what === "stages" ? [layout.blobs, layout.stages] : PARTS.map((part) => layout[part]);
    const before = (await inventory(layout, 0)).totalBytes;
    for (const folder of folders) await removeWhole(folder);
    return before - (await inventory(layout, 0)).totalBytes;
  } finally {
    for (const lock of targets) await lock.release();
  }
}

const PARTS = ["blobs", "stages", "captures", "targets", "runs", "verified"] as const;

async function refuseWhileRunning(history: RunHistory): Promise<void> {
  const running = (await history.list()).find(({ state }) => state === "running");
  if (running !== undefined) {
    throw new LtoError({
      name: "RunUnderWay",
      message: `The store cannot be cleared: a run of ${running.unit.name} is under way, here or in another window.`,
      mend: "Cancel it, or wait for it to end.",
    });
  }
}

/** Locks every target directory, so that no capture begins meanwhile. @throws LtoError CargoLocked */
async function holdTargets(layout: StoreLayout): Promise<FileLock[]> {
  const held: FileLock[] = [];
  try {
    for (const target of await readdir(layout.targets).catch((): string[] => [])) {
      const folder = join(layout.targets, target);
      const lock = (await isCapturing(folder)) ? undefined : await tryLockFolder(folder);
      if (lock === undefined) throw capturing(folder);
      held.push(lock);
    }
    return held;
  } catch (error) {
    for (const lock of held) await lock.release();
    throw error;
  }
}

function capturing(folder: string): LtoError {
  return new LtoError({
    name: "CargoLocked",
    message: `The store cannot be cleared: a capture is under way in ${folder}.`,
    file: folder,
    mend: "Wait until it has ended.",
  });
}

/** Renamed first: whoever reads it meanwhile finds it whole or not at all. */
async function removeWhole(folder: string): Promise<void> {
  const gone = join(dirname(folder), `.${basename(folder)}.${randomBytes(6).toString("hex")}.tmp`);
  const moved = await rename(folder, gone).then(
    () => true,
    () => false,
  );
  await rm(moved ? gone : folder, { recursive: true, force: true });
}
