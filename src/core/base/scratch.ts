/**
 * Folders in the system's temporary folder that last as long as this process: an engine's link to its library and its journal, the socket for a
 * build's records, new files while the store is read-only, the output of a link, what a
 * benchmark writes. The process that made a folder holds a lock on it; a folder without a held lock was left
 * by a killed process, and a later process removes it.
 */
import { rmSync } from "node:fs";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemCode } from "./errors.js";
import { isLocked, tryLockFolder, type FileLock } from "./file-lock.js";

/** The engine's host also uses the prefix. */
const PREFIX = "lto-inspector-";
const PURPOSES = ["engine", "records", "unsaved-stages", "link", "criterion"] as const;
export type ScratchPurpose = (typeof PURPOSES)[number];

/** Matches only names of this module, and not a user's folder with a similar name. */
const OWN_NAME = new RegExp(`^${PREFIX}(?:${PURPOSES.join("|")})-[A-Za-z0-9]{6}$`);

/** A folder younger than this may not be locked yet. */
const SURELY_LOCKED_MILLIS = 60 * 1000;

/** Old versions without locks named their folders after a process; such an engine may still be running. */
const UNLOCKED = /^lto-inspector-engine-\d+-/;
const SURELY_OLD_MILLIS = 24 * 60 * 60 * 1000;

/** The longest path of a Unix socket; a folder has to leave room for the socket's name. */
const LONGEST_FOLDER = 90;

/** Characters that are special to the loader in LD_LIBRARY_PATH, through which an engine finds the link to its library. */
const MEANS_MORE_TO_THE_LOADER = /[:;$]/;

export interface ScratchFolder {
  readonly folder: string;
  /** Removes it. Never fails. */
  remove(): Promise<void>;
}

let looked = false;

/** The folders of this process; remaining ones are removed when it exits. */
const own = new Set<string>();

/** Creates a folder that only this user can enter. @throws the system's error */
export async function newScratchFolder(purpose: ScratchPurpose): Promise<ScratchFolder> {
  const parent = tmpdir();
  if (!looked) {
    looked = true;
    process.once("exit", removeOwn);
    void removeLeftovers(parent, Date.now() - SURELY_LOCKED_MILLIS);
  }
  const template = join(parent, `${PREFIX}${purpose}-`);
  const unfit = template.length > LONGEST_FOLDER || MEANS_MORE_TO_THE_LOADER.test(template);
  const folder = await mkdtemp(unfit ? join("/tmp", `${PREFIX}${purpose}-`) : template);
  own.add(folder);
  const lock = await lockOf(folder);
  return {
    folder,
    remove: async () => {
      await removeFolder(folder);
      own.delete(folder);
      await lock?.release();
    },
  };
}

function removeOwn(): void {
  for (const folder of own) rmSync(folder, { recursive: true, force: true });
}

/** Does not fail if the temporary folder has no locks; the system cleans it up eventually. */
async function lockOf(folder: string): Promise<FileLock | undefined> {
  return tryLockFolder(folder).catch((error: unknown) => {
    if (systemCode(error) === undefined) throw error;
    return undefined;
  });
}

/**
 * Removes folders of processes that are gone. Never fails: folders that cannot be removed do no harm.
 *
 * @param before folders that were changed later stay (milliseconds since 1970)
 */
export async function removeLeftovers(parent: string, before: number): Promise<void> {
  const names = (await readdir(parent).catch(() => [])).filter((name) => OWN_NAME.test(name) || UNLOCKED.test(name));
  for (const name of names) {
    const folder = join(parent, name);
    const changed = await stat(folder).then(
      ({ mtimeMs }) => mtimeMs,
      () => Infinity,
    );
    const latest = UNLOCKED.test(name) ? Math.min(before, Date.now() - SURELY_OLD_MILLIS) : before;
    if (changed >= latest || (await isLocked(folder).catch(() => true))) continue;
    await removeFolder(folder);
  }
}

async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true }).catch(() => undefined);
}
