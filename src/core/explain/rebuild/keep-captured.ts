/** Stores what `explain` needs later while the captured files still exist. */
import { pipelineOf } from "../../../protocol/pipelines.js";
import type { UnitManifest } from "../../../protocol/units.js";
import { reportOf } from "../../base/errors.js";
import type { CoreContext } from "../../engine/core-context.js";
import { comparedBuildOf } from "./compared-build.js";

/**
 * Stores the key components of newly captured units. A unit that cannot be analysed is still a capture.
 *
 * @returns a warning for each unit whose components could not be stored
 */
export async function keepCaptured(core: CoreContext, units: readonly UnitManifest[], signal?: AbortSignal): Promise<string[]> {
  const warnings: string[] = [];
  for (const unit of units) {
    if (!unit.complete || !pipelineOf(unit.mode).keys) continue;
    try {
      await comparedBuildOf(core, unit, { llvm: "auto", ...(signal === undefined ? {} : { signal }) });
    } catch (error) {
      const { name, message } = reportOf(error, `Analysing ${unit.name}`);
      if (name === "Cancelled") throw error;
      warnings.push(`A later build of ${unit.name} cannot be explained by this one: ${message}`);
    }
  }
  return warnings;
}
