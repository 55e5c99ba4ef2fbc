/** Estimates disk space before anything is made. */
import { readdir, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { ERRORS } from "../../protocol/error-table.js";
import { LtoError } from "./errors.js";
import { makeFolder } from "./folders.js";
import { bytes as inWords } from "../../protocol/words.js";

/** Saved stages are about as large as their input; imports make the later ones larger. */
const GROWTH = 1.3;

/** Roughly the bytes that saving this many stages of these modules takes. */
export function estimateBytes(moduleBytes: readonly number[], stages: number): number {
  return Math.ceil(moduleBytes.reduce((sum, bytes) => sum + bytes, 0) * stages * GROWTH);
}

export type FreeBytes = (folder: string) => Promise<number>;

/** Free bytes on the disk of a folder, which need not exist yet. */
export const freeBytes: FreeBytes = async (folder) => {
  for (let ancestor = folder; ; ancestor = dirname(ancestor)) {
    const there = await readdir(ancestor).then(
      () => true,
      () => false,
    );
    if (there || dirname(ancestor) === ancestor) {
      const { bavail, bsize } = await statfs(ancestor);
      return bavail * bsize;
    }
  }
};

/** @throws LtoError DiskFull if a folder's disk has less space than the estimate */
export async function requireSpace(folder: string, bytes: number, free: FreeBytes = freeBytes): Promise<void> {
  await makeFolder(folder);
  const there = await free(folder);
  if (there >= bytes) return;
  throw new LtoError({
    name: "DiskFull",
    message: `Saving the stages takes about ${inWords(bytes)}, and only ${inWords(there)} are free in ${folder}.`,
    file: folder,
    help: ERRORS.DiskFull.help,
  });
}
