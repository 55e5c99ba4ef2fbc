/**
 * What LLVM prints during a run because its arguments ask for it (`-print-changed`, `-opt-bisect-limit`): reported at once, by module, and kept
 * with the run.
 */
import { appendFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { RunReport } from "../../protocol/runs.js";
import { copyFileWhole } from "../base/atomic-file.js";
import { messageOf } from "../base/errors.js";

export const LLVM_OUTPUT_FILE = "llvm-output.txt";

/** Limits the file, because `-print-after-all` on a large program fills any disk. */
const MOST_CHARACTERS = 256 * 1024 * 1024;

export class LlvmOutput {
  readonly #file: string;
  readonly #tell: (text: string) => void;
  /** undefined: nothing was printed. */
  #section: string | null | undefined;
  #written = 0;
  #writing: Promise<void> = Promise.resolve();
  #failure: string | undefined;

  /** @param folder the run's folder */
  constructor(folder: string, tell: (text: string) => void) {
    this.#file = join(folder, LLVM_OUTPUT_FILE);
    this.#tell = tell;
  }

  /** @param module null: the analysis of all modules */
  add(module: string | null, text: string): void {
    const heading = this.#section === module ? "" : `; LLVM, ${module ?? "analysis of all modules"}:\n`;
    this.#section = module;
    const whole = `${heading}${text}${text.endsWith("\n") ? "" : "\n"}`;
    this.#tell(whole);
    this.#keep(whole);
  }

  /** Resolves when everything added so far was written, or failed to be. */
  async settle(): Promise<void> {
    await this.#writing;
  }

  /**
   * Waits until everything is written. @returns where the text is
   *
   * @param out the folder of `--out`, which gets a copy
   */
  async finish(
    out: string | null,
  ): Promise<{ readonly output: NonNullable<RunReport["llvmOutput"]> | null; readonly warnings: readonly string[] }> {
    await this.settle();
    if (this.#section === undefined) return { output: null, warnings: [] };
    if (this.#failure !== undefined) {
      return { output: null, warnings: [`What LLVM printed could not be kept in ${this.#file}: ${this.#failure}`] };
    }
    const file = out === null ? this.#file : join(out, LLVM_OUTPUT_FILE);
    if (out !== null) await copyFileWhole(this.#file, file);
    const { size } = await stat(file);
    const cut =
      this.#written > MOST_CHARACTERS ? [`LLVM printed more than is kept: ${file} ends after ${MOST_CHARACTERS} characters.`] : [];
    return { output: { file, bytes: size }, warnings: cut };
  }

  #keep(text: string): void {
    const room = MOST_CHARACTERS - this.#written;
    this.#written += text.length;
    if (room <= 0) return;
    this.#writing = this.#writing.then(async () => {
      if (this.#failure !== undefined) return;
      await appendFile(this.#file, text.slice(0, room)).catch((error: unknown) => {
        this.#failure = messageOf(error);
      });
    });
  }
}
