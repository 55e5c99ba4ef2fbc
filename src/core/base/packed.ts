/** JSON that is kept gzipped. What it unpacks to is bounded: a few bytes can stand for gigabytes of zeros. */
import { promisify } from "node:util";
import { constants, gunzip } from "node:zlib";
import type { output, ZodMiniType } from "zod/mini";
import { LIMITS, readRegularFile } from "./read-file.js";
import { parseJson, type ParseSubject } from "./parse.js";

/** What our JSON is packed to is at least a tenth of this part of it; small files may be of any kind. */
const MOST_TIMES = 100;
const SMALL = 64 * 1024 * 1024;

const unpack = promisify(gunzip);

/** Reads a file of gzipped JSON. @throws UnreadableFile; the system's error where the file cannot be opened, zlib's for one that is damaged or a bomb */
export async function readPackedJson<Schema extends ZodMiniType>(schema: Schema, subject: ParseSubject): Promise<output<Schema>> {
  const packed = await readRegularFile(subject.file, LIMITS.json);
  const maxOutputLength = Math.min(LIMITS.json, Math.max(SMALL, MOST_TIMES * packed.length));
  return parseJson(schema, (await unpack(packed, { maxOutputLength })).toString("utf8"), subject);
}

/** The beginning of what a cut beginning of a file unpacks to. @throws zlib's error for what is damaged */
export async function unpackBeginning(packed: Buffer): Promise<string> {
  // The end is missing on purpose.
  const unpacked = await unpack(packed, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: SMALL });
  return unpacked.toString("utf8");
}
