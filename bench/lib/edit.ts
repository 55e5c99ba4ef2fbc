/** Scripted edits of one function's body, which can be taken back. */
import fs from "node:fs/promises";
import path from "node:path";
import { BenchFailure } from "./failure.js";

export interface BodyEdit {
  /** Relative to the workspace. */
  readonly file: string;
  /** For the user: the function whose body changes. */
  readonly function: string;
  /** Occurs exactly once in the file; has as many lines as `to`, so that nothing else moves. */
  readonly from: string;
  readonly to: string;
}

/** @throws BenchFailure when the text is not there exactly once, so that another edit would be measured than the one that is meant */
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
      `${file} was to be edited, but the text to replace is there ${parts.length - 1} times instead of once: ${from.trim()}`,
      "Remove bench/work and run the bench again; if that does not help, the source is another version than the one the edit was written for.",
    );
  }
  await fs.writeFile(file, parts.join(to));
}
