/** The settings of a build that decide what is compiled, by rustc's names: what an explanation can name when one of them changed. */
import type { LtoInputs } from "./inputs.js";
import { RustcArguments } from "../pipelines/rustc-args.js";

/** Options that change with every build or only say where things go. */
const NO_SETTING = /^(?:metadata|extra-filename|incremental|save-temps|linker|link-args?|link-arg|rpath|ar|remark|dep-info-omit-d-target)$/;

/** Of `inputs`: the settings that LTO ran with, and the other `-C`, `-Z` and `--cfg` options of the final crate. */
export function settingsOf(inputs: LtoInputs): Record<string, string> {
  const { settings, manifest, crateTypes } = inputs;
  const found: Record<string, string> = {
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
  if (manifest === null) return found;
  const args = new RustcArguments(manifest.commandLine);
  for (const name of ["-C", "-Z"]) {
    for (const option of args.values(name)) {
      const [key = "", ...value] = option.split("=");
      if (NO_SETTING.test(key) || key in found) continue;
      found[name === "-Z" ? `-Z ${key}` : key] = value.length === 0 ? "yes" : value.join("=");
    }
  }
  const cfg = args.values("--cfg");
  if (cfg.length > 0) found["--cfg"] = [...new Set(cfg)].sort().join(" ");
  return found;
}
