/** An open subject: its modules as rows, its stages, and their content. Caches what it reads. */
import { statSync } from "node:fs";
import type { FunctionsResult } from "../../protocol/engine/ir.js";
import type { OtherChanges, StageChanges, StageRef } from "../../protocol/ir.js";
import type { RunReport, StageReport } from "../../protocol/runs.js";
import type { Stage, StageInfo } from "../../protocol/pipelines.js";
import { tagsOf } from "../../protocol/stages.js";
import type { ModuleFilter, ModuleRow, ModuleSort, StageRow } from "../../protocol/views.js";
import { isLtoError, LtoError } from "../base/errors.js";
import { Lru } from "../base/lru.js";
import { explainUnreadable } from "../engine/foreign-llvm.js";
import type { StageSize } from "./compare-modules.js";
import { filterRows, sortRows } from "./module-rows.js";
import { SharedWork } from "../base/shared-work.js";
import type { HeldUse } from "../store/in-use.js";
import { otherChanges } from "../ir/other-changes.js";
import { stageChanges } from "../ir/stage-changes.js";
import type { Stages } from "../ir/stages-of.js";

/** Lists of functions to keep in the cache; each has one entry per function of its module. */
const KEPT_LISTS = 16;

/** Sorted and filtered lists of modules to keep in the cache. */
const KEPT_QUERIES = 6;

export interface SubjectParts {
  /** The unit's name, for display. */
  readonly name: string;
  readonly stages: Stages;
  /** null: the subject is not a run. */
  readonly report: RunReport | null;
  readonly rows: () => Promise<readonly ModuleRow[]>;
  /** Protects the open subject from pruning. */
  readonly held: HeldUse;
  /** The blob of a file in the store; undefined: the file is not in the store. */
  readonly blobOf: (file: string) => string | undefined;
}

export interface RowQuery {
  readonly filter?: ModuleFilter | undefined;
  readonly sort?: ModuleSort | undefined;
  readonly descending?: boolean | undefined;
}

/** Functions and globals of a stage, and the stage's file. */
export interface StageContent {
  readonly ref: StageRef;
  readonly content: FunctionsResult;
}

export class OpenSubject {
  readonly name: string;
  readonly stages: Stages;
  readonly report: RunReport | null;
  readonly #rows: () => Promise<readonly ModuleRow[]>;
  readonly #held: HeldUse;
  readonly #blobOf: (file: string) => string | undefined;
  #all: Promise<readonly ModuleRow[]> | undefined;
  readonly #queries = new Lru<string, readonly ModuleRow[]>(KEPT_QUERIES);
  readonly #contents = new Lru<string, FunctionsResult>(KEPT_LISTS);
  readonly #others = new Lru<string, OtherChanges>(KEPT_LISTS);
  readonly #reading = new Map<string, SharedWork<FunctionsResult>>();

  constructor({ name, stages, report, rows, held, blobOf }: SubjectParts) {
    this.name = name;
    this.stages = stages;
    this.report = report;
    this.#rows = rows;
    this.#held = held;
    this.#blobOf = blobOf;
  }

