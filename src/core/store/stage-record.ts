/** `stages/<2 hex>/<digest>.json`: which stages a module has produced. A digest of all of it is in it, so that a flipped bit is noticed. */
import { createHash } from "node:crypto";
import * as z from "zod/mini";
import type { SavedStage } from "../../protocol/engine/stages.js";
import { LtoError } from "../base/errors.js";
import { parseJson } from "../base/parse.js";
import { digest256, count, millis, stage } from "../base/values.js";

const recordSchema = z.lazy(() =>
  z.object({
    schema: z.literal(2),
    /** The record's name: a record is nobody else's. */
    key: digest256,
    module: z.string(),
    stages: z.array(
      z.object({
        stage,
        blob: digest256,
        bytes: count,
        instructions: count,
        functions: count,
        millis,
        sameAsPrevious: z.boolean(),
      }),
    ),
    /** SHA-256 over everything else. */
    digest: digest256,
  }),
);

/** The blobs that a record names, of whatever version it is. */
export const recordedBlobs = z.lazy(() => z.object({ stages: z.array(z.object({ blob: digest256 })) }));

export interface StageRecord {
  /** The record's name in the store. */
  readonly key: string;
  /** rustc's name, without the invocation id. */
  readonly module: string;
  readonly stages: readonly SavedStage[];
}

/** The text of a record's file. */
export function formatStageRecord(record: StageRecord): string {
  return `${JSON.stringify({ schema: 2, ...record, digest: digestOf(record) }, null, 2)}\n`;
}

/**
 * Reads a record.
 *
 * @param key the name of the file
 * @throws LtoError UnreadableFile when it is damaged, or another's
 */
export function parseStageRecord(text: string, key: string, file: string): StageRecord {
  const subject = { what: "A record of stages", file, help: "Remove the file: what it names is made again." };
  const { digest, key: own, module, stages } = parseJson(recordSchema, text, subject);
  const record = { key: own, module, stages };
  if (own === key && digest === digestOf(record)) return record;
  const why = own === key ? "its content is not what was written" : `it is the record of ${own}`;
  throw new LtoError({ name: "UnreadableFile", message: `${subject.what} cannot be read: ${why} (${file}).`, file, help: subject.help });
}

function digestOf({ key, module, stages }: StageRecord): string {
  const parts = stages.map(({ stage, blob, bytes, instructions, functions, millis, sameAsPrevious }) => {
    return [stage, blob, bytes, instructions, functions, millis, sameAsPrevious];
  });
  return createHash("sha256")
    .update(JSON.stringify([key, module, parts]))
    .digest("hex");
}
