/**
 * A unit: everything that one build optimises together for one output (a final crate, or a set of objects).
 *
 * A capture writes one `UnitManifest` per unit; it and the files beside it are all that a replay and a verification need.
 */
import type { BeforeFile } from "./linked-files.js";
import type { Count } from "./numbers.js";
import type { LtoErrorReport } from "./errors.js";
import type { LtoMode, Stage } from "./stages.js";

/** rustc's `CrateType`, as `--crate-type` spells it. */
export type CrateType = "bin" | "cdylib" | "staticlib" | "dylib" | "rlib" | "lib" | "proc-macro" | "sdylib";

/** rustc's `-C opt-level` values. */
export type OptLevel = "0" | "1" | "2" | "3" | "s" | "z";

/** rustc's `-C relocation-model` values. */
export type RelocationModel = "static" | "pic" | "pie" | "dynamic-no-pic" | "ropi" | "rwpi" | "ropi-rwpi";

/** What determines the result of LTO apart from the bitcode; from the recorded rustc command line. */
export interface LtoSettings {
  readonly optLevel: OptLevel;
  /** LLVM's triple; null: the modules' own. */
  readonly targetTriple: string | null;
  readonly targetCpu: string | null;
  /** LLVM's feature string ("+avx2,-sse4a"); empty if none were requested. */
  readonly targetFeatures: string;
  readonly relocationModel: RelocationModel;
  readonly codeModel: string | null;
  /** `-C llvm-args`, already split into single arguments; rustc's own standard ones are added by the toolchain profile. */
  readonly llvmArgs: readonly string[];
  readonly vectorizeLoops: boolean;
  readonly vectorizeSlp: boolean;
  readonly mergeFunctions: boolean;
  /** `-C passes`. */
  readonly passes: readonly string[];
  /** `-C no-prepopulate-passes`. */
  readonly noPrepopulatePasses: boolean;
  /** rustc's `fewer_names`: discard the names of values. */
  readonly fewerNames: boolean;
  /** `-C prefer-dynamic`. */
  readonly preferDynamic: boolean;
  /** `-Z dylib-lto`. */
  readonly dylibLto: boolean;
  /** The final crate's own `-C linker-plugin-lto`. */
  readonly linkerPluginLto: boolean;
  /** `-C instrument-coverage` or `-C profile-generate`: more symbols are preserved. */
  readonly profilerRuntime: boolean;
  /** Instrumentation that LLVM inserts into codegen units before LTO; absent: none. */
  readonly instrumentation?: Instrumentation;
}

/** What LTO and code generation take from the specification of a target (`rustc --print target-spec-json`), with rustc's defaults filled in. */
export interface TargetSpec {
  /** LLVM's triple. */
  readonly llvmTarget: string;
  readonly relocationModel: RelocationModel;
  readonly codeModel: string | null;
  readonly mergeFunctions: "disabled" | "trampolines" | "aliases";
  readonly functionSections: boolean;
  readonly trapUnreachable: boolean;
  readonly relaxElfRelocations: boolean;
  /** `.ctors` instead of `.init_array`. */
  readonly useCtorsSection: boolean;
  readonly generateArangeSection: boolean;
  readonly emulatedTls: boolean;
  /** There are no threads, unless features say otherwise. */
  readonly singlethread: boolean;
  /** LLVM's name of the ABI; "": LLVM's default. */
  readonly abi: string;
  readonly floatAbi: "default" | "soft" | "hard";
  /** rustc's list ("+v8a,+outline-atomics"). */
  readonly features: string;
  readonly llvmArgs: readonly string[];
}

export interface Instrumentation {
  /** `-C instrument-coverage`. */
  readonly coverage: boolean;
  /** `-C profile-generate`: the pattern of the files that the program writes. */
  readonly profileGenerate: string | null;
  /** `-C profile-use`: the profile. */
  readonly profileUse: string | null;
  /** `-Z sanitizer`. */
  readonly sanitizers: readonly string[];
}

/** A setting in which the capture or the replay differs from the user's own build. */
export interface Deviation {
  readonly setting: string;
  readonly build: string;
  readonly used: string;
}

export interface Toolchain {
  /** The rustc that was run (not a rustup proxy). */
  readonly rustc: string;
  readonly sysroot: string;
  readonly host: string;
  /** "1.95.0", "1.97.0-nightly". */
  readonly release: string;
  readonly commitHash: string | null;
  /** "22.1.2", as `rustc -vV` prints it. */
  readonly llvmVersion: string;
}

/** Where a module comes from: rustc's local and allocator CGUs, upstream crates' rlibs, or files that the user named. */
export type ModuleOrigin = "local" | "upstream" | "allocator" | "input";

/** Whose crate a module is from; `dependency`: neither of the workspace nor of the toolchain, or not known. */
export type CratePlace = "workspace" | "dependency" | "std";

