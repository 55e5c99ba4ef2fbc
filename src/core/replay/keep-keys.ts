/** Keeping the key components of a build when it is captured or run: the next build overwrites what they are made of. */
import { join } from "node:path";
import type { UnitKeys } from "../../protocol/keys.js";
import { copyFileWhole } from "../base/atomic-file.js";
import { captureFolder } from "../store/captures.js";
import type { CoreContext } from "../engine/core-context.js";
import type { OpenUnit } from "./open.js";
import { KEYS_COMPONENTS, keptLlvm, saveKeys, unitKeys } from "./unit-keys.js";

/**
 * Keeps those of a run in its folder; and beside its capture, where nothing was changed of it. What a capture keeps is not taken apart again.
 *
 * @throws LtoError Cancelled, EngineCrashed, DiskFull
 */
export async function keepKeys(core: CoreContext, open: OpenUnit, folder: string, signal?: AbortSignal): Promise<void> {
  const capture = captureOf(core, open);
  if (capture !== undefined && sameLlvm(await keptLlvm(capture), open)) {
    await copyFileWhole(join(capture, KEYS_COMPONENTS), join(folder, KEYS_COMPONENTS));
    return;
  }
  const keys = await unitKeys(open, signal);
  await saveKeys(folder, keys);
  if (capture !== undefined && (await core.work.keeps())) await saveKeys(capture, keys);
}

/** The folder of the capture that was run as it is. */
function captureOf(core: CoreContext, { inputs: { manifest }, asCaptured }: OpenUnit): string | undefined {
  if (manifest === null || !asCaptured) return undefined;
  const own = captureFolder(core.layout.root, manifest.id, manifest.capture);
  return manifest.folder === own ? own : undefined;
}

/** A toolchain may have been updated in place since. */
function sameLlvm(kept: UnitKeys["llvm"] | undefined, { llvm }: OpenUnit): boolean {
  return kept?.version === llvm.version && kept.revision === llvm.revision;
}
