/** Plain files as the inputs of a replay: bitcode, objects and archives of any origin. */
import type { ModuleFile } from "../../../protocol/engine/modules.js";
import { DEFAULT_COMMAND } from "../../../protocol/pipelines.js";
import type { Toolchain } from "../../../protocol/units.js";
import type { CoreContext } from "../../engine/core-context.js";
import { explainUnreadable, refuseNewer } from "../../engine/foreign-llvm.js";
import { chooseLibrary } from "../../engine/libllvm.js";
import { findToolchains } from "../../machine/toolchain.js";
import { producedBy } from "../../pipelines/produced-by.js";
import { llvmArguments, toolchainProfile } from "../../pipelines/toolchain-profile.js";
import type { ChosenEngine, PlainFiles, ReplayChoice } from "../../replay/producer.js";
import { engineOn, readingEngine } from "../../replay/reading-engine.js";
import type { FilesProducer } from "../producer.js";
import { filesNamed } from "./named-files.js";
import { inputsOfPaths, readPathModules } from "./path-inputs.js";

export const FILES: FilesProducer = {
  chooseEngine,
  filesNamed,
  // Missing files are reported when they are read.
  refuseIncomplete: () => undefined,
  helpIfUnreadable: "Check that the file exists and that you have permission to read it.",
};

/** Reads the files to find the toolchain that made them. */
async function chooseEngine(
  core: CoreContext,
  files: PlainFiles,
  { llvm, overrides }: ReplayChoice,
  signal?: AbortSignal,
): Promise<ChosenEngine> {
  const added = overrides.llvmArgs ?? [];
  const first = await readingEngine(core, llvm, added);
  const modules = await readPathModules(files.paths, first, signal).catch(async (error: unknown) => {
    throw await explainUnreadable(error, first);
  });
  await refuseNewer(modules, await first.info());
  const inputs: ChosenEngine["inputs"] = (ended) => inputsOfPaths(modules, files.mode ?? DEFAULT_COMMAND, overrides, ended);
  const toolchain = llvm === "auto" ? await producingToolchain(modules) : null;
  if (toolchain === null) return { engine: first, profile: toolchainProfile(null), inputs };
  const profile = toolchainProfile(toolchain.release);
  return { engine: engineOn(core, await chooseLibrary("auto", toolchain), llvmArguments(profile, added)), profile, inputs };
}

/** The installed toolchain whose LLVM wrote all of the modules, or null. */
async function producingToolchain(modules: readonly ModuleFile[]): Promise<Toolchain | null> {
  const versions = [...new Set(modules.map((module) => module.producer.version))];
  const [version] = versions;
  if (version === undefined || versions.length > 1) return null;
  for (const { toolchain } of await findToolchains()) {
    if (producedBy(version, toolchain)) return toolchain;
  }
  return null;
}
