/** The settings that determine the result of LTO, read from a recorded rustc command line. */
import { pipelineOf } from "../../../../protocol/pipelines.js";
import type { LtoMode } from "../../../../protocol/stages.js";
import type { Instrumentation, LtoSettings, OptLevel, RelocationModel, TargetSpec, Toolchain } from "../../../../protocol/units.js";
import { RELOCATION_MODELS } from "../../../base/values.js";
import { isOn } from "../../../pipelines/rustc-args.js";
import type { RustcArguments } from "../../../pipelines/rustc-args.js";
import { toolchainProfile, type ToolchainProfile } from "../../../pipelines/toolchain-profile.js";
import { llvmFeatures } from "./target-features.js";

const OPT_LEVELS: readonly OptLevel[] = ["0", "1", "2", "3", "s", "z"];

/**
 * The LTO settings of a command line.
 *
 * Mirrors `ModuleConfig::new` (`compiler/rustc_codegen_ssa/src/back/write.rs`) and `Session::fewer_names` (`compiler/rustc_session/src/session.rs`)
 * of rustc 1.96.
 *
 * @param toolchain its own triple is used if there is no `--target`
 * @param spec of the target; absent: it has rustc's defaults, or is not known
 */
export function settingsOf(args: RustcArguments, toolchain: Pick<Toolchain, "host" | "release">, spec?: TargetSpec): LtoSettings {
  const profile = toolchainProfile(toolchain.release);
  const optLevel = optLevelOf(args, profile.levelOfO);
  const target = args.target ?? toolchain.host;
  return {
    optLevel,
    targetTriple: spec?.llvmTarget ?? args.target,
    targetCpu: args.codegen("target-cpu") ?? null,
    targetFeatures: llvmFeatures(args.codegenValues("target-feature").join(","), target),
    relocationModel: relocationModelOf(args, target, spec),
    codeModel: args.codegen("code-model") ?? spec?.codeModel ?? null,
    llvmArgs: inOrder(profile, spec?.llvmArgs ?? [], args.codegenValues("llvm-args")).flatMap(words),
    vectorizeLoops: !args.codegenFlag("no-vectorize-loops") && (optLevel === "2" || optLevel === "3"),
    vectorizeSlp: !args.codegenFlag("no-vectorize-slp") && optLevel === "3",
    mergeFunctions: mergesFunctions(args, optLevel, target, spec),
    passes: args.codegenValues("passes").flatMap(words),
    noPrepopulatePasses: args.codegenFlag("no-prepopulate-passes"),
    fewerNames: fewerNames(args),
    preferDynamic: args.codegenFlag("prefer-dynamic"),
    dylibLto: args.unstableFlag("dylib-lto") ?? false,
    linkerPluginLto: isLinkerPluginLto(args),
    profilerRuntime: hasProfilerRuntime(args),
    ...instrumentationOf(args),
  };
}

/** Source: `get_pgo_gen_path`, `get_pgo_use_path` and `get_instr_profile_output_path` (`compiler/rustc_codegen_llvm/src/back/write.rs`, 1.9x). */
function instrumentationOf(args: RustcArguments): { readonly instrumentation?: Instrumentation } {
  const generate = args.codegen("profile-generate");
  const instrumentation = {
    coverage: hasCoverage(args),
    profileGenerate: generate === undefined ? null : profilePattern(generate),
    profileUse: args.codegen("profile-use") ?? null,
    sanitizers: sanitizersOf(args),
  };
  const { coverage, profileGenerate, profileUse, sanitizers } = instrumentation;
  return coverage || profileGenerate !== null || profileUse !== null || sanitizers.length > 0 ? { instrumentation } : {};
}

/** Without a folder, the program writes into its working directory. */
function profilePattern(folder: string): string {
  const pattern = "default_%m.profraw";
  if (["", "y", "yes", "on", "true"].includes(folder)) return pattern;
  return folder.endsWith("/") ? `${folder}${pattern}` : `${folder}/${pattern}`;
}

function words(value: string): string[] {
  return value.split(/\s+/).filter((word) => word !== "");
}

/** `-C opt-level` or `-O`, whichever comes later; 0 by default. */
function optLevelOf(args: RustcArguments, levelOfO: OptLevel): OptLevel {
  let level: OptLevel = "0";
  for (const { name, value } of args.options) {
    if (name === "-O") level = levelOfO;
    if (name !== "-C" || value === null) continue;
    const match = /^opt[-_]level=(.*)$/.exec(value);
    level = OPT_LEVELS.find((known) => known === match?.[1]) ?? level;
  }
  return level;
}

function inOrder({ targetArgumentsFirst }: ToolchainProfile, ofTarget: readonly string[], own: readonly string[]): readonly string[] {
  return targetArgumentsFirst ? [...ofTarget, ...own] : [...own, ...ofTarget];
}

/** The default is the target's: position-independent nearly everywhere, static for most targets without an operating system and for WebAssembly. */
function relocationModelOf(args: RustcArguments, target: string, spec: TargetSpec | undefined): RelocationModel {
  const asked = args.codegen("relocation-model");
  const known = RELOCATION_MODELS.find((model) => model === asked);
  if (known !== undefined) return known;
  if (spec !== undefined) return spec.relocationModel;
  const bare = /-none(?:-|$)/.test(target) && !target.startsWith("x86_64");
  return bare || /^(?:wasm32|wasm64|avr|msp430)/.test(target) ? "static" : "pic";
}

