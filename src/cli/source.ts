/** What UNIT|PATHS… on the command line means: a captured unit, a session directory, or plain files. */
import { stat } from "node:fs/promises";
import { loadUnit } from "../core/capture/index.js";
import type { Core } from "../core/core.js";
import { isLtoError, LtoError } from "../core/errors.js";
import type { LtoSource } from "../core/runs/open.js";
import { isSessionFolder, unitOfSession } from "../core/runs/session-unit.js";

/**
 * Reads the arguments. A single name that is a captured unit's is that unit, even if a file of that name lies in the current folder; `./name` is
 * always a file.
 *
 * @throws LtoError UnknownUnit, UnreadableFile, SessionUnderWay
 */
export async function ltoSource(core: Core, words: readonly string[]): Promise<LtoSource> {
  const [only] = words;
  if (words.length !== 1 || only === undefined) return { kind: "paths", paths: words };
  if (await isSessionFolder(only)) return { kind: "unit", unit: await unitOfSession(only) };
  try {
    return { kind: "unit", unit: await loadUnit(core.layout.root, only) };
  } catch (error) {
    if (!isLtoError(error, "UnknownUnit")) throw error;
    const found = await stat(only).catch(() => undefined);
    if (found?.isFile() === true) return { kind: "paths", paths: words };
    if (found === undefined && !/[/\\]|\.(bc|o|rlib|a)$/.test(only)) throw error;
    throw new LtoError({
      name: "UnreadableFile",
      message: found === undefined ? `${only} does not exist.` : `${only} is a folder that is neither a capture nor a session directory.`,
      file: only,
      mend: "Name a captured unit, files (.bc, .o, .rcgu.o, .rlib, .a), or a session directory (`target/<profile>/incremental/<crate>-<hash>/s-…`).",
    });
  }
}
