/** Builds without capturing: for settings with which rustc does no LTO. */
import path from "node:path";
import { LtoError } from "../../../base/errors.js";
import { makeFolder } from "../../../base/folders.js";
import { makeStoreRoot } from "../../../base/private-folder.js";
import { targetFolder } from "../../../store/store-paths.js";
import { withTargetLock } from "../../../store/target-lock.js";
import type { CaptureOptions, PlainOutput } from "../../captures.js";
import { cargoBuild } from "./cargo-build.js";
import { identityOf, outputOf } from "./facts.js";
import { targetHash, unitName } from "./identity.js";
import { overrideVariables } from "./plan.js";
import { prepare } from "./prepare.js";

/** How long Cargo may wait for another process's lock, in milliseconds. */
const LOCK_WAIT = 10_000;

/**
 * Builds in the target folder of captures with the same options.
 *
 * @param use what is made or up to date; the folder is locked until this has ended
 * @throws LtoError NoToolchain, NothingToInspect, BuildFailed, CargoLocked, Cancelled, Usage, DiskFull
 */
export async function plainBuild<T>(options: CaptureOptions, use: (outputs: readonly PlainOutput[]) => Promise<T>): Promise<T> {
  const prepared = await prepare(options);
  const { workspace, toolchain, folder, program, buildArgs, profile, planned, store } = prepared;
  const own = targetFolder(store, targetHash(workspace.root, toolchain, options.variant));
  const target = path.join(own, "target");
  await makeStoreRoot(store);
  await makeFolder(own);
  return withTargetLock(own, options.signal, async ({ held }) => {
    const { artifacts, failure } = await cargoBuild({
      ...{ folder, root: workspace.root, program, args: buildArgs, signal: options.signal, held },
      environment: { CARGO_TARGET_DIR: target, CARGO_BUILD_BUILD_DIR: target, ...overrideVariables(profile, options, planned) },
      lockWait: options.lockWait ?? LOCK_WAIT,
      onLine: (message) => options.onProgress?.({ phase: "build", message }),
      onEnded: () => undefined,
    });
    if (failure !== undefined) throw new LtoError(failure);
    return use(
      artifacts.flatMap((artifact) => {
        const file = outputOf(artifact);
        return file === null ? [] : [{ name: unitName(identityOf(prepared, options, artifact, null)), file }];
      }),
    );
  });
}
