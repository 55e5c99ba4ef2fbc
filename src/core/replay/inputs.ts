/** The inputs of a run, from a captured unit, a session directory or plain files, and the settings that the user can override. */
import type { AnalyzeParams } from "../../protocol/engine/analysis.js";
import type { ObjectSettings } from "../../protocol/engine/stages.js";
import type { Overrides, UnitSummary } from "../../protocol/runs.js";
import type { Deviation, LtoSettings, OptLevel, Toolchain, UnitManifest } from "../../protocol/units.js";

export type { Overrides };

/** The parameters of the engine's `analyze` that the producer provides; the run provides the rest. */
type UnitParams = Omit<
  AnalyzeParams,
  | "unit"
  | "addLtoPostLink"
  | "rustLevelNames"
  | "countsProfilerSymbols"
  | "preservesAsanGlobals"
  | "thinPreLink"
  | "summaryAfterFatLto"
  | "keysFile"
>;

export interface LtoInputs extends UnitParams {
  readonly unit: UnitSummary;
  /** null: plain files. */
  readonly manifest: UnitManifest | null;
  /** This machine's toolchain of the build; null: plain files, or none is trusted. Never the one that a manifest names. */
  readonly toolchain: Toolchain | null;
  readonly deviations: readonly Deviation[];
  /** Other options of the build that affect what is compiled; an explanation can name one that changed. */
  readonly buildOptions: Readonly<Record<string, string>>;
  /**
   * Tells apart inputs whose modules have equal keys (the summaries of plain files may have no hash); null if rustc wrote every module, since rustc
   * always hashes them.
   */
  readonly contentDigest: string | null;
  /** How the object of a module is generated; null: that is not known. */
  readonly objectSettings: (module: string) => ObjectSettings | null;
  /** Some modules are for a linker's LTO, where the linker's LLVM counts and not the one that wrote them. */
  readonly linkersLto: boolean;
  readonly warnings: readonly string[];
}

/** The default settings of plain files: those of rustc for `-C opt-level=3`. */
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

/** Applies the user's overrides. @returns the new settings, and each override as a deviation */
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
 * The settings as the engine gets them. rustc completes `-C target-feature` (adds implied features, in its own order) and writes the whole list
 * into every function of the crate, so the engine reads the features there if none are given. Features that the user overrides are used as they
 * are.
 *
 * @param captured whether rustc compiled the local modules with these settings
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

/** The passes of another level; those that the build explicitly disabled stay off. */
function passesAt(level: OptLevel, build: LtoSettings): LevelPasses {
  const [before, after] = [defaultPasses(build.optLevel), defaultPasses(level)];
  const keep = (name: keyof LevelPasses): boolean => after[name] && (build[name] || !before[name]);
  return { vectorizeLoops: keep("vectorizeLoops"), vectorizeSlp: keep("vectorizeSlp"), mergeFunctions: keep("mergeFunctions") };
}
