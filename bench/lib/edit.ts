/** Scripted edits of one function's body, which can be reverted. */
import fs from "node:fs/promises";
import path from "node:path";
import { BenchFailure } from "./failure.js";

export interface BodyEdit {
  /** Relative to the workspace. */
  readonly file: string;
  /** The function whose body changes, for display. */
  readonly function: string;
  /** Occurs exactly once in the file; has as many lines as `to`, so that nothing else moves. */
  readonly from: string;
  readonly to: string;
}

/** @throws BenchFailure if the text does not occur exactly once, because the wrong edit would then be measured */
export async function applyEdit(workspace: string, edit: BodyEdit): Promise<void> {
  await replaceOnce(path.join(workspace, edit.file), edit.from, edit.to);
}

export async function revertEdit(workspace: string, edit: BodyEdit): Promise<void> {
  await replaceOnce(path.join(workspace, edit.file), edit.to, edit.from);
}

async function replaceOnce(file: string, from: string, to: string): Promise<void> {
  const text = await fs.readFile(file, "utf8");
  const parts = text.split(from);
  if (parts.length !== 2) {
    throw new BenchFailure(
      `${file} cannot be edited: the text to replace occurs ${parts.length - 1} times instead of once: ${from.trim()}`,
      "Remove bench/work and run the bench again; if that does not help, the edit was written for another version of the source.",
    );
  }
  await fs.writeFile(file, parts.join(to));
}
