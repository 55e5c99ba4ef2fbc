/** What a replay that listens gives for each module: kept in the store by the module's key, like a stage, so that a second look costs nothing. */
import type { SavedStage } from "../../../protocol/engine/stages.js";
import { pipelineOf, type Stage } from "../../../protocol/pipelines.js";
import { tagsOf } from "../../../protocol/stages.js";
import { LtoError } from "../../base/errors.js";
import { readJsonFile } from "../../base/parse.js";
import { KeptArtifacts, type ArtifactKey } from "../../replay/kept-artifacts.js";
import type { OpenUnit } from "../../replay/open.js";
import { LEDGER_KINDS, type LedgerKind } from "./ledger-formats.js";

/** The ledgers of one kind of an open unit. Call {@link Ledgers.lookUp} first, and {@link Ledgers.settle} at the end. */
export class Ledgers<Ledger> {
  readonly #open: OpenUnit;
  readonly #kind: LedgerKind<Ledger>;
  readonly #stage: Stage;
  readonly #kept: KeptArtifacts;
  /** What the store has: ledgers, and the stages of modules without one. */
  #ledgers: ReadonlyMap<string, SavedStage> = new Map();
  #stages: ReadonlyMap<string, readonly SavedStage[]> = new Map();

  constructor(open: OpenUnit, kind: LedgerKind<Ledger>) {
    this.#open = open;
    this.#kind = kind;
    const last = tagsOf(pipelineOf(open.inputs.mode)).at(-1);
    if (last === undefined) throw new LtoError({ name: "Internal", message: `${open.inputs.mode} LTO has no stages.` });
    this.#stage = last;
    this.#kept = new KeptArtifacts(open, last);
  }

  /** Looks up all modules together, which checks their contents in one request. Others are made. @throws LtoError Cancelled */
  async lookUp(modules: readonly string[], signal?: AbortSignal): Promise<void> {
    const found = await this.#kept.find(
      modules.map((module) => this.#keyOf(module, this.#kind)),
      signal,
    );
    this.#ledgers = new Map(
      modules.flatMap((module, index) => {
        const saved = found[index];
        return saved === undefined ? [] : [[module, saved] as const];
      }),
    );
    const missing = modules.filter((module) => !this.#ledgers.has(module));
    this.#stages = await this.#open.maker.storedOf(missing, [this.#stage], signal);
  }

  /** Whether the ledger of a module is in the store. */
  isStored(module: string): boolean {
    return this.#ledgers.has(module);
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
  settle(): Promise<void> {
    return this.#kept.settle();
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
    for (const other of LEDGER_KINDS) {
      if (other.artifact !== this.#kind.artifact) await this.#kept.add(this.#keyOf(module, other), other.from(result), millis);
    }
    return this.#kept.add(this.#keyOf(module, this.#kind), this.#kind.from(result), millis);
  }

  #keyOf(module: string, { artifact, schema }: Pick<LedgerKind<unknown>, "artifact" | "schema">): ArtifactKey {
    return this.#kept.keyOf(module, artifact, schema);
  }
}
