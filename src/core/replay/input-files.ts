/** The files that a run reads: whether they are all there, and whether something changed them under it. */
import { access, constants, stat } from "node:fs/promises";
import { LtoError, messageOf, systemCode } from "../base/errors.js";
import { stampFrom, stampOf } from "../base/file-digest.js";
import { LIMITS, refuseUnfit } from "../base/read-file.js";

/**
 * Notices that a build changes files under a run: device, inode, size and time of every file are taken at the start and compared when asked. A
 * build makes hard links to what it made, which changes nothing of it.
 */
export class InputWatch {
  readonly #stamps: ReadonlyMap<string, string>;

  private constructor(stamps: ReadonlyMap<string, string>) {
    this.#stamps = stamps;
  }

  /** @throws LtoError UnreadableFile for the first file that is missing or cannot be read */
  static async take(files: Iterable<string>, help: string): Promise<InputWatch> {
    const stamps = new Map<string, string>();
    await Promise.all(
      [...new Set(files)].map(async (file) => {
        try {
          await access(file, constants.R_OK);
          const found = await stat(file, { bigint: true });
          refuseUnfit(file, { isFile: () => found.isFile(), size: Number(found.size) }, LIMITS.bitcode);
          stamps.set(file, stampFrom(found).file);
        } catch (error) {
          throw unreadable(file, error, help);
        }
      }),
    );
    return new InputWatch(stamps);
  }

  get files(): string[] {
    return [...this.#stamps.keys()];
  }

  /** @throws LtoError FilesChanged naming the first file that is not what it was */
  async check(): Promise<void> {
    await Promise.all(
      [...this.#stamps].map(async ([file, before]) => {
        const now = await stampOf(file).catch(() => undefined);
        if (now?.file === before) return;
        throw new LtoError({
          name: "FilesChanged",
          message: `${file} ${now === undefined ? "was removed" : "was changed"} while it was being read; the results are discarded.`,
          file,
          help: "Wait until the build has finished and run the command again (or capture the unit again).",
        });
      }),
    );
  }
}

function unreadable(file: string, error: unknown, help: string): LtoError {
  if (error instanceof LtoError) return new LtoError({ ...error.report, help }, { cause: error });
  const missing = systemCode(error) === "ENOENT";
  return new LtoError({
    name: "UnreadableFile",
    message: missing ? `${file} does not exist.` : `${file} cannot be read: ${messageOf(error)}`,
    file,
    help,
  });
}
