/** Whether rustc's `run_pass_manager` added the module flag LTOPostLink. The files that rustc itself saved are more reliable than any table. */
import { pipelineOf } from "../../protocol/pipelines.js";
import { stageBefore } from "../../protocol/stages.js";
import type { UnitManifest } from "../../protocol/units.js";
import type { ToolchainProfile } from "./toolchain-profile.js";
import { fileIncludes } from "../base/read-file.js";

const FLAG = "LTOPostLink";

/** Checks the first module of which rustc saved the stages before and after the passes; without one, uses the toolchain profile. */
export async function addsLtoPostLink(profile: ToolchainProfile, manifest: UnitManifest | null): Promise<boolean> {
  if (manifest === null) return profile.addsLtoPostLink;
  const pipeline = pipelineOf(manifest.mode);
  const { optimized } = pipeline;
  const beforePasses = stageBefore(optimized, pipeline) ?? "";
  for (const stages of Object.values(manifest.rustcStages)) {
    const [before, after] = [stages[beforePasses], stages[optimized]];
    if (before === undefined || after === undefined) continue;
    try {
      // Bitcode contains metadata strings as plain bytes.
      return (await fileIncludes(after, [FLAG])) && !(await fileIncludes(before, [FLAG]));
    } catch {
      // The comparison reports a file that cannot be read.
    }
  }
  return profile.addsLtoPostLink;
}
