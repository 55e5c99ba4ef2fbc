/** Emptying the store. What another program is working on is not taken from under it. */
import { readdir, readFile, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { isAlive } from "../alive.js";
import { LtoError } from "../errors.js";
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
  await refuseWhileBusy(layout, history);
  const folders = what === "stages" ? [layout.blobs, layout.stages] : PARTS.map((part) => layout[part]);
  const before = (await inventory(layout, 0)).totalBytes;
  for (const folder of folders) await removeWhole(folder);
  return before - (await inventory(layout, 0)).totalBytes;
}

const PARTS = ["blobs", "stages", "captures", "targets", "runs", "verified"] as const;

async function refuseWhileBusy(layout: StoreLayout, history: RunHistory): Promise<void> {
  const running = (await history.list()).find(({ state }) => state === "running");
  if (running !== undefined) {
    throw new LtoError({
      name: "RunUnderWay",
      message: `The store cannot be cleared: a run of ${running.unit.name} is under way, here or in another window.`,
      mend: "Cancel it, or wait for it to end.",
    });
  }
  for (const target of await readdir(layout.targets).catch((): string[] => [])) {
    const lock = join(layout.targets, target, "lock");
    const holder = Number(await readFile(lock, "utf8").catch(() => ""));
    if (holder <= 0 || !isAlive(holder)) continue;
    throw new LtoError({
      name: "CargoLocked",
      message: `The store cannot be cleared: a capture is under way (process ${holder}).`,
      file: lock,
      mend: "Wait until it has ended.",
    });
  }
}

/** Renamed first: whoever reads it meanwhile finds it whole or not at all. */
async function removeWhole(folder: string): Promise<void> {
  const gone = join(dirname(folder), `.${basename(folder)}.${process.pid}.tmp`);
  const moved = await rename(folder, gone).then(
    () => true,
    () => false,
  );
  await rm(moved ? gone : folder, { recursive: true, force: true });
}
