/**
 * Notices that something was built in the user's own target folders. Cargo puts what it has linked into `<target>/<profile>`, and rustc renames an
 * incremental session when it has finished it; deeper folders change all the time while a build goes on, and are not watched.
 */
import { watch, type FSWatcher } from "node:fs";
import { dirname, join } from "node:path";
import { parseSessionName } from "../../../../protocol/session-names.js";
import { profileFolders, subfolders } from "./profile-folders.js";

/** A build ends with many changes at once. */
const QUIET_MILLIS = 300;

/** A workspace can have hundreds of crates; its folders of sessions beyond these are looked at when somebody asks. */
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

  /** Watches these target folders, and no others. */
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
      // The folder was removed: its parent tells.
      watcher.on("error", () => {
        watcher.close();
        this.#watchers.delete(folder);
      });
      this.#watchers.set(folder, watcher);
    } catch {
      // Gone already, or no more watches to be had: `lto/refresh` looks again in any case.
    }
  }

  /** A session under way and its lock are of no interest until rustc has finished it; of a workspace's folder only the target folder is. */
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

/** A target folder and where it will stand, what is in it, and where the sessions of its profiles are. */
async function foldersOf(target: string): Promise<string[]> {
  const profiles = await profileFolders(target);
  const sessions = profiles.map((folder) => join(folder, "incremental"));
  const crates = (await Promise.all(sessions.map(subfolders))).flat();
  return [dirname(target), target, ...(await subfolders(target)), ...profiles, ...sessions, ...crates];
}
