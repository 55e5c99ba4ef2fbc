/** The options of a rustc command line that affect what is compiled. */
import { RustcArguments } from "../../pipelines/rustc-args.js";

/** Options that change with every build or only set locations. */
const NO_SETTING = /^(?:metadata|extra-filename|incremental|save-temps|linker|link-args?|link-arg|rpath|ar|remark|dep-info-omit-d-target)$/;

/** The values of `-C`, `-Z` and `--cfg` options by name; if an option is repeated, its first value. */
export function buildOptions(commandLine: readonly string[]): Record<string, string> {
  const args = new RustcArguments(commandLine);
  const found: Record<string, string> = {};
  for (const name of ["-C", "-Z"]) {
    for (const option of args.values(name)) {
      const [key = "", ...value] = option.split("=");
      const named = name === "-Z" ? `-Z ${key}` : key;
      if (!NO_SETTING.test(key) && !(named in found)) found[named] = value.length === 0 ? "yes" : value.join("=");
    }
  }
  const cfg = args.values("--cfg");
  if (cfg.length > 0) found["--cfg"] = [...new Set(cfg)].sort().join(" ");
  return found;
}
