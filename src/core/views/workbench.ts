/** The state of a long-lived program: one store, its engines, open subjects, known units, and the watch on the store. */
import type { Settings } from "../../protocol/settings.js";
import { closeCore, createCore, type CoreContext } from "../engine/core-context.js";
import { OpenUnits } from "../replay/open-units.js";
import { Subjects } from "./subjects.js";
import { RunHistory } from "../store/history.js";
import { StoreWatch, type StoreChange } from "../store/store-watch.js";
import { keepQuota } from "../store/quota.js";
import { PRODUCERS, type BuildsWatch, type BuiltFolder } from "../producers/registry.js";
import type { RecordedRun } from "../verify/recorded-run.js";
import { PassViews } from "./function-passes.js";
import { UnitCatalog } from "./unit-catalog.js";

const GIGABYTE = 1e9;

/** Idle engines are closed: they take memory, and restart in a fraction of a second. */
const IDLE_MILLIS = 10 * 60 * 1000;

export type WorkbenchSettings = Pick<Settings, "libLLVM" | "threads" | "store" | "toolchain" | "profile">;

export class Workbench {
  readonly core: CoreContext;
  readonly history: RunHistory;
  readonly subjects: Subjects;
  readonly openUnits: OpenUnits;
  readonly passes: PassViews;
  readonly catalog: UnitCatalog;
  settings: WorkbenchSettings;
  /** Runs that are shown and not replayed yet, by id. */
  readonly begun = new Map<string, RecordedRun>();
  /** Runs that were deleted here and can be restored until it closes. */
  readonly deleted = new Set<string>();
  /** For runs that are being replayed, by id: when their keys are stored, or will not be. Never rejects. */
  readonly keysComing = new Map<string, Promise<void>>();
  readonly #watch: StoreWatch;
  readonly #builds: BuildsWatch;
  #users = 0;
  /** Work that nobody waits for, and what aborts it. */
  readonly #meanwhile = new Map<Promise<void>, AbortController>();
  #retired = false;
  #idle: NodeJS.Timeout | undefined;

  /** @param changed called when this or another program has changed the store */
  constructor(settings: WorkbenchSettings, changed: (change: StoreChange) => void, producers = PRODUCERS) {
    const { store, threads } = settings;
    this.settings = settings;
    this.core = createCore({ ...(store.path === "" ? {} : { storeRoot: store.path }), ...(threads > 0 ? { threads } : {}) });
    this.history = new RunHistory(this.core.layout, this.core.work);
    this.subjects = new Subjects(this.core, this.history, () => this.settings.libLLVM, producers);
    this.openUnits = new OpenUnits(this.core);
    this.passes = new PassViews(this.openUnits.use);
    // A read-only store keeps them.
    void this.history.purge("expired").catch(() => undefined);
    this.#builds = producers.watch(() => {
      this.catalog.forgetBuilds();
      changed({ units: true, runs: false });
    });
    const looked = (folders: readonly BuiltFolder[]): void => {
      this.#builds.follow(folders);
    };
    this.catalog = new UnitCatalog(this.core.layout, this.history, looked, producers);
    this.#watch = new StoreWatch(this.core.layout, (change) => {
      if (change.units) this.catalog.forgetCaptures();
      // Units show their latest run.
      changed({ units: true, runs: change.runs });
    });
  }

  /** Whether this workbench still suits the settings; another store or number of threads needs a new one. */
  suits({ store, threads }: WorkbenchSettings): boolean {
    return store.path === this.settings.store.path && threads === this.settings.threads;
  }

  /** Whether something is being done, or is about to be. */
  get busy(): boolean {
    return this.#users > this.#meanwhile.size || this.begun.size > 0;
  }

  /** Whether another workbench has replaced this one. */
  get retired(): boolean {
    return this.#retired;
  }

  /** Runs work on the workbench, which stays open until the work ends. */
  async use<T>(work: () => Promise<T>): Promise<T> {
    clearTimeout(this.#idle);
    this.#users += 1;
    try {
      return await work();
    } finally {
      this.#users -= 1;
      if (this.#users === 0) await this.#rest();
    }
  }

  /**
   * Runs work that nobody waits for: the workbench is not busy with it, and `stopMeanwhile` and closing abort it.
   *
   * @throws LtoError Cancelled; what the work throws
   */
  async meanwhile(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const stop = new AbortController();
    if (this.#retired) stop.abort();
    const working = this.use(() => work(stop.signal));
    this.#meanwhile.set(working, stop);
    try {
      await working;
    } finally {
      this.#meanwhile.delete(working);
    }
  }

  /** Aborts work that nobody waits for, because something begins that needs the machine or the store. Resolves when it has ended. */
  async stopMeanwhile(): Promise<void> {
    for (const stop of this.#meanwhile.values()) stop.abort();
    await Promise.allSettled(this.#meanwhile.keys());
  }

  async #rest(): Promise<void> {
    if (this.#retired) return this.close();
    this.#idle = setTimeout(() => {
      void this.#endEngines();
    }, IDLE_MILLIS).unref();
  }

  /** Closes what is open of runs and captures: some may be gone. */
  forgetOpen(): void {
    this.subjects.forget();
    this.openUnits.forget();
    this.passes.forget();
  }

  async #endEngines(): Promise<void> {
    this.forgetOpen();
    await this.core.engines.close();
  }

  /** Ends runs that are shown and were not to be completed. */
  async abandonBegun(): Promise<void> {
    const runs = [...this.begun.values()];
    this.begun.clear();
    await Promise.all(runs.map((run) => run.abandon()));
  }

  /** Rereads target folders and store. */
  refresh(): void {
    this.catalog.forgetCaptures();
    this.catalog.forgetBuilds();
    this.#watch.look();
  }

  /** Keeps the store below its quota. @param added approximate bytes that were added */
  keepQuota(added: number): Promise<void> {
    return keepQuota(this.core.layout, this.settings.store.quota * GIGABYTE, added);
  }

  /** Closes it as soon as no work uses it. */
  async retire(): Promise<void> {
    this.#retired = true;
    void this.stopMeanwhile();
    this.#watch.close();
    this.#builds.close();
    if (this.#users === 0) await this.close();
  }

  /** Ends the engines at once. */
  async close(): Promise<void> {
    clearTimeout(this.#idle);
    void this.stopMeanwhile();
    this.#watch.close();
    this.#builds.close();
    this.forgetOpen();
    await this.history.purge([...this.deleted]).catch(() => undefined);
    await closeCore(this.core);
  }
}
