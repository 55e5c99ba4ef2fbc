/** Outputs and measurements of settings, kept so that nothing is linked or measured twice. */
import { createHash } from "node:crypto";
import { stat, utimes } from "node:fs/promises";
import path from "node:path";
import * as z from "zod/mini";
import { copyFileWhole, writeJsonWhole } from "../base/atomic-file.js";
import { digestFile } from "../base/file-digest.js";
import { makeFolder } from "../base/folders.js";
import { readJsonFileIf } from "../base/parse.js";
import { count, formatOf, millis } from "../base/values.js";
import type { StoreLayout } from "../store/store-layout.js";

/** Raise it when what is measured changes. */
const SCHEMA = 1;

/** What was measured of a replay and its link. */
export interface MeasuredReplay {
  readonly schema: typeof SCHEMA;
  readonly ltoMillis: number;
  readonly linkMillis: number;
  readonly peakMemoryBytes: number;
  /** Whether the output is the capture's. */
  readonly identical: boolean;
  /** SHA-256 of the output. */
  readonly digest: string;
}

const measuredReplay = formatOf<MeasuredReplay>()(() =>
  z.object({
    schema: z.literal(SCHEMA),
    ltoMillis: millis,
    linkMillis: millis,
    peakMemoryBytes: count,
    identical: z.boolean(),
    digest: z.string(),
  }),
);

/** The copy of an output. */
export interface KeptProgram {
  readonly file: string;
  /** SHA-256 of its content. */
  readonly digest: string;
}

/** Keeps the output of a build without LTO, which the next build may replace. */
export async function keepOutput(layout: StoreLayout, ref: string, file: string): Promise<KeptProgram> {
  const digest = await digestFile(file);
  const folder = path.join(layout.advice, ref, digest.slice(0, 16));
  const copy = path.join(folder, path.basename(file));
  if ((await digestFile(copy).catch(() => undefined)) === digest) {
    await markUsed(folder);
    return { file: copy, digest };
  }
  await makeFolder(folder);
  await copyFileWhole(file, copy);
  return { file: copy, digest: await digestFile(copy) };
}

/** What is in use is not pruned. */
async function markUsed(folder: string): Promise<void> {
  const now = new Date();
  await utimes(folder, now, now).catch(() => undefined);
}

/** The place of one setting's output. */
export class KeptReplay {
  /** The output; it exists only if {@link KeptReplay.read} finds it. */
  readonly output: string;
  readonly #folder: string;

  /**
   * @param ref the capture
   * @param identity of everything that determines the output
   * @param name the output's file name
   */
  constructor(layout: StoreLayout, ref: string, identity: readonly string[], name: string) {
    const digest = createHash("sha256").update(JSON.stringify(identity)).digest("hex").slice(0, 16);
    this.#folder = path.join(layout.advice, ref, digest);
    this.output = path.join(this.#folder, "output", name);
  }

  /** @returns undefined: it was not measured, or the output was damaged since */
  async read(): Promise<MeasuredReplay | undefined> {
    const found = await readJsonFileIf(measuredReplay, this.#file);
    if (found === undefined || (await stat(this.output).catch(() => undefined))?.isFile() !== true) return undefined;
    if ((await digestFile(this.output)) !== found.digest) return undefined;
    await markUsed(this.#folder);
    return found;
  }

  /** @param file exists only during the call */
  async write(file: string, measured: Omit<MeasuredReplay, "schema" | "digest">): Promise<MeasuredReplay> {
    await makeFolder(path.dirname(this.output));
    await copyFileWhole(file, this.output);
    const whole = { schema: SCHEMA, ...measured, digest: await digestFile(this.output) } as const;
    await writeJsonWhole(this.#file, whole);
    return whole;
  }

  get #file(): string {
    return path.join(this.#folder, "measured.json");
  }
}
