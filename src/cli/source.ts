/** Resolves UNIT|PATHS… on the command line: a captured unit, a session directory, or plain files. */
import { stat } from "node:fs/promises";
import type { CoreContext } from "../core/engine/core-context.js";
import { isLtoError, LtoError } from "../core/base/errors.js";
import { PRODUCERS } from "../core/producers/registry.js";
import type { LtoSource } from "../core/replay/producer.js";
import { loadUnit, refShortened } from "../core/store/captures.js";
import type { UnitManifest } from "../protocol/units.js";

/** Finds a captured unit by its id, a shortened id or its path. @throws LtoError UnknownUnit, UnreadableFile */
export async function capturedUnit(core: CoreContext, name: string): Promise<UnitManifest> {
  const { root } = core.layout;
  try {
    return await loadUnit(root, name);
  } catch (error) {
    const whole = isLtoError(error, "UnknownUnit") ? await refShortened(root, name) : undefined;
    if (whole === undefined) throw error;
    return loadUnit(root, whole);
  }
}

/**
 * Reads the arguments. A single name that is the id of a captured unit means that unit, even if the current folder has a file of that name;
 * `./name` always means a file. A shortened id means a unit only if there is no file or folder of that name.
 *
 * @throws LtoError UnknownUnit, UnreadableFile, SessionUnderWay
 */
export async function ltoSource(core: CoreContext, words: readonly string[]): Promise<LtoSource> {
  const [only] = words;
  if (words.length !== 1 || only === undefined) return PRODUCERS.filesSource({ paths: words });
  const left = await PRODUCERS.leftUnit(only);
  if (left !== undefined) return PRODUCERS.sourceOf(left);
  try {
    return PRODUCERS.sourceOf(await loadUnit(core.layout.root, only));
  } catch (error) {
    if (!isLtoError(error, "UnknownUnit")) throw error;
    const found = await stat(only).catch(() => undefined);
    if (found?.isFile() === true) return PRODUCERS.filesSource({ paths: words });
    const whole = found === undefined ? await refShortened(core.layout.root, only) : undefined;
    if (whole !== undefined) return PRODUCERS.sourceOf(await loadUnit(core.layout.root, whole));
    if (found === undefined && !/[/\\]|\.(bc|o|rlib|a)$/.test(only)) throw error;
    throw new LtoError({
      name: "UnreadableFile",
      message: found === undefined ? `${only} does not exist.` : `${only} is a folder that is neither a capture nor a session directory.`,
      file: only,
      help: "Name a captured unit, files (.bc, .o, .rcgu.o, .rlib, .a), or a session directory (`target/<profile>/incremental/<crate>-<hash>/s-…`).",
    });
  }
}
