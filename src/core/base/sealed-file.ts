/** JSON files of the store that are believed only whole: each carries a digest of its content, and one that does not fit its digest counts as none. */
import { createHash } from "node:crypto";
import * as z from "zod/mini";
import type { output, ZodMiniType } from "zod/mini";
import { writeJsonWhole } from "./atomic-file.js";
import { readJsonFileIf } from "./parse.js";

/** What every sealed file has around its content. */
export const SEALED = z.object({ schema: z.literal(2), digest: z.string(), content: z.unknown() });

/** @returns undefined where there is none, or none that can be believed */
export async function readSealed<Schema extends ZodMiniType>(schema: Schema, file: string): Promise<output<Schema> | undefined> {
  const sealed = await readJsonFileIf(SEALED, file);
  if (sealed?.content === undefined) return undefined;
  return sealed.digest === digestOf(sealed.content) ? schema.safeParse(sealed.content).data : undefined;
}

/** Writes content that `readSealed` believes. @throws the system's error */
export async function writeSealed(file: string, content: unknown): Promise<void> {
  await writeJsonWhole(file, { schema: 2, digest: digestOf(content), content });
}

function digestOf(content: unknown): string {
  return createHash("sha256").update(JSON.stringify(content)).digest("hex");
}
