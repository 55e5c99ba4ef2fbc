/** What the inliner decides in each module: kept in the store by the module's key, like a stage, so that a second look costs nothing. */
import { createHash } from "node:crypto";
import * as z from "zod/mini";
import type { InlineLedger } from "../../../protocol/engine/calls.js";
import type { SavedStage } from "../../../protocol/engine/stages.js";
import { pipelineOf, type Stage } from "../../../protocol/pipelines.js";
import { tagsOf } from "../../../protocol/stages.js";
import { LtoError } from "../../base/errors.js";
import { readJsonFile } from "../../base/parse.js";
import { count, formatOf } from "../../base/values.js";
import { engineDigests } from "../../engine/digests.js";
import type { OpenUnit } from "../../replay/open.js";
import type { StageKey } from "../../store/store.js";

/** Raise it when a ledger has other content. */
const SCHEMA = 2;

/** Rows are many: one check per list takes a tenth of the time of one check per number. */
const rows = z.custom<(number | null)[][]>(
  (value) =>
    Array.isArray(value) && value.every((row) => Array.isArray(row) && row.every((part) => part === null || Number.isSafeInteger(part))),
  { error: "lists of whole numbers" },
);

const numbers = z.custom<number[][]>(
  (value) => Array.isArray(value) && value.every((row) => Array.isArray(row) && row.every((part) => Number.isSafeInteger(part))),
  { error: "lists of whole numbers" },
);

const ledger = formatOf<InlineLedger>()(() =>
  z.object({
    schema: z.literal(SCHEMA),
    module: z.string(),
    fullCosts: z.boolean(),
    calls: rows,
    symbols: numbers,
    functions: count,
    different: z.array(z.string()),
    texts: z.array(z.string()),
  }),
);

/** The ledgers of an open unit. Call {@link Ledgers.lookUp} first, and {@link Ledgers.settle} at the end. */
export class Ledgers {
  readonly #open: OpenUnit;
  readonly #stage: Stage;
  readonly #made: (readonly [StageKey, SavedStage])[] = [];
  /** What the store has: ledgers, and the stages of modules without one. */
  #ledgers: ReadonlyMap<string, SavedStage> = new Map();
  #stages: ReadonlyMap<string, readonly SavedStage[]> = new Map();

  constructor(open: OpenUnit) {
    this.#open = open;
    const last = tagsOf(pipelineOf(open.inputs.mode)).at(-1);
    if (last === undefined) throw new LtoError({ name: "Internal", message: `${open.inputs.mode} LTO has no stages.` });
    this.#stage = last;
  }

  /** Looks up all modules together, which checks their contents in one request. Others are made. @throws LtoError Cancelled */
  async lookUp(modules: readonly string[], signal?: AbortSignal): Promise<void> {
    const { maker, engine } = this.#open;
    const keys = modules.map((module) => this.#keyOf(module));
    const found = await maker.store.findAll(keys, [this.#stage], engineDigests(engine), signal);
    this.#ledgers = new Map(modules.flatMap((module, index) => found[index]?.map((saved) => [module, saved] as const) ?? []));
    const missing = modules.filter((module) => !this.#ledgers.has(module));
    this.#stages = await maker.storedOf(missing, [this.#stage], signal);
  }

  /**
   * The ledger of a module.
   *
   * @throws LtoError as making a stage, and UnreadableFile
   */
  async of(module: string, signal?: AbortSignal): Promise<InlineLedger> {
    const { blob } = this.#ledgers.get(module) ?? (await this.#make(module, signal));
    const file = this.#open.maker.store.blobFile(blob);
    return readJsonFile(ledger, { what: "What the inliner decided", file, help: "Remove the file; it is made again." });
  }

  /** Records what was made so far. @throws LtoError FilesChanged */
  async settle(): Promise<void> {
    const { maker, watch, engine } = this.#open;
    await maker.settle();
    const made = this.#made.splice(0);
    if (made.length === 0) return;
    await watch.check();
    // A record guarantees that its blobs exist, even after a power cut.
    await engine.request("syncFiles", { files: made.map(([, { blob }]) => maker.store.blobFile(blob)) });
    const records: string[] = [];
    for (const [key, saved] of made) records.push(await maker.store.record(key, [saved], "calls"));
    await engine.request("syncFiles", { files: records });
  }

  async #make(module: string, signal?: AbortSignal): Promise<SavedStage> {
    const { maker, analyzed } = this.#open;
    const [stage] = this.#stages.get(module) ?? (await maker.makeAgain(module, [this.#stage], signal)).stages;
    if (stage === undefined) throw new LtoError({ name: "Internal", message: `The engine made no ${this.#stage} of ${module}.`, module });
    const { blobs } = await maker.store.work.layout();
    const begun = performance.now();
    const { blob, bytes } = await analyzed.inlineDecisions(module, maker.store.blobFile(stage.blob), blobs, signal);
    const millis = performance.now() - begun;
    const saved = { stage: this.#stage, blob, bytes, instructions: 0, functions: 0, millis, sameAsPrevious: false };
    this.#made.push([this.#keyOf(module), saved]);
    return saved;
  }

  /** Unlike the key of the module's stages: a record has only one kind of content. */
  #keyOf(module: string): StageKey {
    const key = this.#open.maker.keyOf(module);
    const settings = createHash("sha256")
      .update(JSON.stringify(["calls", SCHEMA, key.settings]))
      .digest("hex");
    return { ...key, settings };
  }
}
