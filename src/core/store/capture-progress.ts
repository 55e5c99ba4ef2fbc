/** How far a capture is, in a file beside its report: the capture is a task of its own, and the window that started it shows its progress. */
import { setTimeout } from "node:timers/promises";
import * as z from "zod/mini";
import { writeJsonWhole } from "../base/atomic-file.js";
import { readJsonFileIf } from "../base/parse.js";
import { count, formatOf } from "../base/values.js";

export interface BuildProgress {
  /** What is being done: the crate that was compiled last, or a step after the build. */
  readonly message: string;
  /** Compilations and build scripts that have ended. */
  readonly done: number;
  /** null: Cargo did not say. */
  readonly total: number | null;
}

const buildProgress = formatOf<BuildProgress>()(() => z.object({ message: z.string(), done: count, total: z.nullable(count) }));

/** Often enough to follow it, and seldom enough that writing costs nothing. */
const MILLIS_BETWEEN_WRITES = 200;

/** The file of a capture with this report. */
export function progressFile(reportFile: string): string {
  return `${reportFile}.progress`;
}

/** @returns undefined: there is none (yet) */
export function readProgress(reportFile: string): Promise<BuildProgress | undefined> {
  return readJsonFileIf(buildProgress, progressFile(reportFile));
}

/** Writes the file, at most a few times a second; the capture does not wait for it. Who reads the report removes it. */
export class ProgressWriter {
  readonly #file: string;
  #latest: BuildProgress | undefined;
  #writing = false;

  constructor(file: string) {
    this.#file = file;
  }

  tell(progress: BuildProgress): void {
    this.#latest = progress;
    if (this.#writing) return;
    this.#writing = true;
    // Progress that cannot be written is not shown; the capture goes on.
    void this.#write().catch(() => undefined);
  }

  async #write(): Promise<void> {
    await setTimeout(MILLIS_BETWEEN_WRITES, undefined, { ref: false });
    this.#writing = false;
    if (this.#latest !== undefined) await writeJsonWhole(this.#file, this.#latest);
  }
}
