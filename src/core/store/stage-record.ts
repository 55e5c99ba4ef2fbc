/** `stages/<2 hex>/<digest>.json`: the stages of a module. It contains a digest of itself, so that a flipped bit is noticed. */
import { createHash } from "node:crypto";
import * as z from "zod/mini";
import type { SavedStage } from "../../protocol/engine/stages.js";
import type { ArtifactKind, Stage } from "../../protocol/pipelines.js";
import { stageInfo } from "../../protocol/stages.js";
import { LtoError } from "../base/errors.js";
import { parseJson } from "../base/parse.js";
import { artifactKind, digest256, count, millis, stage } from "../base/values.js";

const savedStage = {
  stage,
  blob: digest256,
  bytes: count,
  instructions: count,
  functions: count,
  millis,
  sameAsPrevious: z.boolean(),
};

const facts = {
  /** The record's own name. */
  key: digest256,
  module: z.string(),
  /** SHA-256 over everything else. */
  digest: digest256,
};

const newRecord = z.lazy(() =>
  z.object({ schema: z.literal(3), ...facts, stages: z.array(z.object({ ...savedStage, artifact: artifactKind })) }),
);

/** Records of schema 2 have no kinds: they list bitcode. */
const olderRecord = z.lazy(() => z.object({ schema: z.literal(2), ...facts, stages: z.array(z.object(savedStage)) }));

const stageRecord = z.lazy(() => z.discriminatedUnion("schema", [newRecord, olderRecord]));

const OLDER_KIND: ArtifactKind = "bitcode";

/** The blobs that a record of any version names. */
export const recordedBlobs = z.lazy(() => z.object({ stages: z.array(z.object({ blob: digest256 })) }));

export interface RecordedStage extends SavedStage {
  /** The kind of the blob. */
  readonly artifact: ArtifactKind;
}

export interface StageRecord {
  /** The record's name in the store. */
  readonly key: string;
  /** rustc's name, without the invocation id. */
  readonly module: string;
  readonly stages: readonly RecordedStage[];
}

/** The kind of a stage's artifact. */
export function artifactOf(tag: Stage): ArtifactKind {
  return stageInfo(tag)?.artifact ?? OLDER_KIND;
}

/** The text of a record's file. */
export function formatStageRecord(record: StageRecord): string {
  return `${JSON.stringify({ schema: 3, ...record, digest: digestOf(record, { kinds: true }) }, null, 2)}\n`;
}

/**
 * Reads a record.
 *
 * @param key the name of the file
 * @throws LtoError UnreadableFile if it is damaged or has another record's name
 */
export function parseStageRecord(text: string, key: string, file: string): StageRecord {
  const subject = { what: "A record of stages", file, help: "Remove the file: what it names is made again." };
  const { digest, ...parsed } = parseJson(stageRecord, text, subject);
  const record = parsed.schema === 3 ? parsed : { ...parsed, stages: parsed.stages.map((saved) => ({ ...saved, artifact: OLDER_KIND })) };
  if (record.key === key && digest === digestOf(record, { kinds: parsed.schema === 3 })) {
    return { key, module: record.module, stages: record.stages };
  }
  const why = record.key === key ? "its content is not what was written" : `it is the record of ${record.key}`;
  throw new LtoError({ name: "UnreadableFile", message: `${subject.what} cannot be read: ${why} (${file}).`, file, help: subject.help });
}

/** @param kinds whether the record names the kinds of its artifacts */
function digestOf({ key, module, stages }: StageRecord, { kinds }: { readonly kinds: boolean }): string {
  const parts = stages.map(({ stage, blob, bytes, instructions, functions, millis, sameAsPrevious, artifact }) => {
    return [stage, blob, bytes, instructions, functions, millis, sameAsPrevious, ...(kinds ? [artifact] : [])];
  });
  return createHash("sha256")
    .update(JSON.stringify([key, module, parts]))
    .digest("hex");
}
