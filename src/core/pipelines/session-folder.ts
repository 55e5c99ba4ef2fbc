/** rustc's incremental session directories, which are only ever read. */
import { stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { parseSessionName } from "../../protocol/session-names.js";
import { LtoError } from "../base/errors.js";
import { KEYS_FILE } from "./sessions.js";

export { KEYS_FILE };

/**
 * The key file of a session directory. The engine checks whether the file exists: like rustc, it continues without it, with a warning.
 *
 * @throws LtoError SessionUnderWay for a session that rustc is using, UnreadableFile if there is no such folder
 */
export async function previousKeysIn(folder: string): Promise<string> {
  const path = resolve(folder);
  refuseUnderWay(path);
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory() !== true) {
    throw new LtoError({
      name: "UnreadableFile",
      message: `${path} is not a folder.`,
      file: path,
      help: "Give --session a session directory (`target/<profile>/incremental/<crate>-<hash>/s-…`).",
    });
  }
  return join(path, KEYS_FILE);
}

/** @throws LtoError SessionUnderWay */
export function refuseUnderWay(path: string): void {
  if (parseSessionName(basename(path))?.underWay !== true) return;
  throw new LtoError({
    name: "SessionUnderWay",
    message: `${path} is the session of a build that is still running.`,
    file: path,
    help: "Wait for the build to finish; rustc then renames the folder.",
  });
}
