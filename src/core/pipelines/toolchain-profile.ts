/**
 * The differences between rustc releases, as data (invariant 4). Code uses the profile of a release and never its number.
 *
 * Sources for every release: `configure_llvm` in rustc's compiler/rustc_codegen_llvm/src/llvm_util.rs (standard LLVM arguments, and that a
 * user's argument replaces the standard one with the same name) and the `generic_activity` calls in back/lto.rs.
 */

import type { OptLevel } from "../../protocol/units.js";

export interface ToolchainProfile {
  /** `run_pass_manager` adds the module flag LTOPostLink. */
  readonly addsLtoPostLink: boolean;
  /** A codegen unit is prepared for fat LTO with the passes that prepare for thin LTO (`optimize` in back/write.rs). */
  readonly thinPreLinkBeforeFat: boolean;
  /**
   * Names through which crates and std refer to each other and which this release does not mangle: exported at the Rust level, unlike all other names
   * that are not mangled. A `*` at the end matches any rest.
   */
  readonly rustLevelNames: readonly string[];
  /** Every crate of an instrumented build exports the profiler's symbols, and those of MemorySanitizer, so that the log counts them among the crate's own. */
  readonly countsProfilerSymbols: boolean;
  /** `___asan_globals_registered`, which LLVM makes for the address sanitizer, is among the symbols to preserve. Fat LTO preserves it in any case. */
  readonly preservesAsanGlobals: boolean;
  /** The module after fat LTO is written with its ThinLTO summary. */
  readonly summaryAfterFatLto: boolean;
  /** Symbols of the allocator shim that the log counts among the crate's own, where it counts at the Rust level. */
  readonly allocatorSymbols: readonly string[];
  /** The opt level that the option `-O` means. */
  readonly levelOfO: OptLevel;
  /** LLVM arguments that rustc always passes, in its order. */
  readonly standardLlvmArguments: readonly string[];
  /** A target's own LLVM arguments precede the user's, so that the user's win. */
  readonly targetArgumentsFirst: boolean;
  /** rustc's self-profile activity → its name in this release, if it differs from the engine's. */
  readonly activityNames: Readonly<Record<string, string>>;
  /** rustc's self-profile activities of thin LTO under the engine's names, which the engine's timings carry; tests look for them in the compiler itself. */
  readonly thinActivities: readonly string[];
  /** The same for fat LTO. */
  readonly fatActivities: readonly string[];
}

