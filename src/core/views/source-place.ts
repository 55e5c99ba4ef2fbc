/** Places that debug info names, as files that an editor can open. */
import { isAbsolute, resolve } from "node:path";
import type { SourcePlace } from "../../protocol/calls.js";

/** @param workspace the folder that relative paths start at @returns null: there is none, or it is a file of the compiler's own build */
export function openablePlace(at: SourcePlace | null, workspace: string): SourcePlace | null {
  if (at === null || at.file.startsWith("/rustc/")) return null;
  return { ...at, file: isAbsolute(at.file) ? at.file : resolve(workspace, at.file) };
}
