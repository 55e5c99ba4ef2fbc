/** Makes stages on request. The first request analyses the unit, which then stays analysed; concurrent requests for the same stage share the work. */
import type { Pipeline, Stage } from "../../protocol/pipelines.js";
import { tagsOf } from "../../protocol/stages.js";
import { isLtoError, LtoError } from "../base/errors.js";
import { SharedWork } from "../base/shared-work.js";
import { whileInUse } from "../store/in-use.js";
import type { OpenUnit } from "./open.js";
import type { StageMaker } from "./stage-maker.js";

interface UnderWay {
  readonly stages: readonly Stage[];
  readonly work: SharedWork<ReadonlyMap<Stage, string>>;
}

export class OnDemand {
  readonly #pipeline: Pipeline;
  readonly #analyze: () => Promise<OpenUnit>;
  readonly #underWay = new Map<string, UnderWay>();
  #open: Promise<OpenUnit> | undefined;

  constructor(pipeline: Pipeline, analyze: () => Promise<OpenUnit>) {
    this.#pipeline = pipeline;
    this.#analyze = analyze;
  }

  /** The analysed unit. If the analysis failed, the next caller tries again. */
  async opened(): Promise<OpenUnit> {
    const opening = (this.#open ??= this.#analyze());
    try {
      return await opening;
    } catch (error) {
      if (this.#open === opening) this.#open = undefined;
      throw error;
    }
  }

  /**
   * Makes a stage of a module. The stages before it are made on the way and kept too, because users compare a stage with the previous one.
   *
   * @returns the file
   * @throws LtoError what analysing a unit and making a stage can throw, Cancelled
   */
  async make(module: string, stage: Stage, signal?: AbortSignal): Promise<string> {
    const { maker } = await this.opened();
    return whileInUse(maker.store.layout, { making: true }, () => this.#storedOrMade(maker, module, stage, signal));
  }

  /** Forgets the analysis in the engine. */
  async close(): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    await open?.then(
      (unit) => unit.close(),
      () => undefined,
    );
  }

  async #storedOrMade(maker: StageMaker, module: string, stage: Stage, signal?: AbortSignal): Promise<string> {
    const stored = await maker.stored(module, [stage], signal);
    if (stored?.[0] !== undefined) return maker.store.blobFile(stored[0].blob);
    const made = await this.#join(module, stage).join(signal);
    const file = made.get(stage);
    if (file === undefined) throw new LtoError({ name: "Internal", message: `The engine made no ${stage} of ${module}.`, module, stage });
    return file;
  }

  #join(module: string, stage: Stage): UnderWay["work"] {
    const known = this.#underWay.get(module);
    if (known?.work.joinable === true && known.stages.includes(stage)) return known.work;
    const all = tagsOf(this.#pipeline);
    const stages = all.slice(0, all.indexOf(stage) + 1);
    const work = new SharedWork(`Making ${stage} of ${module}`, async (signal) => this.#makeAll(module, stages, signal));
    const entry = { stages, work };
    this.#underWay.set(module, entry);
    const settled = (): void => {
      if (this.#underWay.get(module) === entry) this.#underWay.delete(module);
    };
    work.done.then(settled, settled);
    return work;
  }

  async #makeAll(module: string, stages: readonly Stage[], signal: AbortSignal): Promise<ReadonlyMap<Stage, string>> {
    const { maker } = await this.opened();
    try {
      const made = await maker.make(module, stages, signal);
      await maker.settle();
      return new Map(made.stages.map(({ stage, blob }) => [stage, maker.store.blobFile(blob)]));
    } catch (error) {
      // The analysis no longer matches the files on disk.
      if (isLtoError(error, "FilesChanged")) await this.close();
      throw error;
    }
  }
}
