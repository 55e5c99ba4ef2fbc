/** Keeps the key components of a build when it is captured or run, because the next build overwrites their inputs. */
import { join } from "node:path";
import type { UnitKeys } from "../../protocol/keys.js";
import { copyFileWhole } from "../base/atomic-file.js";
import { captureFolder } from "../store/captures.js";
import type { CoreContext } from "../engine/core-context.js";
import type { OpenUnit } from "./open.js";
import { KEYS_COMPONENTS, keptLlvm, saveKeys, unitKeys } from "./unit-keys.js";

/**
 * Keeps the key components in the run's folder, and beside the capture if the run changed nothing. If the capture already has them, they are not
 * computed again.
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

/** The capture's folder, if the run changed nothing. */
function captureOf(core: CoreContext, { inputs: { manifest }, asCaptured }: OpenUnit): string | undefined {
  if (manifest === null || !asCaptured) return undefined;
  const own = captureFolder(core.layout.root, manifest.id, manifest.capture);
  return manifest.folder === own ? own : undefined;
}

/** The toolchain may have been updated in place since then. */
function sameLlvm(kept: UnitKeys["llvm"] | undefined, { llvm }: OpenUnit): boolean {
  return kept?.version === llvm.version && kept.revision === llvm.revision;
}
