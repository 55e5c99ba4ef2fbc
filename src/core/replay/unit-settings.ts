/** The settings that decide what is compiled, by rustc's names: what an explanation can name when one of them changed. */
import type { LtoInputs } from "./inputs.js";

/** Of `inputs`: the settings that LTO ran with, and what else the build was asked for. */
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
