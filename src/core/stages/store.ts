/**
 * The stage store: what a module produced under an engine and settings is kept, so that nothing is computed twice. Contents are blobs addressed by
 * their hash (equal stages are stored once); a record per (engine, settings, module key, module name) lists the stages.
 */
import { createHash } from "node:crypto";
import { readFile, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import type { SavedStage } from "../../protocol/engine.js";
import { withoutInvocationId } from "../../protocol/module-names.js";
import type { Stage } from "../../protocol/stages.js";
import { writeJsonWhole } from "../atomic-file.js";
import type { StoreLayout } from "./store-layout.js";

/** What a stored result depends on. */
export interface StageKey {
  /** The loaded libLLVM: version and revision; and the engine itself. */
  readonly engine: { readonly version: string; readonly revision: string; readonly addon: string };
  /** Digest of everything that changes a stage and is not in the module's key: settings, LLVM arguments, promotion suffixes. */
  readonly settings: string;
  /** LLVM's cache key of the module (upper-case hex). */
  readonly moduleKey: string;
  /** rustc's name; the invocation id in it is ignored. */
  readonly module: string;
}

interface StageRecord {
  readonly schema: 1;
  readonly module: string;
  readonly stages: readonly SavedStage[];
}

export class StageStore {
  readonly layout: StoreLayout;

  constructor(layout: StoreLayout) {
    this.layout = layout;
  }

  /** The file that a blob stands in. */
  blobFile(blob: string): string {
    return join(this.layout.blobs, blob.slice(0, 2), `${blob.slice(2)}.bc`);
  }

  /**
   * The stored stages of a module.
   *
   * @returns the wanted stages in the order asked for, or undefined when one of them is not there (or its blob is gone or cut short)
   */
  async find(key: StageKey, wanted: readonly Stage[]): Promise<SavedStage[] | undefined> {
    const file = this.#recordFile(key);
    const record = await readRecord(file);
    if (record === undefined) return undefined;
    const found: SavedStage[] = [];
    for (const stage of wanted) {
      const saved = record.stages.find((candidate) => candidate.stage === stage);
      if (saved === undefined) return undefined;
      found.push(saved);
    }
    // A stage that changed nothing has the blob of the one before.
    const blobs = new Map(found.map((saved) => [saved.blob, saved]));
    const held = await Promise.all([...blobs.values()].map((saved) => this.#holds(saved)));
    if (held.includes(false)) return undefined;
    await touch(file);
    return found;
  }

  /** Records stages whose blobs the engine has written; those recorded before stay. */
  async record(key: StageKey, stages: readonly SavedStage[]): Promise<void> {
    const file = this.#recordFile(key);
    const earlier = (await readRecord(file))?.stages ?? [];
    const kept = earlier.filter((old) => stages.every((fresh) => fresh.stage !== old.stage));
    const record: StageRecord = { schema: 1, module: withoutInvocationId(key.module), stages: [...kept, ...stages] };
    await writeJsonWhole(file, record);
  }

  #recordFile(key: StageKey): string {
    const digest = stageDigest(key);
    return join(this.layout.stages, digest.slice(0, 2), `${digest}.json`);
  }

  async #holds(saved: SavedStage): Promise<boolean> {
    try {
      return (await stat(this.blobFile(saved.blob))).size === saved.bytes;
    } catch {
      return false;
    }
  }
}

/** The name of a record: SHA-256 over all that its content depends on. */
export function stageDigest(key: StageKey): string {
  const parts = [key.engine.version, key.engine.revision, key.engine.addon, key.settings, key.moduleKey, withoutInvocationId(key.module)];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

async function readRecord(file: string): Promise<StageRecord | undefined> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch {
    return undefined;
  }
  return parseRecord(text);
}

/** A damaged record counts as none: it is made again. */
function parseRecord(text: string): StageRecord | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null || !("schema" in value) || value.schema !== 1) return undefined;
    return "stages" in value && Array.isArray(value.stages) ? (value as StageRecord) : undefined;
  } catch {
    return undefined;
  }
}

/** The time of a record says when it was last used; that it cannot be set (read-only store) harms nothing. */
async function touch(file: string): Promise<void> {
  const now = new Date();
  await utimes(file, now, now).catch(() => undefined);
}
