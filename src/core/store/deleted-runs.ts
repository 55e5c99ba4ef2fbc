/**
 * Deleted runs that can be restored. Deleting a run renames its folder, so that after a crash it is either there or deleted, and never in between; its files
 * are removed when nothing offers to undo it any more, or once it has been deleted for an hour.
 */
import { rename } from "node:fs/promises";
import { join } from "node:path";
import { foldersIn, look, StoreRemoval } from "./store-files.js";
import type { StoreLayout } from "./store-layout.js";

/** After this time, nothing can be undone: a window that offered it may have been killed. */
const UNDO_MILLIS = 60 * 60 * 1000;

interface DeletedRun {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly deletedAt: number;
  readonly folder: string;
}

/** Deletes a run. @param folder the run's */
export async function putAside(runs: string, id: string): Promise<void> {
  await rename(join(runs, id), join(runs, `.${id}.${Date.now()}.deleted`));
}

/** Restores a deleted run. @returns false: its files are gone, or it is there */
export async function takeBack(runs: string, id: string): Promise<boolean> {
  const latest = (await deletedRuns(runs)).filter((deleted) => deleted.id === id).sort((one, other) => other.deletedAt - one.deletedAt)[0];
  if (latest === undefined || (await look(join(runs, id))) !== undefined) return false;
  await rename(latest.folder, join(runs, id));
  return true;
}

/** Removes the files of deleted runs: of these, or of all that can no longer be restored. */
export async function removeDeleted({ root, runs }: StoreLayout, ids: ReadonlySet<string> | "expired"): Promise<void> {
  const removal = new StoreRemoval(root);
  for (const { id, folder, deletedAt } of await deletedRuns(runs)) {
    // A clock may have been set back.
    if (ids === "expired" ? Math.abs(Date.now() - deletedAt) > UNDO_MILLIS : ids.has(id)) await removal.removeFolder(folder);
  }
  await removal.finish();
}

async function deletedRuns(runs: string): Promise<DeletedRun[]> {
  return (await foldersIn(runs)).flatMap((name) => {
    const [, id, deletedAt] = /^\.(\d{8}T\d{6}-[0-9a-f]{8})\.(\d{1,15})\.deleted$/.exec(name) ?? [];
    return id === undefined ? [] : [{ id, deletedAt: Number(deletedAt), folder: join(runs, name) }];
  });
}
