/** Gzipped JSON. The unpacked size is bounded, because a few bytes can unpack to gigabytes of zeros. */
import { promisify } from "node:util";
import { constants, gunzip } from "node:zlib";
import type { output, ZodMiniType } from "zod/mini";
import { LIMITS, readRegularFile } from "./read-file.js";
import { parseJson, type ParseSubject } from "./parse.js";

/** The most that a file may unpack to, as a multiple of its size: ten times what our JSON reaches. Small files may have any ratio. */
const MOST_TIMES = 100;
const SMALL = 64 * 1024 * 1024;

const unpack = promisify(gunzip);

/** Reads a file of gzipped JSON. @throws UnreadableFile; the system's error if the file cannot be opened, zlib's for a damaged file or a bomb */
export async function readPackedJson<Schema extends ZodMiniType>(schema: Schema, subject: ParseSubject): Promise<output<Schema>> {
  const packed = await readRegularFile(subject.file, LIMITS.json);
  const maxOutputLength = Math.min(LIMITS.json, Math.max(SMALL, MOST_TIMES * packed.length));
  return parseJson(schema, (await unpack(packed, { maxOutputLength })).toString("utf8"), subject);
}

/** Unpacks the beginning of a file from its first bytes. @throws zlib's error if they are damaged */
export async function unpackBeginning(packed: Buffer): Promise<string> {
  // The end is intentionally missing.
  const unpacked = await unpack(packed, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: SMALL });
  return unpacked.toString("utf8");
}
