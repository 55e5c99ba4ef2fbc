/**
 * The toolchain profile: what differs between rustc versions, in one table (invariant 4). Code asks the profile and never the version.
 *
 * Sources: `configure_llvm` in rustc's compiler/rustc_codegen_llvm/src/llvm_util.rs (standard LLVM arguments, and that an argument which the
 * target or the user gives replaces the standard one of that name); `run_pass_manager` in back/lto.rs (LTOPostLink, up to 1.94);
 * `generic_activity` calls in back/lto.rs; rust-lang/rust#153446 (passes before fat LTO).
 */

export interface ToolchainProfile {
  /** The first rustc release that the profile is for, "1.95". */
  readonly since: string;
  /** `run_pass_manager` adds the module flag LTOPostLink. */
  readonly addsLtoPostLink: boolean;
  /** A codegen unit is prepared for fat LTO with the passes that prepare for thin LTO (`optimize` in back/write.rs). */
  readonly thinPreLinkBeforeFat: boolean;
  /** LLVM arguments that rustc always passes, in its order. */
  readonly standardLlvmArguments: readonly string[];
  /** rustc's self-profile activity → the name that this release gives it, where it is another than the engine's. */
  readonly activityNames: Readonly<Record<string, string>>;
  /** rustc's self-profile activities of thin LTO under the engine's names, which the engine's timings carry; tests look for them in the compiler itself. */
  readonly thinActivities: readonly string[];
  /** The same of fat LTO. */
  readonly fatActivities: readonly string[];
}

const STANDARD_ARGUMENTS = [
  "-generate-arange-section",
  "-mergefunc-use-aliases",
  "-preserve-alignment-assumptions-during-inlining=false",
  "-import-cold-multiplier=0.1",
];

const THIN_ACTIVITIES = [
  "lto_generate_symbols_below_threshold",
  "LLVM_thin_lto_global_analysis",
  "LLVM_thin_lto_rename",
  "LLVM_thin_lto_resolve_weak",
  "LLVM_thin_lto_internalize",
  "LLVM_thin_lto_import",
  "LLVM_lto_optimize",
];

const FAT_ACTIVITIES = [
  "lto_generate_symbols_below_threshold",
  "LLVM_fat_lto_build_monolithic_module",
  "LLVM_fat_lto_link_module",
  "LLVM_lto_optimize",
];

const NEWEST: ToolchainProfile = {
  since: "1.96",
  addsLtoPostLink: false,
  thinPreLinkBeforeFat: true,
  standardLlvmArguments: STANDARD_ARGUMENTS,
  activityNames: {},
  thinActivities: THIN_ACTIVITIES,
  fatActivities: FAT_ACTIVITIES,
};

/** Newest first. Older toolchains carry another LLVM than the engine's headers and are refused before a profile is asked for. */
export const TOOLCHAIN_PROFILES: readonly ToolchainProfile[] = [
  NEWEST,
  { ...NEWEST, since: "1.95", thinPreLinkBeforeFat: false },
  {
    ...NEWEST,
    ...{ since: "1.0", addsLtoPostLink: true, thinPreLinkBeforeFat: false },
    // Up to 1.8x; the engine names it as rustc does since it left the LLVM backend for rustc_codegen_ssa.
    activityNames: { lto_generate_symbols_below_threshold: "LLVM_lto_generate_symbols_below_threshold" },
  },
];

/**
 * The profile of a rustc release.
 *
 * @param release "1.95.0", "1.97.0-nightly"; null (plain files without a toolchain): the newest profile
 */
export function toolchainProfile(release: string | null): ToolchainProfile {
  const newest = TOOLCHAIN_PROFILES[0];
  if (newest === undefined) throw new Error("The table of toolchain profiles is empty.");
  if (release === null) return newest;
  return TOOLCHAIN_PROFILES.find((profile) => compareReleases(release, profile.since) >= 0) ?? newest;
}

/** The name that rustc of this release gives one of the engine's activities. */
export function activityName(profile: ToolchainProfile, activity: string): string {
  return profile.activityNames[activity] ?? activity;
}

/**
 * All of LLVM's process-wide arguments as rustc would pass them.
 *
 * @param given the target's, then the user's `-C llvm-args`, split into single arguments
 */
export function llvmArguments(profile: ToolchainProfile, given: readonly string[]): string[] {
  const names = new Set(given.map(argumentName).filter((name) => name !== ""));
  return [...profile.standardLlvmArguments.filter((argument) => !names.has(argumentName(argument))), ...given];
}

function argumentName(argument: string): string {
  return argument.trim().split(/[=\s]/, 1)[0] ?? "";
}

/** Compares "1.95.0-nightly" and "1.94" by major and minor number. */
function compareReleases(left: string, right: string): number {
  const [leftMajor = 0, leftMinor = 0] = left.split(".").map(Number);
  const [rightMajor = 0, rightMinor = 0] = right.split(".").map(Number);
  return leftMajor === rightMajor ? leftMinor - rightMinor : leftMajor - rightMajor;
}
