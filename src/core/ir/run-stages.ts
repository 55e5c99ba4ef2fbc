/** The stages of a run's modules: the files that the run left in the store; missing ones are made again. */
import { existsSync } from "node:fs";
import type { StageRef, UnitName } from "../../protocol/ir.js";
import type { ModuleReport, RunOrigin, RunReport } from "../../protocol/runs.js";
import { pipelineOf, type Pipeline, type Stage } from "../../protocol/pipelines.js";
import type { CoreContext } from "../engine/core-context.js";
import type { EngineClient } from "../engine/client.js";
import { LtoError } from "../base/errors.js";
import { seriesOf } from "../machine/llvm-series.js";
import { findModule } from "../pipelines/module-names.js";
import { OnDemand } from "../replay/on-demand.js";
import { openUnit, type OpenUnit } from "../replay/open.js";
import type { VouchedOutside } from "../replay/producer.js";
import { engineOfRun, readingEngine } from "../replay/reading-engine.js";
import { PRODUCERS } from "../producers/registry.js";
import { engineDigests } from "../engine/digests.js";
import type { Stages } from "./stages-of.js";

export class RunStages implements Stages {
  readonly unit: UnitName;
  readonly pipeline: Pipeline;
  readonly #core: CoreContext;
  readonly #report: RunReport;
  readonly #origin: RunOrigin | undefined;
  readonly #modules: ReadonlyMap<string, ModuleReport>;
  readonly #onDemand: OnDemand;

  /** @param origin undefined: the run does not record its inputs */
  constructor(core: CoreContext, origin: RunOrigin | undefined, report: RunReport) {
    this.#core = core;
    this.#report = report;
    this.#origin = origin;
    this.unit = { id: report.unit.id, name: report.unit.name };
    this.pipeline = pipelineOf(report.unit.mode);
    this.#modules = new Map(report.modules.map((module) => [module.name, module]));
    this.#onDemand = new OnDemand(this.pipeline, () => this.#analyze());
  }

  /** The run's engine, which may still be warm. */
  engine(): Promise<EngineClient> {
    const { llvm } = this.#report;
    if (seriesOf(llvm.version) === undefined || !existsSync(llvm.path)) return readingEngine(this.#core, "auto");
    return Promise.resolve(engineOfRun(this.#core, this.#report));
  }

  modules(): Promise<readonly string[]> {
    return Promise.resolve([...this.#modules.keys()]);
  }

  module(wanted: string): Promise<string> {
    return Promise.resolve(this.#modules.has(wanted) ? wanted : findModule([...this.#modules.keys()], wanted));
  }

  there(module: string, stage: Stage): string | undefined {
    const file = this.#modules.get(module)?.stages.find((made) => made.stage === stage)?.file ?? undefined;
    return file !== undefined && existsSync(file) ? file : undefined;
  }

  async file(module: string, stage: Stage, signal?: AbortSignal): Promise<StageRef> {
    const there = this.there(module, stage);
    if (there !== undefined && (await this.#isIntact(there, signal))) return { stage, file: there, madeBy: "replay" };
    await this.#refuseOtherInputs(module);
    return { stage, file: await this.#onDemand.make(module, stage, signal), madeBy: "replay" };
  }

  /** From the capture, if it still exists. */
  async outside(): Promise<VouchedOutside> {
    const source =
      this.#origin === undefined ? undefined : await PRODUCERS.sourceOfRun(this.#core.layout, this.#origin).catch(() => undefined);
    return source?.kind === "unit" ? source.producer.outside(source.unit) : { crates: [], errors: [] };
  }

  close(): Promise<void> {
    return this.#onDemand.close();
  }

  /** Whether a stage in the store has the content that its name states; files elsewhere (`--out`) have no such name. */
  async #isIntact(file: string, signal?: AbortSignal): Promise<boolean> {
    const blob = this.#core.store.blobOf(file);
    return blob === undefined || this.#core.store.holds(blob, engineDigests(await this.engine()), signal);
  }

  /** The key covers the module and all its imports: with another key, it would be another run's stage. */
  async #refuseOtherInputs(module: string): Promise<void> {
    const { analyzed } = await this.#onDemand.opened();
    const now = analyzed.result.modules.find(({ name }) => name === module)?.key;
    const then = this.#modules.get(module)?.key ?? undefined;
    if (now !== undefined && (then === undefined || then === now)) return;
    throw new LtoError({
      name: "FilesChanged",
      message: `The inputs of the run of ${this.unit.name} have changed since: ${module} differs.`,
      module,
      help: "Run thin LTO again.",
    });
  }

  async #analyze(): Promise<OpenUnit> {
    const origin = this.#origin;
    if (origin === undefined) {
      throw new LtoError({
        name: "IncompleteUnit",
        message: `The stages of the run of ${this.unit.name} are no longer in the store, and the run does not record its inputs.`,
        help: "Run thin LTO again.",
      });
    }
    const { llvm, overrides } = origin;
    return openUnit(this.#core, await PRODUCERS.sourceOfRun(this.#core.layout, origin), { llvm, overrides, keysFile: null });
  }
}
