/** Builds without capturing: for settings with which rustc does no LTO. */
import path from "node:path";
import { LtoError } from "../../../base/errors.js";
import { makeFolder } from "../../../base/folders.js";
import { makeStoreRoot } from "../../../base/private-folder.js";
import { targetFolder } from "../../../store/store-paths.js";
import { withTargetLock } from "../../../store/target-lock.js";
import type { CaptureOptions } from "../../captures.js";
import { cargoBuild } from "./cargo-build.js";
import { targetHash } from "./identity.js";
import { overrideVariables } from "./plan.js";
import { prepare } from "./prepare.js";

const LOCK_WAIT = 10_000;

/**
 * Builds in the target folder of captures, with the same options.
 *
 * @returns the files that Cargo made or found up to date; the next build may replace them
 * @throws LtoError NoToolchain, NothingToInspect, BuildFailed, CargoLocked, Cancelled, Usage, DiskFull
 */
export async function plainBuild(options: CaptureOptions): Promise<string[]> {
  const prepared = await prepare(options);
  const { workspace, toolchain, folder, program, buildArgs, profile, planned, store } = prepared;
  const own = targetFolder(store, targetHash(workspace.root, toolchain));
  const target = path.join(own, "target");
  await makeStoreRoot(store);
  await makeFolder(own);
  const { artifacts, failure } = await withTargetLock(own, options.signal, ({ held }) =>
    cargoBuild({
      ...{ folder, root: workspace.root, program, args: buildArgs, signal: options.signal, held },
      environment: { CARGO_TARGET_DIR: target, CARGO_BUILD_BUILD_DIR: target, ...overrideVariables(profile, options, planned) },
      lockWait: options.lockWait ?? LOCK_WAIT,
      onLine: (message) => options.onProgress?.({ phase: "build", message }),
      onEnded: () => undefined,
    }),
  );
  if (failure !== undefined) throw new LtoError(failure);
  return artifacts.flatMap(({ executable, filenames }) => (executable === null ? filenames : [executable]));
}