function mergesFunctions(args: RustcArguments, optLevel: OptLevel, target: string, spec: TargetSpec | undefined): boolean {
  const ofTarget = spec?.mergeFunctions ?? (target.startsWith("nvptx") ? "disabled" : "aliases");
  const asked = args.unstable("merge-functions") ?? ofTarget;
  return asked !== "disabled" && optLevel !== "0" && optLevel !== "1";
}

/** Whether rustc discards the names of values. */
export function fewerNames(args: RustcArguments): boolean {
  const asked = args.unstableFlag("fewer-names");
  if (asked !== undefined) return asked;
  const printed = args.emits.some((emit) => emit === "llvm-ir" || emit === "llvm-bc");
  return !printed && !sanitizersOf(args).some((sanitizer) => sanitizer === "address" || sanitizer === "memory");
}

/** The enabled sanitizers. */
export function sanitizersOf(args: RustcArguments): string[] {
  const asked = args.unstable("sanitizer") ?? args.codegen("sanitizer") ?? "";
  return asked.split(",").filter((name) => name !== "");
}

/** `-C linker-plugin-lto`, given without a value, as a flag or with a plugin's path. */
export function isLinkerPluginLto(args: RustcArguments): boolean {
  const value = args.codegen("linker-plugin-lto");
  if (value === undefined) return false;
  return !["n", "no", "off", "false"].includes(value);
}

function hasProfilerRuntime(args: RustcArguments): boolean {
  return hasCoverage(args) || args.codegen("profile-generate") !== undefined;
}

function hasCoverage(args: RustcArguments): boolean {
  const coverage = args.codegen("instrument-coverage");
  return coverage !== undefined && !["n", "no", "off", "false", "0"].includes(coverage);
}

/** Whether the crate is compiled with an incremental session. */
export function incrementalFolder(args: RustcArguments): string | undefined {
  const folder = args.codegen("incremental");
  return folder === undefined || folder === "" ? undefined : folder;
}

/**
 * Which LTO rustc performs; null: none.
 *
 * Mirrors `Session::lto` and `Session::codegen_units` (`compiler/rustc_session/src/session.rs`, rustc 1.96).
 */
export function ltoModeOf(args: RustcArguments): LtoMode | null {
  const asked = args.codegen("lto");
  if (asked !== undefined) {
    if (asked === "thin") return "thin";
    return ["", "y", "yes", "on", "true", "fat"].includes(asked) ? "fat" : null;
  }
  // The linker does all LTO, and rustc's own local step is off.
  if (isLinkerPluginLto(args)) return null;
  const local = isOn(args.unstable("thinlto"));
  if (local !== undefined) return local ? "thin-local" : null;
  if (codegenUnits(args) === 1 || optLevelOf(args, "3") === "0") return null;
  return "thin-local";
}

/** How many codegen units rustc may make. */
export function codegenUnits(args: RustcArguments): number {
  const asked = args.codegen("codegen-units");
  if (asked !== undefined) return Number(asked);
  return incrementalFolder(args) === undefined ? 16 : 256;
}

/** What the replay does not reproduce, in one sentence each. */
export function unsupportedSettings(args: RustcArguments): string[] {
  const warnings: string[] = [];
  const mode = ltoModeOf(args);
  if (mode !== null && pipelineOf(mode).linksIntoOne && incrementalFolder(args) === undefined) warnings.push(...unsupportedBeforeFat(args));
  if (args.unstable("llvm-plugins") !== undefined) {
    warnings.push("The build loads LLVM plugins (-Z llvm-plugins), but the replay does not.");
  }
  if (args.unstable("codegen-backend") !== undefined) {
    warnings.push("The build uses another code generator (-Z codegen-backend): there is no LTO by LLVM to replay.");
  }
  return warnings;
}

/** Sanitizers that have no pass before LTO, or whose passes the replay runs. */
const REPLAYED_SANITIZERS: ReadonlySet<string> = new Set([
  "address",
  "memory",
  "thread",
  "leak",
  "safestack",
  "shadow-call-stack",
  "memtag",
]);

/** Without a session, the replay also runs rustc's own passes over the codegen units, so these settings matter only in fat LTO. */
function unsupportedBeforeFat(args: RustcArguments): string[] {
  const warnings: string[] = [];
  const sanitizers = sanitizersOf(args).filter((name) => !REPLAYED_SANITIZERS.has(name));
  if (sanitizers.length > 0) {
    warnings.push(
      `The build uses sanitizers (${sanitizers.join(", ")}) whose passes the replay does not run before fat LTO, so every stage differs.`,
    );
  }
  if (args.unstable("sanitizer-recover") !== undefined || args.unstable("sanitizer-memory-track-origins") !== undefined) {
    warnings.push(
      "The build has sanitizer options (-Z sanitizer-…) that the replay does not pass on before fat LTO, so every stage differs.",
    );
  }
  return warnings;
}
