/**
 * Watches for builds in the user's own target folders. Cargo puts what it has linked into `<target>/<profile>`, and rustc renames an incremental
 * session when it has finished it. Deeper folders change constantly during a build and are not watched.
 */
import { watch, type FSWatcher } from "node:fs";
import { dirname, join } from "node:path";
import { parseSessionName } from "../../../../protocol/session-names.js";
import { profileFolders, subfolders } from "./profile-folders.js";

/** Waits for quiet, because a build ends with many changes at once. */
const QUIET_MILLIS = 300;

/** The most folders to watch. A workspace can have hundreds of crates; further session folders are read on request. */
const MOST_FOLDERS = 256;

export class BuildWatch {
  readonly #built: () => void;
  readonly #watchers = new Map<string, FSWatcher>();
  #targets: readonly string[] = [];
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(built: () => void) {
    this.#built = built;
  }

  /** Watches exactly these target folders. */
  follow(targets: readonly string[]): void {
    this.#targets = targets;
    void this.#look();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  async #look(): Promise<void> {
    const wanted = new Set((await Promise.all(this.#targets.map(foldersOf))).flat().slice(0, MOST_FOLDERS));
    if (this.#closed) return;
    for (const [folder, watcher] of this.#watchers) {
      if (wanted.has(folder)) continue;
      watcher.close();
      this.#watchers.delete(folder);
    }
    for (const folder of wanted) if (!this.#watchers.has(folder)) this.#watch(folder);
  }

  #watch(folder: string): void {
    try {
      const watcher = watch(folder, { persistent: false }, (_event, name) => {
        if (name === null || this.#matters(folder, name)) this.#note();
      });
      // The folder was removed; the watch on its parent notices.
      watcher.on("error", () => {
        watcher.close();
        this.#watchers.delete(folder);
      });
      this.#watchers.set(folder, watcher);
    } catch {
      // The folder is gone, or the system has no more watches; `lto/refresh` reads it in any case.
    }
  }

  /** Ignores sessions (and their locks) until rustc has finished them, and everything in a workspace's folder but the target folder. */
  #matters(folder: string, name: string): boolean {
    if (this.#targets.some((target) => dirname(target) === folder)) return this.#targets.includes(join(folder, name));
    return !/^\.|\.lock$/.test(name) && parseSessionName(name)?.underWay !== true;
  }

  #note(): void {
    if (this.#closed) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      void this.#look();
      this.#built();
    }, QUIET_MILLIS);
  }
}

/** A target folder and its parent, its profile folders, and the session folders of its profiles. */
async function foldersOf(target: string): Promise<string[]> {
  const profiles = await profileFolders(target);
  const sessions = profiles.map((folder) => join(folder, "incremental"));
  const crates = (await Promise.all(sessions.map(subfolders))).flat();
  return [dirname(target), target, ...(await subfolders(target)), ...profiles, ...sessions, ...crates];
}
