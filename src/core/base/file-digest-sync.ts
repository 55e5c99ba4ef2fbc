/** Digests of many files in sequence, synchronously: see read-file-sync.ts. */
import { createHash } from "node:crypto";
import { fstatSync, readSync } from "node:fs";
import { withRegularFileSync } from "./read-file-sync.js";
import { LIMITS } from "./read-file.js";

const CHUNK = 1 << 20;

/** Computes digests with buffers that are allocated once. */
export class FileDigests {
  readonly #mine = Buffer.allocUnsafe(CHUNK);
  readonly #theirs = Buffer.allocUnsafe(CHUNK);

  /** SHA-256 of a regular file's content. @throws the system's error; UnreadableFile for anything but a regular file */
  of(file: string): string {
    return withRegularFileSync(file, LIMITS.bitcode, (descriptor) => {
      const hash = createHash("sha256");
      for (let chunk = fill(descriptor, this.#mine); chunk.length > 0; chunk = fill(descriptor, this.#mine)) hash.update(chunk);
      return hash.digest("hex");
    });
  }

  /**
   * Whether two regular files have the same content.
   *
   * @returns its SHA-256; undefined if they differ
   * @throws as `of` does
   */
  ifEqual(left: string, right: string): string | undefined {
    return withRegularFileSync(left, LIMITS.bitcode, (one) =>
      withRegularFileSync(right, LIMITS.bitcode, (other) =>
        fstatSync(one).size === fstatSync(other).size ? this.#ofEqual(one, other) : undefined,
      ),
    );
  }

  #ofEqual(left: number, right: number): string | undefined {
    const hash = createHash("sha256");
    for (;;) {
      const [first, second] = [fill(left, this.#mine), fill(right, this.#theirs)];
      if (!first.equals(second)) return undefined;
      if (first.length === 0) return hash.digest("hex");
      hash.update(first);
    }
  }
}

/** Reads on until the buffer is full or the file ends. */
function fill(descriptor: number, buffer: Buffer): Buffer {
  let filled = 0;
  while (filled < buffer.length) {
    const read = readSync(descriptor, buffer, filled, buffer.length - filled, null);
    if (read === 0) break;
    filled += read;
  }
  return buffer.subarray(0, filled);
}