/** A change of one of rustc's rules, with the rule before it. */
export interface RustcChange {
  /** The first release with the new rule, "1.96". */
  readonly since: string;
  readonly what: string;
  /** The change in rustc, and the function that it changed. */
  readonly source: string;
  /** The profile before that release; empty if the reader of rustc's output accepts both. */
  readonly before: Partial<ToolchainProfile>;
  /** The test of this row: its file, and its title ("Suite.Name" of a test in C++). */
  readonly heldBy: readonly [file: string, title: string];
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

/** The marker of the allocator shim, whose name is not mangled up to 1.89. */
const SHIM_MARKER = "__rust_no_alloc_shim_is_unstable";

/**
 * `rustc_std_internal_symbol` and weak language items, but for `rust_eh_personality`, which is preserved at every level: std's hooks, allocator and panic
 * functions (`__rust_*`), their default implementations (`__rdl_*`) and the program's own (`__rg_*`), and two that have no prefix.
 */
const UNMANGLED_INTERNALS = ["__rust_*", "__rdl_*", "__rg_*", "rust_begin_unwind", "rust_panic", "rust_eh_catch_typeinfo"];

/**
 * `ALLOCATOR_METHODS`, the error handler with its flag (`OomStrategy::SYMBOL`), and the marker. From 1.87 on they are mangled, which does not matter: no
 * module of thin-local LTO defines them.
 */
const ALLOCATOR_SYMBOLS = [
  ...["__rust_alloc", "__rust_dealloc", "__rust_realloc", "__rust_alloc_zeroed"],
  ...["__rust_alloc_error_handler", "__rust_alloc_error_handler_should_panic", SHIM_MARKER],
];

const NEWEST: ToolchainProfile = {
  addsLtoPostLink: false,
  thinPreLinkBeforeFat: true,
  rustLevelNames: [],
  countsProfilerSymbols: false,
  preservesAsanGlobals: true,
  summaryAfterFatLto: false,
  allocatorSymbols: [],
  levelOfO: "3",
  standardLlvmArguments: STANDARD_ARGUMENTS,
  targetArgumentsFirst: true,
  activityNames: {},
  thinActivities: THIN_ACTIVITIES,
  fatActivities: FAT_ACTIVITIES,
};

/** The oldest release that the tables describe. */
export const OLDEST_RELEASE = "1.82";

/** Newest first. */
export const RUSTC_CHANGES: readonly RustcChange[] = [
  {
    since: "1.99",
    what: "LLVM 23 keeps GUIDs as metadata. rustc assigns them before it writes a module for LTO, and after the passes of thin LTO.",
    source:
      "rust-lang/rust#157055, reapplied by #158961, `LLVMRustOptimize` and `LLVMRustModuleSerialize` in rustc_llvm/llvm-wrapper/PassWrapper.cpp; llvm/llvm-project#201849",
    before: {},
    heldBy: ["addon/test/pass_manager_test.cpp", "RunPassManager.ReadiesAModuleForAThinBufferWhereRustcDoes"],
  },
  {
    since: "1.99",
    what: "LLVM 23 has no pipelines for the opt levels s and z: rustc runs that of 2.",
    source: "rust-lang/rust#155656, `fromRust` in rustc_llvm/llvm-wrapper/PassWrapper.cpp; llvm/llvm-project#191363",
    before: {},
    heldBy: ["addon/test/optimize_thin_module_test.cpp", "OptimizeThinModule.OptimizesAtEveryLevel"],
  },
  {
    since: "1.97",
    what: "A member of rlibs, `lib.rmeta-link`, lists the objects that take part; before, their names show it. The names are the same in both.",
    source: "rust-lang/rust#154861, `prepare_lto` in rustc_codegen_llvm/src/back/lto.rs",
    before: {},
    heldBy: ["addon/test/bitcode_file_test.cpp", "OpenBitcodeFile.TakesFromAnArchiveWhatRustcWouldTake"],
  },
  {
    since: "1.97",
    what: "A target's own LLVM arguments precede the user's.",
    source: "rust-lang/rust#156554, `configure_llvm` in rustc_codegen_llvm/src/llvm_util.rs",
    before: { targetArgumentsFirst: false },
    heldBy: ["test/unit/capture-settings.test.ts", "have a target's LLVM arguments before or after the user's"],
  },
  {
    since: "1.96",
    what: "A codegen unit is prepared for fat LTO with the passes that prepare for thin LTO.",
    source: "rust-lang/rust#153446, `optimize` in rustc_codegen_ssa/src/back/write.rs",
    before: { thinPreLinkBeforeFat: false },
    heldBy: ["test/unit/toolchain-profile.test.ts", "says with which passes codegen units are prepared for fat LTO"],
  },
  {
    since: "1.96",
    what: "The log counts cached modules among the local ones; before, it says `upstream or cached module`.",
    source: "rust-lang/rust#153440, `prepare_lto` and `thin_lto` in rustc_codegen_llvm/src/back/lto.rs",
    before: {},
    heldBy: ["test/unit/capture-rustc-log.test.ts", "names upstream modules in the words of either release"],
  },
  {
    since: "1.92",
    what: "File names of more than 143 bytes are cut, perhaps in 1.91 already; before, rustc writes whole names, except those that the file system rejects.",
    source: "rust-lang/rust#145005, `maybe_strip_file_name` in rustc_session/src/config.rs",
    before: {},
    heldBy: ["test/unit/capture-stage-files.test.ts", "are found under long names that rustc did not cut"],
  },
  {
    since: "1.91",
    what: "The allocator shim's symbols are no longer exported by the crate whose build makes the shim. (1.91 and 1.92 were not read; a set of symbols is used only where it is as large as rustc says.)",
    source: "`exported_non_generic_symbols_provider_local` in rustc_codegen_ssa/src/back/symbol_export.rs of 1.90 and 1.93",
    before: { allocatorSymbols: ALLOCATOR_SYMBOLS },
    heldBy: ["test/unit/toolchain-profile.test.ts", "says up to when rustc counts the allocator shim's symbols"],
  },
  {
    since: "1.91",
    what: "The symbols of the profiler and of MemorySanitizer are preserved by the LLVM backend; before, every crate of an instrumented build exports them.",
    source: "rust-lang/rust#145965, `exported_non_generic_symbols_provider_local` in rustc_codegen_ssa/src/back/symbol_export.rs",
    before: { countsProfilerSymbols: true },
    heldBy: ["test/unit/toolchain-profile.test.ts", "says up to when rustc counts the profiler's symbols"],
  },
  {
    since: "1.91",
    what: "What LLVM makes for the address sanitizer is preserved in thin LTO too; before, only in fat LTO. (1.91 to 1.94 were not read.)",
    source:
      "`prepare_lto` in rustc_codegen_llvm/src/back/lto.rs, and `LLVMRustRunRestrictionPass` in rustc_llvm/llvm-wrapper/PassWrapper.cpp, of 1.90 and 1.95",
    before: { preservesAsanGlobals: false },
    heldBy: ["test/unit/toolchain-profile.test.ts", "says since when rustc preserves the address sanitizer's symbol in thin LTO"],
  },
  {
    since: "1.90",
    what: "The allocator shim's marker is a function with a mangled name.",
    source: "`exported_non_generic_symbols_provider_local` in rustc_codegen_ssa/src/back/symbol_export.rs of 1.85 and 1.90",
    before: { rustLevelNames: [SHIM_MARKER] },
    heldBy: ["test/unit/toolchain-profile.test.ts", "names std's own symbols as long as they are not mangled"],
  },
  {
    since: "1.90",
    what: "The module after fat LTO is written without a ThinLTO summary, and the passes that ready a module for one no longer follow. (1.86 to 1.89 were not read.)",
    source: "rust-lang/rust#136840, `codegen` and `llvm_optimize` in rustc_codegen_llvm/src/back/write.rs of 1.85 and 1.90",
    before: { summaryAfterFatLto: true },
    heldBy: ["test/unit/toolchain-profile.test.ts", "says up to when rustc writes a summary after fat LTO"],
  },
  {
    since: "1.90",
    what: "The symbols to preserve are found outside of the LLVM backend, which changes the name of the activity.",
    source: "rust-lang/rust#144062, `exported_symbols_for_lto` in rustc_codegen_ssa/src/back/lto.rs",
    before: { activityNames: { lto_generate_symbols_below_threshold: "LLVM_lto_generate_symbols_below_threshold" } },
    heldBy: ["test/unit/toolchain-profile.test.ts", "gives activities the names of the release"],
  },
  {
    since: "1.90",
    what: "The number of symbols to preserve is logged by rustc_codegen_ssa, no longer by rustc_codegen_llvm.",
    source: "rust-lang/rust#144062, `exported_symbols_for_lto` in rustc_codegen_ssa/src/back/lto.rs",
    before: {},
    heldBy: ["test/unit/capture-rustc-log.test.ts", "counts symbols to preserve, whichever crate of rustc's says so"],
  },
  {
    since: "1.88",
    what: "Names of temporary files have an invocation id if the build is incremental.",
    source:
      "rust-lang/rust#139453, `temp_path_for_cgu` in rustc_session/src/config.rs; `cgcx.invocation_temp` of 1.90, which 1.85 does not have",
    before: {},
    heldBy: [
      "test/unit/capture-stage-files.test.ts",
      "are found if all names of a crate were shortened, with and without an invocation id",
    ],
  },
  {
    since: "1.87",
    what: "Symbols through which crates and std refer to each other are mangled, except the allocator shim's marker.",
    source: "rust-lang/rust#127173, `mangle_internal_symbol` in rustc_symbol_mangling/src/v0.rs",
    before: { rustLevelNames: UNMANGLED_INTERNALS },
    heldBy: ["test/unit/toolchain-profile.test.ts", "names std's own symbols as long as they are not mangled"],
  },
  {
    since: "1.86",
    what: "`-O` is opt level 3; before, 2.",
    source: "rust-lang/rust#135439, `parse_opt_level` in rustc_session/src/config.rs of 1.85 and 1.90",
    before: { levelOfO: "2" },
    heldBy: ["test/unit/capture-settings.test.ts", "-O is the level that it is in the release"],
  },
  {
    since: "1.84",
    what: "The module flag LTOPostLink is no longer added before the passes.",
    source: "`run_pass_manager` in rustc_codegen_llvm/src/back/lto.rs of 1.83 and 1.84",
    before: { addsLtoPostLink: true },
    heldBy: ["test/unit/toolchain-profile.test.ts", "says up to when rustc adds LTOPostLink"],
  },
];

/**
 * The profile of a rustc release.
 *
 * @param release "1.95.0", "1.97.0-nightly"; null (plain files without a toolchain): the newest profile
 */
export function toolchainProfile(release: string | null): ToolchainProfile {
  if (release === null) return NEWEST;
  const later = RUSTC_CHANGES.filter(({ since }) => compareReleases(release, since) < 0);
  return later.reduce<ToolchainProfile>((profile, { before }) => ({ ...profile, ...before }), NEWEST);
}

/** Releases for which replays of the whole matrix in docs/verification.md were equal to rustc's own results. */
export const PROVEN_RELEASES: readonly string[] = ["1.85", "1.95", "1.96", "1.97", "1.98"];

/** Whether this project has compared its rules for a release with the compiler. */
export function isProven(release: string): boolean {
  return PROVEN_RELEASES.some((proven) => compareReleases(release, proven) === 0);
}

/** The warning about a unit whose compiler was never compared with these rules. */
export function unprovenRules(release: string): string {
  const [major = "", minor = ""] = release.split(".");
  return `Rules of rustc ${major}.${minor}, not yet verified on this machine: \`lto-inspector verify\` compares them with the compiler.`;
}

/** The name that rustc of this release gives one of the engine's activities. */
export function activityName(profile: ToolchainProfile, activity: string): string {
  return profile.activityNames[activity] ?? activity;
}

/**
 * All of LLVM's process-wide arguments, as rustc passes them.
 *
 * @param given the target's and the user's `-C llvm-args` in rustc's order, split into single arguments
 */
export function llvmArguments(profile: Pick<ToolchainProfile, "standardLlvmArguments">, given: readonly string[]): string[] {
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
