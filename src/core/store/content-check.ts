/**
 * Whether stored contents are what their names say. A blob is named by the BLAKE3 digest of its content, so that a flipped bit, half a file or another
 * program's write is noticed before anything is served. The engine computes digests: it has LLVM's BLAKE3 and reads with all threads.
 */
import { stampOf } from "../base/file-digest.js";
import { Lru } from "../base/lru.js";
import { workThrough } from "../base/work-list.js";

/** Contents that were found to be right and are not read again while the file is the same one. */
const KEPT_STAMPS = 20_000;

/** Metadata is asked of the disk, not computed. */
const STATS_AT_ONCE = 16;

/** Digests (lower-case hex) of the contents of files, in the same order; null: no regular file, or not to be read. */
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
  /** With other bytes. */
  readonly damaged: readonly string[];
  /** Not there, no regular files, or not to be read. */
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

/** undefined: there is no file; null: it was written so lately that its next change may not show. */
async function settledStampOf(file: string): Promise<string | null | undefined> {
  try {
    const { text, settled } = await stampOf(file);
    return settled ? text : null;
  } catch {
    return undefined;
  }
}
