/** Clears the store, except what other programs are using. */
import { join } from "node:path";
import { isCapturing } from "./target-lock.js";
import { LtoError } from "../base/errors.js";
import { tryLockFolder, type FileLock } from "../base/file-lock.js";
import type { RunHistory } from "./history.js";
import { removeUnused, type InUse } from "./in-use.js";
import { foldersIn, StoreRemoval } from "./store-files.js";
import { filesOfStore, totalBytes } from "./store-inventory.js";
import type { StoreLayout } from "./store-layout.js";
import { makeStoreRoot } from "../base/private-folder.js";

/** `stages`: everything that can be made again; `all`: captures, their target folders and the history too. */
export type Clearing = "stages" | "all";

const PARTS = ["blobs", "stages", "captures", "targets", "runs", "verified", "advice"] as const;

/**
 * Removes part of the store. Stages in open documents are made again on request. Does not touch links or anything behind them.
 *
 * @returns the freed bytes
 * @throws LtoError RunUnderWay, CargoLocked (a capture is in progress), in this or another program
 */
export async function clearStore(layout: StoreLayout, history: RunHistory, what: Clearing): Promise<number> {
  await refuseWhileRunning(history);
  await makeStoreRoot(layout.root);
  const targets = await holdTargets(layout);
  try {
    const before = totalBytes(await filesOfStore(layout));
    const removal = new StoreRemoval(layout.root);
    const cleared = await removeUnused(layout, async (inUse) => {
      refuseWhileMaking(inUse);
      for (const part of what === "stages" ? (["blobs", "stages"] as const) : PARTS) await removal.removeFolder(layout[part]);
      return true;
    });
    if (cleared === undefined) throw busy();
    await removal.finish();
    return before - totalBytes(await filesOfStore(layout));
  } finally {
    for (const lock of targets) await lock.release();
  }
}

async function refuseWhileRunning(history: RunHistory): Promise<void> {
  const running = (await history.list()).find(({ state }) => state === "running");
  if (running === undefined) return;
  throw new LtoError({
    name: "RunUnderWay",
    message: `The store cannot be cleared: a run of ${running.unit.name} is active in this or another window.`,
    help: "Cancel it, or wait for it to end.",
  });
}

function refuseWhileMaking({ since }: InUse): void {
  if (since !== Infinity) throw busy();
}

function busy(): LtoError {
  return new LtoError({
    name: "RunUnderWay",
    message: "The store cannot be cleared: stages are in use, by this or another program.",
    help: "Wait until it ends.",
  });
}

/** Locks every target directory, so that no capture begins meanwhile. @throws LtoError CargoLocked */
async function holdTargets(layout: StoreLayout): Promise<FileLock[]> {
  const held: FileLock[] = [];
  try {
    for (const target of await foldersIn(layout.targets)) {
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
    help: "Wait until it ends.",
  });
}
