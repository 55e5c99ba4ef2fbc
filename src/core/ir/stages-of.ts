/**
 * The stages of a unit's modules as files to inspect, whatever the user named: a captured unit, plain files, or a folder into which `-C save-temps`
 * wrote rustc's own stage files. Files that rustc saved are used directly, without analysis or replay.
 */
import type { StageRef, UnitName } from "../../protocol/ir.js";
import { formatCaptureRef } from "../../protocol/refs.js";
import { DEFAULT_COMMAND, pipelineOf, PIPELINES, type Pipeline, type Stage } from "../../protocol/pipelines.js";
import { parseStage } from "../../protocol/stages.js";
import type { CoreContext } from "../engine/core-context.js";
import type { EngineClient } from "../engine/client.js";
import { isLtoError, LtoError } from "../base/errors.js";
import { findModule } from "../pipelines/module-names.js";
import type { FilesSource, LtoSource, UnitSource, VouchedOutside } from "../replay/producer.js";
import { readingEngine } from "../replay/reading-engine.js";
import { StageSource } from "../replay/stage-source.js";
import { notSaved, type SavedTemps } from "../replay/saved-temps.js";

/** Where stages come from. Close it when done. */
export interface Stages {
  readonly unit: UnitName;
  readonly pipeline: Pipeline;
  /** The engine that reads the files. */
  engine(): Promise<EngineClient>;
  modules(): Promise<readonly string[]>;
  /** Finds the module by name. @throws LtoError UnknownModule naming candidates */
  module(wanted: string): Promise<string>;
  /** The file of a stage. @throws LtoError IncompleteUnit when it does not exist and cannot be made, and whatever making it can throw */
  file(module: string, stage: Stage, signal?: AbortSignal): Promise<StageRef>;
  /** The file of a stage that exists already; undefined: it would have to be made. */
  there(module: string, stage: Stage): string | undefined;
  /** Crates that are linked as they are, and have no stages. */
  outside(): Promise<VouchedOutside>;
  close(): Promise<void>;
}

export type StagesSource = LtoSource | { readonly kind: "save-temps"; readonly saved: SavedTemps };

/** The stage with this name, in rustc's spelling or the short one. @throws LtoError UnknownStage */
export function stageNamed(text: string, pipeline: Pick<Pipeline, "name" | "stages">): Stage {
  const stage = parseStage(text, pipeline);
  if (stage !== undefined) return stage;
  throw new LtoError({
    name: "UnknownStage",
    message: `There is no stage ${text} in ${pipeline.name} LTO.`,
    help: `Stages are ${pipeline.stages.map(({ short }) => short).join(", ")}.`,
  });
}

/** @param llvm "auto", "system" or a path */
export function stagesOfSource(core: CoreContext, source: StagesSource, llvm: string, signal?: AbortSignal): Stages {
  switch (source.kind) {
    case "save-temps":
      return new FolderStages(core, source.saved, llvm);
    case "unit":
      return new UnitStages(core, source, llvm, signal);
    case "paths":
      return new PathStages(core, source, llvm, signal);
  }
}

class FolderStages implements Stages {
  readonly unit: UnitName;
  readonly pipeline: Pipeline;
  readonly #core: CoreContext;
  readonly #saved: SavedTemps;
  readonly #llvm: string;

  constructor(core: CoreContext, saved: SavedTemps, llvm: string) {
    this.#core = core;
    this.#saved = saved;
    this.#llvm = llvm;
    this.unit = { id: saved.folder, name: saved.folder };
    this.pipeline = pipelineOf(saved.mode);
  }

