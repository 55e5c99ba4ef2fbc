/** The settings that affect what is compiled, by rustc's names; an explanation names those that changed. */
import type { LtoInputs } from "./inputs.js";

/** The settings that LTO ran with, and the build's other options. */
export function settingsOf(inputs: LtoInputs): Record<string, string> {
  const { settings, crateTypes } = inputs;
  const used: Record<string, string> = {
    "opt-level": settings.optLevel,
    "target-cpu": settings.targetCpu ?? "",
    "target-feature": settings.targetFeatures,
    "relocation-model": settings.relocationModel,
    "code-model": settings.codeModel ?? "",
    "llvm-args": settings.llvmArgs.join(" "),
    passes: settings.passes.join(" "),
    lto: inputs.unit.mode,
    "crate-type": crateTypes.join(","),
    profile: inputs.unit.profile,
  };
  const others = Object.entries(inputs.buildOptions).filter(([name]) => !(name in used));
  return { ...used, ...Object.fromEntries(others) };
}
