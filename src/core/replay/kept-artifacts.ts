/** What is made of an open unit's modules besides their stages: kept in the store by the module's key, like stages, but under a kind of its own. */
import { createHash } from "node:crypto";
import type { SavedFile, SavedStage } from "../../protocol/engine/stages.js";
import type { ArtifactKind, Stage } from "../../protocol/pipelines.js";
import { engineDigests } from "../engine/digests.js";
import type { StageKey } from "../store/store.js";
import type { OpenUnit } from "./open.js";

/** A record has only one kind of content. */
export interface ArtifactKey {
  readonly kind: ArtifactKind;
  readonly key: StageKey;
}

interface Made extends ArtifactKey {
  readonly saved: SavedStage;
}

/** As stages are recorded: a run that is cancelled loses no more than that. */
const MILLIS_BETWEEN_RECORDS = 500;

/** Call {@link KeptArtifacts.settle} at the end. */
export class KeptArtifacts {
  readonly #open: OpenUnit;
  readonly #stage: Stage;
  readonly #made: Made[] = [];
  #recorded = performance.now();

  /** @param stage that they are made from, or after */
  constructor(open: OpenUnit, stage: Stage) {
    this.#open = open;
    this.#stage = stage;
  }

  /**
   * @param schema raised when what is made for equal inputs changes
   * @param more what it depends on besides the module's stages
   */
  keyOf(module: string, kind: ArtifactKind, schema: number, ...more: readonly unknown[]): ArtifactKey {
    const key = this.#open.maker.keyOf(module);
    const settings = createHash("sha256")
      .update(JSON.stringify([kind, schema, key.settings, ...more]))
      .digest("hex");
    return { kind, key: { ...key, settings } };
  }

  /** Looks up all keys together, which checks contents in one request. @returns in their order. @throws LtoError Cancelled */
  async find(keys: readonly ArtifactKey[], signal?: AbortSignal): Promise<(SavedStage | undefined)[]> {
    const { maker, engine } = this.#open;
    const found = await maker.store.findAll(
      keys.map(({ key }) => key),
      [this.#stage],
      engineDigests(engine),
      signal,
    );
    return found.map((saved) => saved?.[0]);
  }

  /** Notes what was made, and records it from time to time. @throws LtoError FilesChanged */
  async add({ kind, key }: ArtifactKey, { blob, bytes }: SavedFile, millis: number): Promise<SavedStage> {
    const saved = { stage: this.#stage, blob, bytes, instructions: 0, functions: 0, millis, sameAsPrevious: false };
    this.#made.push({ kind, key, saved });
    if (performance.now() - this.#recorded > MILLIS_BETWEEN_RECORDS) await this.settle();
    return saved;
  }

  /** Records what was made so far, and stages. @throws LtoError FilesChanged */
  async settle(): Promise<void> {
    const { maker, watch, engine } = this.#open;
    this.#recorded = performance.now();
    const made = this.#made.splice(0);
    await maker.settle();
    if (made.length === 0) return;
    await watch.check();
    // A record guarantees that its blobs exist, even after a power cut.
    await engine.request("syncFiles", { files: made.map(({ saved }) => maker.store.blobFile(saved.blob)) });
    const records: string[] = [];
    for (const { kind, key, saved } of made) records.push(await maker.store.record(key, [saved], kind));
    await engine.request("syncFiles", { files: records });
  }
}
