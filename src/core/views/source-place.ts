/** Places that debug info names, as files that an editor can open. */
import { isAbsolute, relative, resolve } from "node:path";
import type { SourcePlace } from "../../protocol/calls.js";

/** @param workspace the folder that relative paths start at @returns null: there is none, or it is a file of the compiler's own build */
export function openablePlace(at: SourcePlace | null, workspace: string): SourcePlace | null {
  if (at === null || at.file.startsWith("/rustc/")) return null;
  return { ...at, file: isAbsolute(at.file) ? at.file : resolve(workspace, at.file) };
}

/**
 * A file as documents name it: below the workspace, of a crate from a registry ("memchr-2.7.4/src/lib.rs"), or of the standard library
 * ("library/core/src/hint.rs").
 *
 * @param workspace empty: not known
 */
export function shownFile(file: string, workspace: string): string {
  const below = workspace === "" ? file : relative(workspace, file);
  if (isAbsolute(file) && below !== "" && !below.startsWith("..") && !isAbsolute(below)) return below;
  return file.replace(/^\/rustc\/[0-9a-f]+\//, "").replace(/^.*\/registry\/src\/[^/]+\//, "");
}
