/** JSON files of the store that are trusted only if intact: each has a digest of its content, and counts as missing if that does not match. */
import { createHash } from "node:crypto";
import * as z from "zod/mini";
import type { output, ZodMiniType } from "zod/mini";
import { writeJsonWhole } from "./atomic-file.js";
import { readJsonFileIf } from "./parse.js";

/** The envelope of every sealed file. */
export const SEALED = z.object({ schema: z.literal(2), digest: z.string(), content: z.unknown() });

/** @returns undefined if it is missing or not intact */
export async function readSealed<Schema extends ZodMiniType>(schema: Schema, file: string): Promise<output<Schema> | undefined> {
  const sealed = await readJsonFileIf(SEALED, file);
  if (sealed?.content === undefined) return undefined;
  return sealed.digest === digestOf(sealed.content) ? schema.safeParse(sealed.content).data : undefined;
}

/** Writes content that `readSealed` accepts. @throws the system's error */
export async function writeSealed(file: string, content: unknown): Promise<void> {
  await writeJsonWhole(file, { schema: 2, digest: digestOf(content), content });
}

function digestOf(content: unknown): string {
  return createHash("sha256").update(JSON.stringify(content)).digest("hex");
}
