/**
 * The stage store keeps the stages of modules by engine and settings, so that nothing is computed twice. Contents are blobs named by their hash
 * (equal stages are stored once); a record per (engine, settings, module key, module name) lists the stages. Every content is checked against its
 * name before it is used.
 */
import { createHash } from "node:crypto";
import { utimes } from "node:fs/promises";
import { join } from "node:path";
import type { SavedStage } from "../../protocol/engine/stages.js";
import { withoutInvocationId } from "../../protocol/module-names.js";
import type { ArtifactKind } from "../../protocol/pipelines.js";
import type { Stage } from "../../protocol/stages.js";
import { writeFileWhole } from "../base/atomic-file.js";
import { systemCode } from "../base/errors.js";
import { artifactOf, formatStageRecord, parseStageRecord, type RecordedStage, type StageRecord } from "./stage-record.js";
import { LIMITS, readTextFile } from "../base/read-file.js";
import { workThrough } from "../base/work-list.js";
import { ContentCheck, type DigestFiles, type ExpectedContent } from "./content-check.js";
import { blobOf, type StoreLayout } from "./store-layout.js";
import { WorkPlace } from "./work-place.js";

/** What a stored result depends on. */
export interface StageKey {
  /** The loaded libLLVM: version, revision, and the digest of its content; and the digest of the engine itself. */
  readonly engine: { readonly version: string; readonly revision: string; readonly library: string; readonly addon: string };
  /** Digest of everything that affects a stage and is not in the module's key: settings, LLVM arguments, promotion suffixes. */
  readonly settings: string;
  /** LLVM's cache key of the module, and a digest of its bitcode and that of the modules it imports from. */
  readonly moduleKey: string;
  /** rustc's name; the invocation id in it is ignored. */
  readonly module: string;
}

/** Look-ups wait for the disk, not for the processor. */
const LOOK_UPS_AT_ONCE = 8;

export class StageStore {
  readonly layout: StoreLayout;
  readonly work: WorkPlace;
  readonly #check = new ContentCheck();
  readonly #listeners = new Set<(file: string) => void>();

  constructor(layout: StoreLayout, work: WorkPlace = new WorkPlace(layout)) {
    this.layout = layout;
    this.work = work;
  }

  /** The file of a blob. */
  blobFile(blob: string): string {
    return this.work.blobFile(blob);
  }

  /** The blob in a file of the store; undefined: the file is not a blob. */
  blobOf(file: string): string | undefined {
    return this.work.known.map((layout) => blobOf(layout, file)).find((blob) => blob !== undefined);
  }