/** A local CGU of the final crate. */
export interface LocalModule {
  /** rustc's name of the module (its identifier in LLVM). */
  readonly name: string;
  readonly origin: "local" | "allocator";
  /**
   * The file that its bitcode is read from, absolute or relative to the manifest: a `pre-lto.bc` of the incremental session (has a summary), or
   * a `thin-lto-input.bc` that `-C save-temps` kept (has none and is serialised again, see `reserialize`).
   */
  readonly file: string;
  /** True if the bitcode has to be written again with the ThinLTO bitcode writer (rustc's `prepare_thin`). */
  readonly reserialize: boolean;
  /** rustc took it from the incremental cache (a *green* module); null: not known. */
  readonly green: boolean | null;
  /** Fat LTO without a session: rustc never wrote it, and `file` is the `no-opt.bc` from before its own passes. */
  readonly inMemory?: boolean;
  /**
   * A module in memory: the same with the order of use-lists, so that passes see what rustc's saw; from compiling the crate again. Absent: that
   * could not be done.
   */
  readonly useListsFile?: string;
  /**
   * A module in memory whose values rustc names: the same after passes that name values, which shows how many names each function had made unique; from
   * compiling the crate again. Absent: rustc discards names, or that could not be done.
   */
  readonly namesFile?: string;
  /** Fat LTO, allocator module: the file to use instead of `file` if the program has a `#[global_allocator]`. */
  readonly withGlobalAllocator?: string;
}

/** An rlib (or a plain object or bitcode file) whose modules take part in LTO. */
export interface UpstreamArchive {
  readonly crate: string;
  /** Absolute or relative to the manifest. */
  readonly file: string;
  /** The file's path when it was captured. */
  readonly source: string;
  /** Absent: not known, as in a capture of an earlier version. */
  readonly place?: CratePlace;
  /**
   * The member names that rustc read ("adding bitcode from …"), in order; null: unknown, so that all members that look like Rust objects are read.
   */
  readonly members: readonly string[] | null;
}

/** An rlib that is linked as it is. */
export interface OutsideCrate {
  readonly crate: string;
  /** Absolute or relative to the manifest. */
  readonly file: string;
  /** The file's path when it was captured. */
  readonly source: string;
}

/** rustc's decisions, from its log (`RUSTC_LOG=rustc_codegen_llvm::back::lto=info`). */
export interface RustcDecisions {
  /** "N symbols to preserve in this crate"; null: not printed. */
  readonly preservedSymbols: Count | null;
  /** null: rustc had no previous keys. */
  readonly previousKeys: Readonly<Record<string, string>> | null;
  readonly currentKeys: Readonly<Record<string, string>>;
  readonly verdicts: Readonly<Record<string, "re-used" | "re-compiled">>;
  readonly localModules: readonly string[];
  readonly upstreamOrCachedModules: readonly string[];
  /** Fat LTO: the base module, then the modules linked into it, in order. */
  readonly linked?: readonly string[];
}

/** The part of a workspace that a capture built, in Cargo's terms. A list that is absent is empty: Cargo's default. */
export interface CaptureScope {
  /** Where Cargo was started, relative to the workspace. */
  readonly folder: string;
  readonly packages?: readonly string[];
  /** The library of the package: a cdylib, staticlib or dylib. */
  readonly lib?: boolean;
  readonly bins?: readonly string[];
  readonly examples?: readonly string[];
  readonly tests?: readonly string[];
  readonly benches?: readonly string[];
  /** Options that override the profile, even if they say what it says. */
  readonly lto?: LtoMode;
  readonly incremental?: boolean;
  readonly lineTables?: boolean;
  /** Options that choose features: `--features=…`, `--all-features`, `--no-default-features`. */
  readonly features?: readonly string[];
  /** Triples that Cargo was asked to build for. */
  readonly targets?: readonly string[];
  /** The rustup toolchain that the capture was asked to use; null: none, so it was the workspace's own; absent: it was named by path, or an earlier version captured. */
  readonly toolchain?: string | null;
}

/** The object that rustc generated from a module. */
export interface RustcObject {
  /** Absolute or relative to the manifest. */
  readonly file: string;
  /** Where rustc wrote it. */
  readonly source: string;
  /** Its DWARF object, absolute or relative to the manifest, if the build splits DWARF. */
  readonly dwarf?: string;
}

/** A word of the linker's command line: text, the object of a module of LTO, a file that the capture keeps, or the output. */
export type LinkWord =
  | string
  | { readonly module: string }
  /** `before` precedes the file's path in the same word: "-Wl,--version-script=". */
  | { readonly file: string; readonly before: BeforeFile }
  | { readonly output: true };

/** How rustc's linker made the output. */
export interface LinkLine {
  /** As rustc called it: a path, or a name that it looked up. */
  readonly program: string;
  readonly words: readonly LinkWord[];
  /** The variables that rustc set for the linker, without PATH. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where rustc was started. */
  readonly folder: string;
  /** The linked file, absolute or relative to the manifest. */
  readonly output: string;
  /** Where the linker wrote it. */
  readonly source: string;
}

