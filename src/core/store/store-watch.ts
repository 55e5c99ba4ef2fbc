/** Watches changes of the store by this and other programs: new captures, runs that begin and end, verifications. */
import { watch, type FSWatcher } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { StoreLayout } from "./store-layout.js";

export interface StoreChange {
  readonly units: boolean;
  readonly runs: boolean;
}

/** Waits for quiet, because changes come in bursts. */
const QUIET_MILLIS = 150;

/** How many of the latest runs to watch for their end. */
const WATCHED_RUNS = 8;

export class StoreWatch {
  readonly #layout: StoreLayout;
  readonly #changed: (change: StoreChange) => void;
  readonly #watchers = new Map<string, FSWatcher>();
  #units = false;
  #runs = false;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(layout: StoreLayout, changed: (change: StoreChange) => void) {
    this.#layout = layout;
    this.#changed = changed;
    this.look();
  }

  /** Watches what exists now (the store itself may have been created or recreated). */
  look(): void {
    void this.#follow();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  /** Watches exactly the folders that exist now. */
  async #follow(): Promise<void> {
    const { root, captures, runs, verified } = this.#layout;
    const units = (await namesIn(captures)).map((name) => join(captures, name));
    const latest = (await namesIn(runs)).sort().slice(-WATCHED_RUNS);
    const wanted = new Map<string, "units" | "runs" | "both">([
      [root, "both"],
      [captures, "units"],
      [verified, "both"],
      [runs, "runs"],
      ...units.map((folder) => [folder, "units"] as const),
      ...latest.map((name) => [join(runs, name), "runs"] as const),
    ]);
    if (this.#closed) return;
    for (const [folder, watcher] of this.#watchers) {
      if (wanted.has(folder)) continue;
      watcher.close();
      this.#watchers.delete(folder);
    }
    for (const [folder, what] of wanted) if (!this.#watchers.has(folder)) this.#watch(folder, what);
  }

  #watch(folder: string, what: "units" | "runs" | "both"): void {
    try {
      const watcher = watch(folder, { persistent: false }, (_event, name) => {
        // Ignores temporary files, and the manifest that a running run writes every second.
        if (name?.endsWith(".tmp") === true || name === "manifest.json") return;
        this.#note(what);
      });
      // The folder was removed; the watch on its parent notices.
      watcher.on("error", () => {
        watcher.close();
        this.#watchers.delete(folder);
      });
      this.#watchers.set(folder, watcher);
    } catch {
      // The folder does not exist yet, or the system has no more watches; `lto/refresh` reads it in any case.
    }
  }

  #note(what: "units" | "runs" | "both"): void {
    this.#units ||= what !== "runs";
    this.#runs ||= what !== "units";
    if (this.#timer !== undefined || this.#closed) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      const change = { units: this.#units, runs: this.#runs };
      this.#units = this.#runs = false;
      this.look();
      this.#changed(change);
    }, QUIET_MILLIS);
  }
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}