  /** Calls a listener with the file of every damaged stage. @returns a function that removes the listener */
  onDamage(listener: (file: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * The stored stages of a module.
   *
   * @param digests `engineDigests`
   * @returns the requested stages in order, or undefined if one of them is missing (or its blob is missing or damaged)
   */
  async find(key: StageKey, wanted: readonly Stage[], digests: DigestFiles, signal?: AbortSignal): Promise<SavedStage[] | undefined> {
    return (await this.findAll([key], wanted, digests, signal))[0];
  }

  /** Like `find`, for many modules, whose contents are checked together. */
  async findAll(
    keys: readonly StageKey[],
    wanted: readonly Stage[],
    digests: DigestFiles,
    signal?: AbortSignal,
  ): Promise<(SavedStage[] | undefined)[]> {
    const found = new Map<StageKey, SavedStage[]>();
    await workThrough(keys, LOOK_UPS_AT_ONCE, async (key) => {
      const stages = await this.#recorded(key, wanted);
      if (stages !== undefined) found.set(key, stages);
    });
    const damaged = await this.#damaged([...found.values()].flat(), digests, signal);
    return keys.map((key) => {
      const stages = found.get(key);
      return stages?.every(({ blob }) => !damaged.has(blob)) === true ? stages : undefined;
    });
  }

  /** Whether a blob exists and its content matches its name. */
  async holds(blob: string, digests: DigestFiles, signal?: AbortSignal): Promise<boolean> {
    return (await this.#damaged([{ blob }], digests, signal)).size === 0;
  }

  /**
   * Records stages whose blobs the engine has written; earlier ones stay. A record left incomplete by a power cut is ignored.
   *
   * @param artifact the kind of the blobs, if it is not the stages' own
   * @returns the record's file
   */
  async record(key: StageKey, stages: readonly SavedStage[], artifact?: ArtifactKind): Promise<string> {
    const file = recordFile(await this.work.layout(), key);
    const earlier = (await readRecord(file, stageDigest(key)))?.stages ?? [];
    const kept = earlier.filter((old) => stages.every((fresh) => fresh.stage !== old.stage));
    const added = stages.map((fresh): RecordedStage => ({ ...fresh, artifact: artifact ?? artifactOf(fresh.stage) }));
    const record = { key: stageDigest(key), module: withoutInvocationId(key.module), stages: [...kept, ...added] };
    await writeFileWhole(file, formatStageRecord(record), "later");
    return file;
  }

  async #recorded(key: StageKey, wanted: readonly Stage[]): Promise<SavedStage[] | undefined> {
    for (const layout of this.work.known) {
      const stages = await this.#recordedIn(recordFile(layout, key), key, wanted);
      if (stages !== undefined) return stages;
    }
    return undefined;
  }

  async #recordedIn(file: string, key: StageKey, wanted: readonly Stage[]): Promise<SavedStage[] | undefined> {
    const record = await readRecord(file, stageDigest(key));
    const found = wanted.flatMap((stage) => record?.stages.find((saved) => saved.stage === stage) ?? []);
    if (record === undefined || found.length < wanted.length) return undefined;
    // It may just have been pruned.
    return (await touch(file)) ? found.map(asSaved) : undefined;
  }

  /** Blobs that are missing or damaged. */
  async #damaged(
    wanted: readonly Pick<SavedStage, "blob">[] | readonly SavedStage[],
    digests: DigestFiles,
    signal?: AbortSignal,
  ): Promise<Set<string>> {
    // A stage that changed nothing has the blob of the previous one.
    const contents = new Map<string, ExpectedContent>(wanted.map(({ blob }) => [blob, { file: this.blobFile(blob), digest: blob }]));
    const { damaged, missing } = await this.#check.compare([...contents.values()], digests, signal);
    for (const file of damaged) for (const listener of this.#listeners) listener(file);
    return new Set([...damaged, ...missing].map((file) => this.blobOf(file) ?? ""));
  }
}

/** As the engine reports it: the kind follows from the stage. */
function asSaved({ artifact: _, ...saved }: RecordedStage): SavedStage {
  return saved;
}

function recordFile({ stages }: StoreLayout, key: StageKey): string {
  const digest = stageDigest(key);
  return join(stages, digest.slice(0, 2), `${digest}.json`);
}

/** The warning about a damaged stage in the store. */
export function damagedStage(file: string): string {
  return `A stored stage was damaged on disk and is made again: ${file}.`;
}

/** The name of a record: SHA-256 of everything that its content depends on. */
export function stageDigest(key: StageKey): string {
  const { version, revision, library, addon } = key.engine;
  const parts = [version, revision, library, addon, key.settings, key.moduleKey, withoutInvocationId(key.module)];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

/** A damaged record is ignored: its stages are made again. */
async function readRecord(file: string, key: string): Promise<StageRecord | undefined> {
  try {
    return parseStageRecord(await readTextFile(file, LIMITS.json), key, file);
  } catch {
    return undefined;
  }
}

/**
 * A record's time is that of its last use; it does not matter if it cannot be set (read-only store).
 *
 * @returns whether the record still exists
 */
async function touch(file: string): Promise<boolean> {
  const now = new Date();
  return utimes(file, now, now).then(
    () => true,
    (error: unknown) => systemCode(error) !== "ENOENT",
  );
}
