/**
 * Files of single stages, for showing, comparing and searching: rustc's own if it saved them (then no replay is needed), else from the store, else
 * made on demand without running any other module.
 */
import type { ModuleOrigin, UnitManifest } from "../../protocol/units.js";
import { DEFAULT_COMMAND, pipelineOf, type Stage } from "../../protocol/pipelines.js";
import type { CoreContext } from "../engine/core-context.js";
import type { EngineClient } from "../engine/client.js";
import type { Overrides } from "./inputs.js";
import { findModule } from "../pipelines/module-names.js";
import { OnDemand } from "./on-demand.js";
import { openUnit, type OpenUnit } from "./open.js";
import { chooseEngineAndNames, type LtoSource } from "./producer.js";

export interface StageModule {
  readonly name: string;
  readonly crate: string;
  readonly origin: ModuleOrigin;
}

export interface StageFile {
  readonly module: string;
  readonly stage: Stage;
  readonly file: string;
  /** Who made it: rustc itself, or this project's replay. */
  readonly madeBy: "rustc" | "replay";
}

export interface StageSourceOptions {
  /** "auto", "system" or a path. */
  readonly llvm: string;
  readonly overrides?: Overrides;
  /** Ignore rustc's own files and show what the replay makes. */
  readonly replayOnly?: boolean;
}

/** Opened lazily: a unit whose stages rustc saved is never analysed. Close it when done. */
export class StageSource {
  readonly #core: CoreContext;
  readonly #source: LtoSource;
  readonly #options: StageSourceOptions;
  readonly #signal: AbortSignal | undefined;
  readonly #onDemand: OnDemand;

  constructor(core: CoreContext, source: LtoSource, options: StageSourceOptions, signal?: AbortSignal) {
    this.#core = core;
    this.#source = source;
    this.#options = options;
    this.#signal = signal;
    const pipeline = pipelineOf(source.kind === "unit" ? source.unit.mode : (source.mode ?? DEFAULT_COMMAND));
    this.#onDemand = new OnDemand(pipeline, () => this.#analyze());
  }

  /** An engine that reads the unit's bitcode (for `print`, `functions`, `find`). */
  async engine(): Promise<EngineClient> {
    if (this.#source.kind === "unit") {
      const { llvm, overrides = {} } = this.#options;
      return (await chooseEngineAndNames(this.#core, this.#source, { llvm, overrides }, this.#signal)).engine;
    }
    return (await this.#opened()).engine;
  }

  /** The unit's modules, in rustc's order. */
  async modules(): Promise<StageModule[]> {
    if (this.#source.kind === "unit" && !this.#source.unit.complete) return savedModules(this.#source.unit);
    const { analyzed } = await this.#opened();
    return analyzed.result.modules.map(({ name, crate, origin }) => ({ name, crate, origin }));
  }

  /** Finds the module that the user named. @throws LtoError UnknownModule */
  async module(wanted: string): Promise<string> {
    const saved = this.#saved();
    if (saved[wanted] !== undefined) return wanted;
    const modules = await this.modules();
    return findModule(
      modules.map(({ name }) => name),
      wanted,
    );
  }

  /**
   * The file of one stage.
   *
   * @param module rustc's name of the module (see {@link StageSource.module})
   * @throws LtoError IncompleteUnit and the engine's errors if it has to be made and that fails
   */
  async file(module: string, stage: Stage, signal: AbortSignal | undefined = this.#signal): Promise<StageFile> {
    const saved = this.saved(module, stage);
    if (saved !== undefined) return { module, stage, file: saved, madeBy: "rustc" };
    const file = await this.#onDemand.make(module, stage, signal);
    return { module, stage, file, madeBy: "replay" };
  }

  /** rustc's own file of a stage; undefined: the stage has to be made. */
  saved(module: string, stage: Stage): string | undefined {
    return this.#options.replayOnly === true ? undefined : this.#saved()[module]?.[stage];
  }

  close(): Promise<void> {
    return this.#onDemand.close();
  }

  #saved(): UnitManifest["rustcStages"] {
    return this.#source.kind === "unit" ? this.#source.unit.rustcStages : {};
  }

  #opened(): Promise<OpenUnit> {
    return this.#onDemand.opened();
  }

  #analyze(): Promise<OpenUnit> {
    const { llvm, overrides = {} } = this.#options;
    return openUnit(this.#core, this.#source, { llvm, overrides, keysFile: null }, this.#signal);
  }
}

function savedModules(unit: UnitManifest): StageModule[] {
  const local = new Map(unit.localModules.map((module) => [module.name, module.origin]));
  return Object.keys(unit.rustcStages).map((name) => ({
    name,
    crate: local.has(name) ? unit.crateName : (/^(.+?)-[0-9a-f]{16}\./.exec(name)?.[1] ?? unit.crateName),
    origin: local.get(name) ?? "upstream",
  }));
}
