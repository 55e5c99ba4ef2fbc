/** What a replay that listens gives for each module: kept in the store by the module's key, like a stage, so that a second look costs nothing. */
import { createHash } from "node:crypto";
import type { SavedStage } from "../../../protocol/engine/stages.js";
import { pipelineOf, type ArtifactKind, type Stage } from "../../../protocol/pipelines.js";
import { tagsOf } from "../../../protocol/stages.js";
import { LtoError } from "../../base/errors.js";
import { readJsonFile } from "../../base/parse.js";
import { engineDigests } from "../../engine/digests.js";
import type { OpenUnit } from "../../replay/open.js";
import type { StageKey } from "../../store/store.js";
import { LEDGER_KINDS, type LedgerKind } from "./ledger-formats.js";

interface Made {
  readonly key: StageKey;
  readonly saved: SavedStage;
  readonly artifact: ArtifactKind;
}

/** The ledgers of one kind of an open unit. Call {@link Ledgers.lookUp} first, and {@link Ledgers.settle} at the end. */
export class Ledgers<Ledger> {
  readonly #open: OpenUnit;
  readonly #kind: LedgerKind<Ledger>;
  readonly #stage: Stage;
  readonly #made: Made[] = [];
  /** What the store has: ledgers, and the stages of modules without one. */
  #ledgers: ReadonlyMap<string, SavedStage> = new Map();
  #stages: ReadonlyMap<string, readonly SavedStage[]> = new Map();

  constructor(open: OpenUnit, kind: LedgerKind<Ledger>) {
    this.#open = open;
    this.#kind = kind;
    const last = tagsOf(pipelineOf(open.inputs.mode)).at(-1);
    if (last === undefined) throw new LtoError({ name: "Internal", message: `${open.inputs.mode} LTO has no stages.` });
    this.#stage = last;
  }

  /** Looks up all modules together, which checks their contents in one request. Others are made. @throws LtoError Cancelled */
  async lookUp(modules: readonly string[], signal?: AbortSignal): Promise<void> {
    const { maker, engine } = this.#open;
    const keys = modules.map((module) => this.#keyOf(module, this.#kind));
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
  async of(module: string, signal?: AbortSignal): Promise<Ledger> {
    const { blob } = this.#ledgers.get(module) ?? (await this.#make(module, signal));
    const file = this.#open.maker.store.blobFile(blob);
    return readJsonFile(this.#kind.format, { what: this.#kind.what, file, help: "Remove the file; it is made again." });
  }

  /** Records what was made so far. @throws LtoError FilesChanged */
  async settle(): Promise<void> {
    const { maker, watch, engine } = this.#open;
    await maker.settle();
    const made = this.#made.splice(0);
    if (made.length === 0) return;
    await watch.check();
    // A record guarantees that its blobs exist, even after a power cut.
    await engine.request("syncFiles", { files: made.map(({ saved }) => maker.store.blobFile(saved.blob)) });
    const records: string[] = [];
    for (const { key, saved, artifact } of made) records.push(await maker.store.record(key, [saved], artifact));
    await engine.request("syncFiles", { files: records });
  }

  /** Makes the ledgers of all kinds: one replay hears everything. */
  async #make(module: string, signal?: AbortSignal): Promise<SavedStage> {
    const { maker, analyzed } = this.#open;
    const [stage] = this.#stages.get(module) ?? (await maker.makeAgain(module, [this.#stage], signal)).stages;
    if (stage === undefined) throw new LtoError({ name: "Internal", message: `The engine made no ${this.#stage} of ${module}.`, module });
    const { blobs } = await maker.store.work.layout();
    const begun = performance.now();
    const result = await analyzed.inlineDecisions(module, maker.store.blobFile(stage.blob), blobs, signal);
    const millis = performance.now() - begun;
    const savedAs = ({ from }: Pick<LedgerKind<unknown>, "from">): SavedStage => {
      const { blob, bytes } = from(result);
      return { stage: this.#stage, blob, bytes, instructions: 0, functions: 0, millis, sameAsPrevious: false };
    };
    for (const kind of LEDGER_KINDS) {
      this.#made.push({ key: this.#keyOf(module, kind), saved: savedAs(kind), artifact: kind.artifact });
    }
    return savedAs(this.#kind);
  }

  /** Unlike the key of the module's stages: a record has only one kind of content. */
  #keyOf(module: string, { artifact, schema }: Pick<LedgerKind<unknown>, "artifact" | "schema">): StageKey {
    const key = this.#open.maker.keyOf(module);
    const settings = createHash("sha256")
      .update(JSON.stringify([artifact, schema, key.settings]))
      .digest("hex");
    return { ...key, settings };
  }
}
