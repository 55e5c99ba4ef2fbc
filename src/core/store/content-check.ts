/**
 * Checks that stored contents match their names. A blob is named by the BLAKE3 digest of its content, so that a flipped bit, half a file or another
 * program's write is noticed before the content is used. The engine computes digests: it has LLVM's BLAKE3 and reads with all threads.
 */
import { stampOf } from "../base/file-digest.js";
import { Lru } from "../base/lru.js";
import { workThrough } from "../base/work-list.js";

/** How many checked contents to remember; they are not read again while the file is the same. */
const KEPT_STAMPS = 20_000;

/** Metadata requests wait for the disk, not for the processor. */
const STATS_AT_ONCE = 16;

/** Digests (lower-case hex) of the contents of files, in the same order; null: not a regular file, or not readable. */
export type DigestFiles = (files: readonly string[], signal?: AbortSignal) => Promise<readonly (string | null)[]>;

export interface ExpectedContent {
  readonly file: string;
  /** BLAKE3-256 in lower-case hex. */
  readonly digest: string;
}

interface Checked {
  readonly digest: string;
  readonly stamp: string;
}

/** Files that are not what was expected. */
export interface Deviating {
  /** With different content. */
  readonly damaged: readonly string[];
  /** Missing, not regular files, or not readable. */
  readonly missing: readonly string[];
}

export class ContentCheck {
  readonly #checked = new Lru<string, Checked>(KEPT_STAMPS);

  /**
   * Compares files with the digests of their contents.
   *
   * @throws LtoError Cancelled, and what starting an engine can throw
   */
  async compare(wanted: readonly ExpectedContent[], digestFiles: DigestFiles, signal?: AbortSignal): Promise<Deviating> {
    const [damaged, missing]: [string[], string[]] = [[], []];
    const unknown: { readonly one: ExpectedContent; readonly stamp: string | null }[] = [];
    await workThrough(wanted, STATS_AT_ONCE, async (one) => {
      const stamp = await settledStampOf(one.file);
      if (stamp === undefined) missing.push(one.file);
      else if (stamp === null || !this.#isChecked(one, stamp)) unknown.push({ one, stamp });
    });
    if (unknown.length === 0) return { damaged, missing };
    const digests = await digestFiles(
      unknown.map(({ one }) => one.file),
      signal,
    );
    for (const [index, { one, stamp }] of unknown.entries()) {
      const digest = digests[index] ?? null;
      if (digest === null) missing.push(one.file);
      else if (digest !== one.digest) damaged.push(one.file);
      else if (stamp !== null) this.#checked.set(one.file, { digest: one.digest, stamp });
    }
    return { damaged, missing };
  }

  #isChecked({ file, digest }: ExpectedContent, stamp: string): boolean {
    const known = this.#checked.get(file);
    return known?.digest === digest && known.stamp === stamp;
  }
}

/** undefined: there is no file; null: it was written so recently that its next change may not show. */
async function settledStampOf(file: string): Promise<string | null | undefined> {
  try {
    const { text, settled } = await stampOf(file);
    return settled ? text : null;
  } catch {
    return undefined;
  }
}
