/**
 * Remembers digests of files that are too large, or too many, to be read each time, with the stamp of each file. The memory is a file of the store
 * with its own digest, so that a damaged, half-written or edited one counts as missing.
 */
import * as z from "zod/mini";
import { digestFile, stampOf } from "./file-digest.js";
import { readSealed, writeSealed } from "./sealed-file.js";

const MEMORY = z.object({ files: z.record(z.string(), z.tuple([z.string(), z.string()])) });

export class DigestMemory {
  readonly #file: string;
  /** Path → stamp and digest. */
  readonly #known: Map<string, readonly [string, string]>;
  #changed = false;

  private constructor(file: string, known: Map<string, readonly [string, string]>) {
    this.#file = file;
    this.#known = known;
  }

  /** @param file the memory's file; it need not exist */
  static async open(file: string): Promise<DigestMemory> {
    const kept = await readSealed(MEMORY, file);
    return new DigestMemory(file, new Map(Object.entries(kept?.files ?? {})));
  }

  /**
   * SHA-256 of a file's content, without reading it if it has not changed since it was digested.
   *
   * @throws the system's error; UnreadableFile for anything but a regular file
   */
  async digest(file: string): Promise<string> {
    const before = await stampOf(file);
    const [stamp, kept] = this.#known.get(file) ?? [];
    if (kept !== undefined && stamp === before.text) return kept;
    const digest = await digestFile(file);
    const after = await stampOf(file);
    if (before.settled && after.text === before.text) this.#keep(file, before.text, digest);
    else this.#forget(file);
    return digest;
  }

  /** Writes new digests. In a read-only store, the only cost is reading the files again. */
  async save(): Promise<void> {
    if (!this.#changed) return;
    this.#changed = false;
    await writeSealed(this.#file, { files: Object.fromEntries(this.#known) }).catch(() => undefined);
  }

  #keep(file: string, stamp: string, digest: string): void {
    this.#known.set(file, [stamp, digest]);
    this.#changed = true;
  }

  #forget(file: string): void {
    if (this.#known.delete(file)) this.#changed = true;
  }
}
