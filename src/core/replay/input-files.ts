/** Checks the files that a run reads: that all of them exist, and that nothing changes them during the run. */
import { access, constants, stat } from "node:fs/promises";
import { LtoError, messageOf, systemCode } from "../base/errors.js";
import { stampFrom, stampOf } from "../base/file-digest.js";
import { LIMITS, refuseUnfit } from "../base/read-file.js";

/**
 * Notices when a build changes files during a run: takes device, inode, size and modification time of every file at the start and compares them on
 * request. The time of the last status change is left out, because a build makes hard links to its output, which does not change its content.
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

  /** @throws LtoError FilesChanged for the first file that has changed */
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
