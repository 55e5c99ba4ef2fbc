/** Makes stages of an analysed unit's modules: takes them from the store, or from the engine and stores them. */
import { createHash } from "node:crypto";
import type { AnalyzedModule } from "../../protocol/engine/analysis.js";
import type { ObjectSettings, SavedObject, SavedStage } from "../../protocol/engine/stages.js";
import type { Timing } from "../../protocol/runs.js";
import type { Stage } from "../../protocol/stages.js";
import type { LtoSettings } from "../../protocol/units.js";
import { engineDigests } from "../engine/digests.js";
import type { StageKey, StageStore } from "../store/store.js";
import type { AnalyzedUnit } from "./analyzed-unit.js";
import type { InputWatch } from "./input-files.js";
import type { LtoInputs } from "./inputs.js";
import type { MeasuredTimes } from "./measured-times.js";

/** The stages that were made of a module. */
export interface MadeStages {
  readonly stages: readonly SavedStage[];
  /** null: none was requested. */
  readonly object: SavedObject | null;
  readonly fromStore: boolean;
  readonly timings: readonly Timing[];
  readonly peakMemoryBytes: number;
  readonly diagnostics: readonly string[];
}

/** Checking hundreds of input files after every module would cost more than it saves. */
const MILLIS_BETWEEN_RECORDS = 500;

/**
 * Makes stages. The store records them only after a check that the input files have not changed since the analysis, a few modules at a time: call
 * {@link StageMaker.settle} at the end.
 */
export class StageMaker {
  readonly store: StageStore;
  readonly #made = new Map<string, readonly SavedStage[]>();
  #recorded = performance.now();
  readonly #unit: AnalyzedUnit;
  readonly #watch: InputWatch;
  readonly #times: MeasuredTimes;
  readonly #engine: StageKey["engine"];
  readonly #settings: string;
  readonly #modules: ReadonlyMap<string, AnalyzedModule>;

  constructor(parts: {
    store: StageStore;
    unit: AnalyzedUnit;
    watch: InputWatch;
    times: MeasuredTimes;
    engine: StageKey["engine"];
    settings: string;
  }) {
    this.store = parts.store;
    this.#unit = parts.unit;
    this.#watch = parts.watch;
    this.#times = parts.times;
    this.#engine = parts.engine;
    this.#settings = parts.settings;
    this.#modules = new Map(parts.unit.result.modules.map((module) => [module.name, module]));
  }

  /** These stages, if the store has all of them undamaged. */
  async stored(module: string, stages: readonly Stage[], signal?: AbortSignal): Promise<SavedStage[] | undefined> {
    return this.store.find(this.keyOf(module), stages, engineDigests(this.#unit.engine), signal);
  }

  /** Like `stored`, for many modules; leaves out modules of which the store lacks a stage. */
  async storedOf(modules: readonly string[], stages: readonly Stage[], signal?: AbortSignal): Promise<Map<string, SavedStage[]>> {
    const found = await this.store.findAll(
      modules.map((module) => this.keyOf(module)),
      stages,
      engineDigests(this.#unit.engine),
      signal,
    );
    return new Map(modules.flatMap((module, index) => (found[index] === undefined ? [] : [[module, found[index]] as const])));
  }

  /**
   * The requested stages of a module, in the order requested.
   *
   * @throws LtoError FilesChanged if the inputs have changed since the analysis (then nothing is stored), the engine's errors, Cancelled
   */
  async make(module: string, stages: readonly Stage[], signal?: AbortSignal): Promise<MadeStages> {
    const stored = stages.length === 0 ? undefined : await this.stored(module, stages, signal);
    return stored === undefined ? this.makeAgain(module, stages, signal) : asStored(stored);
  }

  /**
   * Like `make`, but ignores the store.
   *
   * @param object how to generate the module's object as well, which the caller records
   */
  async makeAgain(
    module: string,
    stages: readonly Stage[],
    signal?: AbortSignal,
    object: ObjectSettings | null = null,
  ): Promise<MadeStages> {
    const { blobs } = await this.store.work.layout();
    const made = await this.#unit.optimize(module, { stages, blobs, object }, signal);
    this.#times.note(module, made.timings);
    if (made.stages.length > 0) this.#made.set(module, made.stages);
    if (performance.now() - this.#recorded > MILLIS_BETWEEN_RECORDS) await this.settle();
    return { ...made, fromStore: false };
  }

  /**
   * Records what was made so far.
   *
   * @throws LtoError FilesChanged: results from a file that has changed must not be stored under the key of the old content
   */
  async settle(): Promise<void> {
    this.#recorded = performance.now();
    const made = [...this.#made];
    this.#made.clear();
    await this.#watch.check();
    if (made.length === 0) return;
    // A record guarantees that its blobs exist, even after a power cut.
    const blobs = new Set(made.flatMap(([, stages]) => stages.map(({ blob }) => this.store.blobFile(blob))));
    await this.#unit.engine.request("syncFiles", { files: [...blobs] });
    const records = [];
    for (const [module, stages] of made) records.push(await this.store.record(this.keyOf(module), stages));
    await this.#unit.engine.request("syncFiles", { files: records });
  }

  /** The key of a module's records. */
  keyOf(module: string): StageKey {
    const analyzed = this.#modules.get(module);
    // The key covers what the modules' files claim about themselves; the digest covers what was read.
    const { fatDigest, noBuiltins } = this.#unit.result;
    const moduleKey = fatDigest ?? [analyzed?.key, analyzed?.contentDigest, ...(noBuiltins ? ["no-builtins"] : [])].join(" ");
    return { engine: this.#engine, settings: this.#settings, moduleKey, module };
  }
}

/** Marks stages as taken from the store. */
export function asStored(stages: readonly SavedStage[]): MadeStages {
  return { stages, object: null, fromStore: true, timings: [], peakMemoryBytes: 0, diagnostics: [] };
}

/**
 * Digest of everything that affects a stage and is not in the modules' keys.
 *
 * @param sent the settings as the engine gets them; they determine what it reads from functions
 */
export function settingsDigest(
  inputs: LtoInputs,
  sent: LtoSettings,
  llvmArguments: readonly string[],
  addLtoPostLink: boolean,
  summaryAfterFatLto: boolean,
): string {
  const suffixes = inputs.local.flatMap((module) => (module.promotionSuffix === undefined ? [] : [[module.name, module.promotionSuffix]]));
  const parts = [inputs.settings, sent, llvmArguments, addLtoPostLink, summaryAfterFatLto, suffixes, inputs.contentDigest];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}