  /** The modules that a query asks for, in its order. */
  async rows({ filter, sort, descending }: RowQuery = {}): Promise<readonly ModuleRow[]> {
    const all = (this.#all ??= this.#rows());
    const rows = await all.catch((error: unknown) => {
      if (this.#all === all) this.#all = undefined;
      throw error;
    });
    const key = JSON.stringify([filter, sort, descending]);
    const known = this.#queries.get(key);
    if (known !== undefined) return known;
    const found = sortRows(filterRows(rows, filter), sort, descending);
    this.#queries.set(key, found);
    return found;
  }

  /** @throws LtoError UnknownModule */
  async row(module: string): Promise<ModuleRow> {
    const rows = await this.rows();
    const row = rows.find(({ name }) => name === module) ?? rows.find(({ shortName }) => shortName === module);
    if (row !== undefined) return row;
    throw new LtoError({
      name: "UnknownModule",
      message: `There is no module ${module} in ${this.name}.`,
      module,
      help: "See the list of codegen units.",
    });
  }

  /**
   * Functions and globals of a stage, which is made if it is missing.
   *
   * @param reader the subject whose engine reads the stage
   * @throws LtoError UnknownModule, and what making a stage can throw
   */
  async content(module: string, stage: Stage, signal?: AbortSignal, reader: OpenSubject = this): Promise<StageContent> {
    const ref = await this.stages.file((await this.row(module)).name, this.stageNamed(stage), signal);
    const blob = this.#blobOf(ref.file);
    if (blob !== undefined) await this.#held.add({ blobs: [blob] });
    return { ref, content: await reader.#contentOf(ref.file, signal) };
  }

  /** @throws LtoError UnknownStage if this kind of LTO has no such stage */
  stageNamed(stage: Stage): Stage {
    const { pipeline } = this.stages;
    if (tagsOf(pipeline).includes(stage)) return stage;
    throw new LtoError({
      name: "UnknownStage",
      message: `There is no stage ${stage} in ${pipeline.name} LTO.`,
      stage,
      help: `The stages are ${tagsOf(pipeline).join(", ")}.`,
    });
  }

  /**
   * The stages of a module, in order; none for a module that fat LTO linked into another. Makes nothing.
   *
   * @param changes whether to add what each stage changed; this reads the functions of both stages
   */
  async stageRows(module: string, changes: boolean, signal?: AbortSignal): Promise<StageRow[]> {
    const { name, reason } = await this.row(module);
    if (reason?.kind === "linked-into-base") return [];
    const rows = this.stages.pipeline.stages.map((stage) => this.#stageRow(name, stage));
    if (!changes) return rows;
    const contents = await Promise.all(rows.map((row) => this.#contentIfReadable(row, name, signal)));
    return Promise.all(
      rows.map(async (row, index) => {
        const [before, after] = [contents[index - 1], contents[index]];
        const bytes = (row.bytes ?? 0) - (rows[index - 1]?.bytes ?? 0);
        return { ...row, ...countsOf(row, after?.content), changes: await this.#changesOf(before, after, bytes, signal) };
      }),
    );
  }

  /** The sizes of the stages that exist, for many modules at once; instructions are known from a run's report only. Makes and reads nothing. */
  stageSizes(modules: readonly string[]): ReadonlyMap<string, readonly StageSize[]> {
    const reported = new Map(this.report?.modules.map(({ name, stages }) => [name, stages]));
    return new Map(modules.map((module) => [module, reported.get(module)?.map(sizeOfReported) ?? this.#sizesOnDisk(module)]));
  }

  #sizesOnDisk(module: string): StageSize[] {
    return this.stages.pipeline.stages.flatMap(({ tag: stage }) => {
      const file = this.stages.there(module, stage);
      const bytes = file === undefined ? undefined : statSync(file, { throwIfNoEntry: false })?.size;
      return bytes === undefined ? [] : [{ stage, bytes, instructions: null }];
    });
  }

  async close(): Promise<void> {
    this.#contents.clear();
    this.#others.clear();
    await this.stages.close();
    await this.#held.end();
  }

  #stageRow(module: string, { tag: stage, label }: StageInfo): StageRow {
    const nothing = { stage, label, made: false, bytes: null, instructions: null, functions: null, millis: null, changes: null };
    const file = this.stages.there(module, stage);
    const made = this.report?.modules.find(({ name }) => name === module)?.stages.find((one) => one.stage === stage);
    if (file === undefined) return nothing;
    if (made === undefined) return { ...nothing, made: true, bytes: statSync(file, { throwIfNoEntry: false })?.size ?? null };
    const { bytes, instructions, functions, millis } = made;
    return { ...nothing, made: true, bytes, instructions, functions, millis };
  }

  /** A stage that cannot be read is shown without its changes; opening it shows the error. */
  async #contentIfReadable({ stage }: StageRow, module: string, signal?: AbortSignal): Promise<StageContent | undefined> {
    if (this.stages.there(module, stage) === undefined) return undefined;
    try {
      // A damaged file is made again.
      const ref = await this.stages.file(module, stage, signal);
      return { ref, content: await this.#contentOf(ref.file, signal) };
    } catch (error) {
      if (isLtoError(error, "Cancelled")) throw error;
      return undefined;
    }
  }

  async #changesOf(
    before: StageContent | undefined,
    after: StageContent | undefined,
    bytes: number,
    signal?: AbortSignal,
  ): Promise<StageRow["changes"]> {
    if (before === undefined || after === undefined) return null;
    const changes = stageChanges(before.content, after.content);
    const count = (wanted: string): number => changes.functions.filter(({ change }) => change === wanted).length;
    return {
      ...{ changed: count("changed"), added: count("added"), removed: count("removed") },
      ...{ instructions: changes.instructions.after - changes.instructions.before, bytes },
      others: await this.othersOf(before, after, changes, signal),
    };
  }

  /** The differences between two stages apart from function definitions. @throws the engine's errors, Cancelled */
  async othersOf(before: StageContent, after: StageContent, changes: StageChanges, signal?: AbortSignal): Promise<OtherChanges> {
    const files = { before: before.ref.file, after: after.ref.file };
    const key = Object.values(files).map(fileKey).join(" ");
    const known = this.#others.get(key);
    if (known !== undefined) return known;
    const found = await otherChanges(files, changes, await this.stages.engine(), signal);
    this.#others.set(key, found);
    return found;
  }

  /** Several requests may need the same work, such as both sides of a diff or equal stages. */
  async #contentOf(file: string, signal?: AbortSignal): Promise<FunctionsResult> {
    const key = fileKey(file);
    const known = this.#contents.get(key);
    if (known !== undefined) return known;
    const under = this.#reading.get(key);
    if (under?.joinable === true) return under.join(signal);
    const work = new SharedWork(`Reading ${file}`, (stop) => this.#read(key, file, stop));
    this.#reading.set(key, work);
    const settled = (): void => {
      if (this.#reading.get(key) === work) this.#reading.delete(key);
    };
    work.done.then(settled, settled);
    return work.join(signal);
  }

  async #read(key: string, file: string, signal: AbortSignal): Promise<FunctionsResult> {
    const engine = await this.stages.engine();
    try {
      const content = await engine.request("functions", { file }, signal);
      this.#contents.set(key, content);
      return content;
    } catch (error) {
      throw await explainUnreadable(error, engine);
    }
  }
}

function sizeOfReported({ stage, bytes, instructions }: StageReport): StageSize {
  return { stage, bytes, instructions };
}

function countsOf(row: StageRow, content: FunctionsResult | undefined): Pick<StageRow, "instructions" | "functions"> {
  if (content === undefined) return row;
  const defined = content.functions.filter(({ declaration }) => !declaration);
  return {
    functions: row.functions ?? defined.length,
    instructions: row.instructions ?? defined.reduce((sum, { instructions }) => sum + instructions, 0),
  };
}

/** Identifies a file's content, because stage files of the user's build can change. */
function fileKey(file: string): string {
  return `${file}:${statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0}`;
}
