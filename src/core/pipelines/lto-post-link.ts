/** Whether rustc's `run_pass_manager` added the module flag LTOPostLink: the files that rustc itself saved know better than any table. */
import { pipelineOf } from "../../protocol/pipelines.js";
import { stageBefore } from "../../protocol/stages.js";
import type { UnitManifest } from "../../protocol/units.js";
import type { ToolchainProfile } from "./toolchain-profile.js";
import { fileIncludes } from "../base/read-file.js";

const FLAG = "LTOPostLink";

/** Told from the first module of which rustc saved the stages before and after the passes, else from the toolchain profile. */
export async function addsLtoPostLink(profile: ToolchainProfile, manifest: UnitManifest | null): Promise<boolean> {
  if (manifest === null) return profile.addsLtoPostLink;
  const pipeline = pipelineOf(manifest.mode);
  const { optimized } = pipeline;
  const beforePasses = stageBefore(optimized, pipeline) ?? "";
  for (const stages of Object.values(manifest.rustcStages)) {
    const [before, after] = [stages[beforePasses], stages[optimized]];
    if (before === undefined || after === undefined) continue;
    try {
      // Strings of metadata are in bitcode as plain bytes.
      return (await fileIncludes(after, [FLAG])) && !(await fileIncludes(before, [FLAG]));
    } catch {
      // A file that cannot be read is for whoever compares it to complain about.
    }
  }
  return profile.addsLtoPostLink;
}