  engine(): Promise<EngineClient> {
    return readingEngine(this.#core, this.#llvm);
  }

  modules(): Promise<readonly string[]> {
    return Promise.resolve([...this.#saved.stages.keys()]);
  }

  async module(wanted: string): Promise<string> {
    return findModule(await this.modules(), wanted);
  }

  file(module: string, stage: Stage): Promise<StageRef> {
    const file = this.#saved.stages.get(module)?.get(stage);
    if (file === undefined) return Promise.reject(notSaved(this.#saved, module, stage));
    return Promise.resolve({ stage, file, madeBy: this.#saved.madeBy });
  }

  there(module: string, stage: Stage): string | undefined {
    return this.#saved.stages.get(module)?.get(stage);
  }

  outside(): Promise<VouchedOutside> {
    return Promise.resolve({ crates: [], errors: [] });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

class PathStages implements Stages {
  readonly unit: UnitName;
  readonly pipeline: Pipeline = PIPELINES[DEFAULT_COMMAND];
  readonly #files: StageSource;

  constructor(core: CoreContext, source: FilesSource, llvm: string, signal: AbortSignal | undefined) {
    this.#files = new StageSource(core, source, { llvm }, signal);
    this.unit = { id: source.paths.join(" "), name: source.paths.join(" ") };
  }

  engine(): Promise<EngineClient> {
    return this.#files.engine();
  }

  async modules(): Promise<readonly string[]> {
    return (await this.#files.modules()).map(({ name }) => name);
  }

  module(wanted: string): Promise<string> {
    return this.#files.module(wanted);
  }

  async file(module: string, stage: Stage, signal?: AbortSignal): Promise<StageRef> {
    const { file, madeBy } = await this.#files.file(module, stage, signal);
    return { stage, file, madeBy };
  }

  there(): undefined {
    return undefined;
  }

  outside(): Promise<VouchedOutside> {
    return Promise.resolve({ crates: [], errors: [] });
  }

  close(): Promise<void> {
    return this.#files.close();
  }
}

class UnitStages implements Stages {
  readonly unit: UnitName;
  readonly pipeline: Pipeline;
  readonly #core: CoreContext;
  readonly #source: UnitSource;
  readonly #llvm: string;
  readonly #files: StageSource;

  constructor(core: CoreContext, source: UnitSource, llvm: string, signal: AbortSignal | undefined) {
    const { unit } = source;
    this.#core = core;
    this.#source = source;
    this.#llvm = llvm;
    this.#files = new StageSource(core, source, { llvm }, signal);
    this.unit = { id: formatCaptureRef(unit), name: unit.name };
    this.pipeline = pipelineOf(unit.mode);
  }

  async engine(): Promise<EngineClient> {
    try {
      return await this.#files.engine();
    } catch (error) {
      // The toolchain may be gone by now; its stage files can still be read.
      if (this.#llvm !== "auto" || !isLtoError(error, "NoLibLlvm")) throw error;
      return readingEngine(this.#core, this.#llvm);
    }
  }

  /** rustc's log names every module that took part; without the log, the analysis does. */
  async modules(): Promise<readonly string[]> {
    const { decisions } = this.#source.unit;
    const logged = Object.keys(decisions?.verdicts ?? {});
    if (logged.length > 0) return logged;
    // If everything is linked into the base module, only that one has stages.
    const base = this.pipeline.linksIntoOne ? decisions?.linked?.[0] : undefined;
    if (base !== undefined) return [base];
    return (await this.#files.modules()).map(({ name }) => name);
  }

  async module(wanted: string): Promise<string> {
    const names = await this.modules();
    try {
      return findModule(names, wanted);
    } catch (error) {
      if (!isLtoError(error, "UnknownModule")) throw error;
      // It may be a readable name, and these take an engine.
      await this.engine();
      return findModule(names, wanted);
    }
  }

  async file(module: string, stage: Stage, signal?: AbortSignal): Promise<StageRef> {
    const { file, madeBy } = await this.#files.file(module, stage, signal);
    return { stage, file, madeBy };
  }

  there(module: string, stage: Stage): string | undefined {
    return this.#files.saved(module, stage);
  }

  outside(): Promise<VouchedOutside> {
    return this.#source.producer.outside(this.#source.unit);
  }

  close(): Promise<void> {
    return this.#files.close();
  }
}
