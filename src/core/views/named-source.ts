/** Resolves the ref of a unit. */
import { stat } from "node:fs/promises";
import { isAbsolute } from "node:path";
import { isLtoError, LtoError } from "../base/errors.js";
import { PRODUCERS } from "../producers/registry.js";
import type { LtoSource } from "../replay/producer.js";
import type { StoreLayout } from "../store/store-layout.js";

/**
 * The source that a unit's ref names: a capture, a unit that a build left, or the path of a file.
 *
 * @throws LtoError UnknownUnit, UnreadableFile, SessionUnderWay
 */
export async function sourceOfRef(layout: StoreLayout, ref: string, producers = PRODUCERS): Promise<LtoSource> {
  try {
    return producers.sourceOf(await producers.unitNamed(layout, ref));
  } catch (error) {
    const found = isLtoError(error, "UnknownUnit") ? await stat(ref).catch(() => undefined) : undefined;
    if (found?.isFile() === true) return producers.filesSource({ paths: [ref] });
    throw isLtoError(error, "UnknownUnit") && isAbsolute(ref) ? notRunnable(ref) : error;
  }
}

/** For what discovery lists but LTO cannot run on: stage files that rustc saved, or something that is gone. */
function notRunnable(path: string): LtoError {
  return new LtoError({
    name: "IncompleteUnit",
    message: `${path} has no unit that LTO can run on: it was removed, or it is a folder with single stages.`,
    file: path,
    help: "Capture the workspace. Saved stages can be shown and compared as they are.",
  });
}
