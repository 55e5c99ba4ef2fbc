/** The manifest of a run: updated during the run, so that an interrupted run leaves its stages and a manifest that lists them. */
import { randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { SavedStage } from "../../protocol/engine/stages.js";
import type { LtoErrorReport } from "../../protocol/errors.js";
import type { RunManifest, RunOrigin, RunReport, RunState, UnitSummary } from "../../protocol/runs.js";
import { writeJsonWhole } from "../base/atomic-file.js";
import { dictionary } from "../base/dictionary.js";
import { makeFolder } from "../base/folders.js";
import { isLocked, tryLock, type FileLock } from "../base/file-lock.js";
import type { StoreLayout } from "./store-layout.js";
import { SUMMARY, summaryOf, type RecordedBuild } from "./run-summary.js";

export const MANIFEST = "manifest.json";
export const REPORT = "report.json";

/** The process of the run holds it as long as it runs. */
const LOCK = "lock";

/** Whether a run that is marked as running really runs; its process may have been killed. @param folder the run's, in the store */
export function isUnderWay(folder: string): Promise<boolean> {
  return isLocked(join(folder, LOCK));
}

const MILLIS_BETWEEN_WRITES = 1000;

/** A run's folder in the store, and its manifest. */
export class RunFolder {
  readonly id: string;
  readonly folder: string;
  readonly #manifests: readonly string[];
  readonly #saved = dictionary<Record<string, string>>();
  readonly #started = new Date().toISOString();
  #unit: UnitSummary | undefined;
  #origin: RunOrigin | undefined;
  #recorded: RecordedBuild | undefined;
  #ended = false;
  #lock: FileLock | undefined;
  #written = -Infinity;
  #writing: Promise<void> = Promise.resolve();

  private constructor(layout: StoreLayout, out: string | null) {
    this.id = `${this.#started.replaceAll(/[-:]|\.\d+Z$/g, "")}-${randomBytes(4).toString("hex")}`;
    this.folder = join(layout.runs, this.id);
    this.#manifests = [this.folder, ...(out === null ? [] : [out])].map((folder) => join(folder, MANIFEST));
  }

  /**
   * Creates the folder.
   *
   * @param out the user's folder for --out, which also gets manifest and report
   */
  static async create(layout: StoreLayout, out: string | null): Promise<RunFolder> {
    const run = new RunFolder(layout, out);
    await makeFolder(run.folder);
    run.#lock = await tryLock(join(run.folder, LOCK));
    return run;
  }

  get started(): boolean {
    return this.#unit !== undefined;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Marks the run as running. @param recorded what is shown of it until it has a report; a later start keeps it */
  async start(unit: UnitSummary, origin: RunOrigin, recorded?: RecordedBuild): Promise<void> {
    this.#unit = unit;
    this.#origin = origin;
    this.#recorded ??= recorded;
    await this.#write("running");
    await this.#summarize("running", {});
  }

  /** The inputs were refused: removes the folder, because nothing was made. */
  async discard(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
    await this.#release();
  }

  /** Records a module's saved stages; writes the file at most once a second. */
  async saved(module: string, stages: readonly SavedStage[]): Promise<void> {
    this.#saved[module] = Object.fromEntries(stages.map((saved) => [saved.stage, saved.blob]));
    if (performance.now() - this.#written > MILLIS_BETWEEN_WRITES) await this.#write("running");
  }

  /** Records how the run ended, and writes the report of a finished run beside the manifest. */
  async finish(state: RunState, ending: { readonly report?: RunReport; readonly error?: LtoErrorReport }): Promise<void> {
    if (ending.report !== undefined) {
      for (const manifest of this.#manifests) await writeJsonWhole(join(dirname(manifest), REPORT), ending.report);
    }
    await this.#write(state, ending.error);
    await this.#summarize(state, ending);
    this.#ended = true;
    await this.#release();
  }

  /** Removes the file first: a file without a held lock means an interrupted run. */
  async #release(): Promise<void> {
    await rm(join(this.folder, LOCK), { force: true });
    await this.#lock?.release();
    this.#lock = undefined;
  }

  async #summarize(state: RunState, ending: { readonly report?: RunReport; readonly error?: LtoErrorReport }): Promise<void> {
    const manifest = this.#manifest(state, ending.error);
    if (manifest === undefined) return;
    await writeJsonWhole(join(this.folder, SUMMARY), summaryOf(manifest, ending.report ?? null, this.#recorded));
  }

  #manifest(state: RunState, error?: LtoErrorReport): RunManifest | undefined {
    if (this.#unit === undefined) return undefined;
    return {
      schema: 1,
      id: this.id,
      unit: this.#unit,
      ...(this.#origin === undefined ? {} : { origin: this.#origin }),
      state,
      pid: process.pid,
      startedAt: this.#started,
      finishedAt: state === "running" ? null : new Date().toISOString(),
      saved: this.#saved,
      ...(error === undefined ? {} : { error }),
    };
  }

  #write(state: RunState, error?: LtoErrorReport): Promise<void> {
    const manifest = this.#manifest(state, error);
    if (manifest === undefined) return Promise.resolve();
    this.#written = performance.now();
    // In sequence, so that an older state never overwrites a newer one.
    this.#writing = this.#writing
      .catch(() => undefined)
      .then(async () => {
        for (const file of this.#manifests) await writeJsonWhole(file, manifest);
      });
    return this.#writing;
  }
}
