/** Notices what this and other programs do to the store: new captures, runs that begin and end, verifications. */
import { watch, type FSWatcher } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { StoreLayout } from "./store-layout.js";

export interface StoreChange {
  readonly units: boolean;
  readonly runs: boolean;
}

/** Changes come in crowds. */
const QUIET_MILLIS = 150;

/** Runs that are watched for their end: the latest ones. */
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

  /** Watches what is there now (the store itself may have been made, or made again). */
  look(): void {
    void this.#follow();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  /** Watches the folders that are there now, and no others. */
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
        // Files on their way to their names; and what a run under way writes every second tells nobody anything.
        if (name?.endsWith(".tmp") === true || name === "manifest.json") return;
        this.#note(what);
      });
      // The folder was removed: its parent tells.
      watcher.on("error", () => {
        watcher.close();
        this.#watchers.delete(folder);
      });
      this.#watchers.set(folder, watcher);
    } catch {
      // Not there yet, or no more watches to be had: `lto/refresh` looks again in any case.
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
