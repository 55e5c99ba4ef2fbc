/** What a run works on, whether it came from a captured unit, a session directory or plain files; and what the user may change of it. */
import type { AnalyzeParams } from "../../protocol/engine/analysis.js";
import type { Overrides, UnitSummary } from "../../protocol/runs.js";
import type { Deviation, LtoSettings, OptLevel, Toolchain, UnitManifest } from "../../protocol/units.js";

export type { Overrides };

/** What the engine's `analyze` gets of a unit, as the producer knows it; the rest of its parameters is the run's own. */
type UnitParams = Omit<AnalyzeParams, "unit" | "addLtoPostLink" | "thinPreLink" | "keysFile">;

export interface LtoInputs extends UnitParams {
  readonly unit: UnitSummary;
  /** null: plain files. */
  readonly manifest: UnitManifest | null;
  readonly toolchain: Toolchain | null;
  readonly deviations: readonly Deviation[];
  /** What else the build was asked for that decides what is compiled: the options that an explanation can name when one of them changed. */
  readonly buildOptions: Readonly<Record<string, string>>;
  /**
   * Distinguishes inputs that their modules' keys do not (plain files may have no hash in their summary); null where rustc wrote every module,
   * which always hashes them.
   */
  readonly contentDigest: string | null;
  /** Some modules are for a linker's LTO: its own LLVM decides, whichever wrote them. */
  readonly linkersLto: boolean;
  readonly warnings: readonly string[];
}

/** The default settings of plain files: what rustc does for `-C opt-level=3` when nothing else is said. */
export const PLAIN_SETTINGS: LtoSettings = {
  optLevel: "3",
  targetTriple: null,
  targetCpu: null,
  targetFeatures: "",
  relocationModel: "pic",
  codeModel: null,
  llvmArgs: [],
  vectorizeLoops: true,
  vectorizeSlp: true,
  mergeFunctions: true,
  passes: [],
  noPrepopulatePasses: false,
  fewerNames: true,
  preferDynamic: false,
  dylibLto: false,
  linkerPluginLto: false,
  profilerRuntime: false,
};

/** The settings with the user's changes in them, and the deviations that these are. */
export function applyOverrides(settings: LtoSettings, overrides: Overrides): { settings: LtoSettings; deviations: Deviation[] } {
  const deviations: Deviation[] = [];
  const note = (setting: string, build: string, used: string): void => {
    if (build !== used) deviations.push({ setting, build, used });
  };
  let used = settings;
  if (overrides.optLevel !== undefined) {
    note("opt-level", settings.optLevel, overrides.optLevel);
    used = { ...used, ...passesAt(overrides.optLevel, settings), optLevel: overrides.optLevel };
  }
  if (overrides.targetCpu !== undefined) {
    note("target-cpu", settings.targetCpu ?? "the modules' own", overrides.targetCpu);
    used = { ...used, targetCpu: overrides.targetCpu };
  }
  if (overrides.targetFeatures !== undefined) {
    note("target-features", settings.targetFeatures, overrides.targetFeatures);
    used = { ...used, targetFeatures: overrides.targetFeatures };
  }
  if (overrides.llvmArgs !== undefined && overrides.llvmArgs.length > 0) {
    const llvmArgs = [...settings.llvmArgs, ...overrides.llvmArgs];
    note("llvm-args", settings.llvmArgs.join(" "), llvmArgs.join(" "));
    used = { ...used, llvmArgs };
  }
  return { settings: used, deviations };
}

/**
 * The settings as the engine gets them. rustc completes `-C target-feature` (with what features imply, in its own order) and writes the whole list into
 * every function of the crate: where no features are given, the engine reads them there. The user's own choice is taken as it is.
 *
 * @param captured rustc compiled the local modules with these settings
 */
export function engineSettings(settings: LtoSettings, captured: boolean, overrides: Overrides): LtoSettings {
  return captured && overrides.targetFeatures === undefined ? { ...settings, targetFeatures: "" } : settings;
}

type LevelPasses = Pick<LtoSettings, "vectorizeLoops" | "vectorizeSlp" | "mergeFunctions">;

/** What rustc derives from the opt level (`ModuleConfig::new`, 1.9x): loop vectorisation at 2 and 3, SLP at 3, merging of functions from 2. */
function defaultPasses(level: OptLevel): LevelPasses {
  return {
    vectorizeLoops: level === "2" || level === "3",
    vectorizeSlp: level === "3",
    mergeFunctions: level !== "0" && level !== "1",
  };
}

/** The passes of another level; what the build had switched off by hand stays off. */
function passesAt(level: OptLevel, build: LtoSettings): LevelPasses {
  const [before, after] = [defaultPasses(build.optLevel), defaultPasses(level)];
  const keep = (name: keyof LevelPasses): boolean => after[name] && (build[name] || !before[name]);
  return { vectorizeLoops: keep("vectorizeLoops"), vectorizeSlp: keep("vectorizeSlp"), mergeFunctions: keep("mergeFunctions") };
}
