/** Units for requests that need them analysed: opened for one request, or kept for the next ones. */
import { Lru } from "../base/lru.js";
import { isLtoError } from "../base/errors.js";
import { SharedWork } from "../base/shared-work.js";
import type { CoreContext } from "../engine/core-context.js";
import { whileInUse } from "../store/in-use.js";
import type { RunHooks } from "./each-module.js";
import { openUnit, type OpenUnit } from "./open.js";
import type { LtoSource, ReplayChoice } from "./producer.js";

/** What is replayed, and how. */
export interface ReplayedBuild extends ReplayChoice {
  readonly source: LtoSource;
}

export type UseHooks = Pick<RunHooks, "progress" | "signal">;

/** Does work with an analysed unit. @throws LtoError what opening a unit and the work can throw */
export type UseUnit = <T>(build: ReplayedBuild, hooks: UseHooks, work: (open: OpenUnit) => Promise<T>) => Promise<T>;

/** Opens the unit, and closes it after the work. */
export function openedOnce(core: CoreContext): UseUnit {
  return (build, hooks, work) =>
    whileInUse(core.layout, { making: true }, async () => {
      hooks.progress?.({ kind: "opening" });
      const open = await opened(core, build, hooks.signal);
      try {
        return await work(open);
      } finally {
        await open.close();
      }
    });
}

function opened(core: CoreContext, { source, llvm, overrides }: ReplayedBuild, signal?: AbortSignal): Promise<OpenUnit> {
  return openUnit(core, source, { llvm, overrides, keysFile: null }, signal);
}

interface Entry {
  readonly opening: SharedWork<OpenUnit>;
  users: number;
  dropped: boolean;
}

/** Limits the engine's memory, which keeps every analysed unit; a comparison needs two. */
const KEPT_OPEN = 2;

/** Keeps the units that were used last analysed, because analysing a large one takes seconds. Forget them when done. */
export class OpenUnits {
  readonly #core: CoreContext;
  readonly #open: typeof opened;
  readonly #entries = new Lru<string, Entry>(KEPT_OPEN, (entry) => {
    entry.dropped = true;
    closeUnused(entry);
  });

  /** @param open analyses a unit, until the signal is raised */
  constructor(core: CoreContext, open: typeof opened = opened) {
    this.#core = core;
    this.#open = open;
  }

  readonly use: UseUnit = (build, hooks, work) =>
    whileInUse(this.#core.layout, { making: true }, async () => {
      const key = keyOf(build);
      const entry = await this.#taken(key, build, hooks);
      try {
        return await work(await entry.opening.join(hooks.signal));
      } catch (error) {
        // The analysis no longer matches the files on disk.
        if (isLtoError(error, "FilesChanged")) this.#drop(key, entry);
        throw error;
      } finally {
        leave(entry);
      }
    });

  forget(): void {
    this.#entries.clear();
  }

  /** The unit's entry, with the caller among its users. @throws LtoError Cancelled */
  async #taken(key: string, build: ReplayedBuild, hooks: UseHooks): Promise<Entry> {
    const known = this.#joinable(key);
    if (known !== undefined) {
      known.users += 1;
      try {
        if (await isCurrent(known, hooks.signal)) return known;
      } catch (error) {
        leave(known);
        throw error;
      }
      this.#drop(key, known);
      leave(known);
    }
    // Another request may have replaced the same entry meanwhile.
    const entry = this.#joinable(key) ?? this.#add(key, build, hooks);
    entry.users += 1;
    return entry;
  }

  /** A unit that is open, or being opened. */
  #joinable(key: string): Entry | undefined {
    const entry = this.#entries.get(key);
    return entry?.opening.joinable === true ? entry : undefined;
  }

  #add(key: string, build: ReplayedBuild, { progress }: UseHooks): Entry {
    progress?.({ kind: "opening" });
    const opening = new SharedWork("Analysing a unit", (signal) => this.#open(this.#core, build, signal));
    const entry = { opening, users: 0, dropped: false };
    this.#entries.set(key, entry);
    opening.done.catch(() => {
      this.#drop(key, entry);
    });
    return entry;
  }

  #drop(key: string, entry: Entry): void {
    if (this.#entries.get(key) === entry) this.#entries.delete(key);
  }
}

/** Whether it was opened from files, library and addon that are still the same. @throws LtoError Cancelled */
async function isCurrent({ opening }: Entry, signal?: AbortSignal): Promise<boolean> {
  try {
    const { watch, engine } = await opening.join(signal);
    await watch.check();
    return await engine.runsWhatLiesThere();
  } catch (error) {
    if (isLtoError(error, "Cancelled")) throw error;
    // It is opened again, which says why if it fails again.
    return false;
  }
}

function keyOf({ source, llvm, overrides }: ReplayedBuild): string {
  const of =
    source.kind === "unit"
      ? [source.unit.id, source.unit.capture, source.unit.capturedAt, source.unit.folder ?? ""]
      : [source.mode ?? "", ...source.paths];
  return JSON.stringify([source.kind, of, llvm, overrides]);
}

function leave(entry: Entry): void {
  entry.users -= 1;
  closeUnused(entry);
}

function closeUnused({ dropped, users, opening }: Entry): void {
  if (!dropped || users > 0) return;
  opening.join().then(
    (open) => void open.close(),
    () => undefined,
  );
}