/**
 * A member of a staticlib: the object of a module of LTO, or one that rustc took unchanged from a library or file outside LTO, which had these bytes when the
 * build was captured.
 */
export type ArchivedMember =
  { readonly name: string; readonly module: string } | { readonly name: string; readonly from: string; readonly sha256: string };

/** What rustc made a staticlib from, in order. */
export interface ArchiveList {
  readonly members: readonly ArchivedMember[];
  /** The archive, absolute or relative to the manifest. */
  readonly output: string;
  /** Where rustc wrote it. */
  readonly source: string;
}

/** An output of the build, without what it was made from. */
export interface KeptOutput {
  readonly file: string;
  /** Where the build has it. */
  readonly source: string;
}

export interface UnitManifest {
  readonly schema: 1;
  /** The producer's name in src/core/producers; absent: rustc with Cargo. */
  readonly producer?: string;
  /** The folder of the capture (or the session directory) that it was read from; not written. */
  readonly folder?: string;
  /** Stable across captures, without `@N`. */
  readonly id: string;
  /** 1 for the first capture of this unit; `ID@N` names this one. */
  readonly capture: Count;
  /** "demo-cli (bin)". */
  readonly name: string;
  readonly crateName: string;
  readonly packageName: string;
  readonly crateTypes: readonly CrateType[];
  readonly profile: string;
  readonly mode: LtoMode;
  readonly incremental: boolean;
  /**
   * The folders that rustc keeps sessions in, of the crate itself and of others whose code takes part: "textstats-01lao845uq0zl". They show the crates'
   * ids, from which rustc makes names of codegen units. Absent: there is no session, or a capture of an earlier version.
   */
  readonly sessionFolders?: readonly string[];
  readonly workspace: string;
  /** ISO 8601. */
  readonly capturedAt: string;
  readonly toolchain: Toolchain;
  /** The final crate's original rustc arguments, without the program. */
  readonly commandLine: readonly string[];
  readonly settings: LtoSettings;
  /** Absent: the target has rustc's defaults, or a capture of an earlier version. */
  readonly targetSpec?: TargetSpec;
  readonly deviations: readonly Deviation[];
  /** Absent: not known, as in a capture of an earlier version. */
  readonly scope?: CaptureScope;
  readonly complete: boolean;
  /** Why it is not complete. */
  readonly incompleteBecause?: LtoErrorReport;
  /** The build failed during or after LTO, so the output was not linked: the messages of Cargo and rustc. */
  readonly notLinked?: LtoErrorReport;
  /** In rustc's order. */
  readonly localModules: readonly LocalModule[];
  /**
   * Thin-local LTO: rustc's modules after internalising, from a compilation of the crate in which no function refers to another. What is external in them
   * is what rustc preserves. Absent: rustc preserves nothing but `main`, or that compilation could not be done.
   */
  readonly preservedFiles?: readonly string[];
  readonly upstream: readonly UpstreamArchive[];
  /**
   * Crates that rustc leaves out of LTO and links as they are: `#![no_builtins]` ones and compiler_builtins. Absent: not known (no linker was started), or a
   * capture of an earlier version.
   */
  readonly outsideLto?: readonly OutsideCrate[];
  /** false: the crate's root file does not contain the word, so the crate is not `#![no_builtins]`. Absent: not known, or a capture of an earlier version. */
  readonly noBuiltins?: false;
  /** Fat LTO without a session: the profile of `-C profile-use`, used by passes before LTO. Absent: there is none, or it could not be stored. */
  readonly profileFile?: string;
  /** The previous session's keys before the build; null: there was no session or no file. */
  readonly previousKeysFile: string | null;
  /** The keys that rustc wrote in this build; null: not incremental. */
  readonly currentKeysFile: string | null;
  readonly decisions: RustcDecisions | null;
  /** rustc's own stage files: module → stage → file (absolute or relative to the manifest). */
  readonly rustcStages: Readonly<Record<string, Readonly<Record<Stage, string>>>>;
  /**
   * rustc's own objects of the modules that took part in LTO, those that it re-used included. Absent: a capture of an earlier version.
   */
  readonly rustcObjects?: Readonly<Record<string, RustcObject>>;
  /** Absent: no linker was started, or `noLinkBecause` says why; or a capture of an earlier version. */
  readonly link?: LinkLine;
  /** Of a staticlib. Absent: there is none, or `noLinkBecause` says why; or a capture of an earlier version. */
  readonly archive?: ArchiveList;
  /** Why the linker's command line, or what an archive was made from, was not kept. */
  readonly noLinkBecause?: string;
  /** The linked output, where `link` is absent because of `noLinkBecause`. Absent: there is none, or a capture of an earlier version. */
  readonly outputAlone?: KeptOutput;
  /** The size of the linked output in bytes, if there is one. */
  readonly outputBytes: Count | null;
  readonly warnings: readonly string[];
}
