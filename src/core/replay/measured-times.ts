/** The times of an open unit's modules: those of earlier runs, and those that this process measures. */
import type { Timing } from "../../protocol/runs.js";
import { pipelineOf, type LtoMode } from "../../protocol/pipelines.js";
import { readModuleTimes, writeModuleTimes } from "../store/module-times.js";
import type { StoreLayout } from "../store/store-layout.js";
import type { WorkPlace } from "../store/work-place.js";

export class MeasuredTimes {
  readonly #layout: StoreLayout;
  readonly #work: WorkPlace;
  readonly #unit: string;
  /** The activity of the passes. */
  readonly #passes: string | null;
  readonly #fresh = new Map<string, number>();
  #earlier: Promise<ReadonlyMap<string, number>> | undefined;

  /** @param parts.unit the ref of its capture, or the id of plain files */
  constructor(parts: { layout: StoreLayout; work: WorkPlace; unit: string; mode: LtoMode }) {
    this.#layout = parts.layout;
    this.#work = parts.work;
    this.#unit = parts.unit;
    const { stages, optimized } = pipelineOf(parts.mode);
    this.#passes = stages.find(({ tag }) => tag === optimized)?.activity ?? null;
  }

  /** Notes what the engine measured of a module, unless it stopped before the passes. */
  note(module: string, timings: readonly Timing[]): void {
    const passes = timings.find(({ activity }) => activity === this.#passes);
    if (passes === undefined) return;
    // Code generation, which not every loop asks for, comes after the passes.
    const start = timings.reduce((first, { startMicros }) => Math.min(first, startMicros), passes.startMicros);
    this.#fresh.set(module, (passes.startMicros + passes.durationMicros - start) / 1000);
  }

  /** Module → milliseconds: the latest measurement of each. */
  async all(): Promise<ReadonlyMap<string, number>> {
    this.#earlier ??= readModuleTimes(this.#layout, this.#unit);
    return new Map([...(await this.#earlier), ...this.#fresh]);
  }

  /** Keeps what was measured for later runs, which do without it if the store cannot be written to. */
  async keep(): Promise<void> {
    if (this.#fresh.size > 0) await this.#write().catch(() => undefined);
  }

  async #write(): Promise<void> {
    // Another program may have measured other modules meanwhile.
    const all = new Map([...(await readModuleTimes(this.#layout, this.#unit)), ...this.#fresh]);
    this.#fresh.clear();
    this.#earlier = Promise.resolve(all);
    await writeModuleTimes(await this.#work.layout(), this.#unit, all);
  }
}
