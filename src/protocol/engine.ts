/**
 * Requests between core and the engine process (JSON-RPC over Node's IPC), and between the engine process and the addon: both speak these
 * same messages; the engine process only passes them on.
 *
 * Direction of every request: core → engine. Notifications (`engine/progress`) go the other way.
 */
import type { KeyModule } from "./keys.js";
import type { ReasonKind, Timing, Verdict } from "./runs.js";
import type { LtoMode, Stage } from "./stages.js";
import type { CrateType, LtoSettings, ModuleOrigin } from "./units.js";

/** What is really loaded into the engine process. */
export interface EngineInfo {
  /** Path that the loader took libLLVM from (dladdr). */
  readonly path: string;
  /** "22.1.2-rust-1.95.0-stable", as the library itself says. */
  readonly version: string;
  /** VCS revision that LLVM was built from; empty when it was not recorded. */
  readonly revision: string;
  /** Version of the headers that the addon was compiled with. */
  readonly compiledAgainst: string;
  /** Registered target names. */
  readonly targets: readonly string[];
}

/** `initialize`: once per process, before anything else. */
export interface InitializeParams {
  /** LLVM's process-wide command-line arguments, rustc's standard ones included. */
  readonly llvmArguments: readonly string[];
  /** A file in which the engine keeps the module and stage under way, so that a crash can be told. */
  readonly journal: string | null;
  /** Threads for one step of an analysis; 0: as many as the machine has. */
  readonly threads: number;
}

/** Who wrote a bitcode file: its identification block. */
export interface Producer {
  /** "LLVM22.1.2-rust-1.95.0-stable". */
  readonly identification: string;
  /** "22.1.2-rust-1.95.0-stable" */
  readonly version: string;
  /** From the irsymtab: the full producer with its revision, where there is one. */
  readonly symtabProducer: string;
}

/** `readModules`: what files hold, without analysing them. */
export interface ReadModulesParams {
  readonly files: readonly string[];
  /** Archive members: only those that rustc would read (`looks_like_rust_object_file`), or all. */
  readonly members: "rust-objects" | "all";
}

export interface ModuleFile {
  /** Module identifier: the archive member's name, or the file's name without folder. */
  readonly name: string;
  readonly file: string;
  readonly member: string | null;
  readonly bytes: number;
  readonly triple: string;
  readonly sourceFileName: string;
  readonly producer: Producer;
  readonly hasSummary: boolean;
  /** false: a linker does full LTO with it, whether it has a summary or not (`clang -flto`). */
  readonly isThinLto: boolean;
  /** Who compiled it, out of `llvm.ident` ("clang version 22.1.8"); "": rustc's LLVM wrote it, or it does not say. */
  readonly compiler: string;
  readonly definitions: number;
  /** Defines the allocator shim (`__rust_alloc`). */
  readonly isAllocator: boolean;
  /** Every function is marked no-builtins: rustc leaves such crates out of LTO. */
  readonly noBuiltins: boolean;
}

export interface ReadModulesResult {
  readonly modules: readonly ModuleFile[];
  readonly errors: readonly EngineError[];
}

/** An error of the engine's; `name` is one of `LtoErrorName`. */
export interface EngineError {
  readonly name: string;
  readonly message: string;
  readonly file?: string;
  readonly module?: string;
  readonly stage?: string;
}

export interface EngineLocalModule {
  readonly name: string;
  readonly origin: ModuleOrigin;
  readonly crate: string;
  readonly file: string;
  /** An archive member, where `file` is an archive. */
  readonly member?: string;
  readonly reserialize: boolean;
  /** Taken from the incremental cache: listed after upstream modules, as rustc does. */
  readonly green: boolean;
  /**
   * Of fat LTO: rustc had this codegen unit in memory and never wrote it; `file` is what it was before rustc's own passes (`no-opt.bc`), which the engine
   * runs first.
   */
  readonly inMemory?: boolean;
  /** Of a module in memory: the same with the order of use-lists. It is taken where it is equal but for them. */
  readonly useListsFile?: string;
  /** Of a module in memory whose values rustc names: the same after passes that name values. */
  readonly namesFile?: string;
  /**
   * First 64 bits of the module hash as a decimal number: the promotion suffix (`.llvm.<n>`) that rustc used. Set only where re-serialising
   * changes the hash (non-incremental builds).
   */
  readonly promotionSuffix?: string;
  /** Of thin-local LTO: rustc's own module after internalising, which shows what only rustc knew as reachable. */
  readonly internalizedFile?: string;
}

export interface EngineUpstream {
  readonly crate: string;
  readonly file: string;
  /** Members to read, in order; null: all that look like Rust objects. */
  readonly members: readonly string[] | null;
}

/**
 * `analyze`: rustc's `prepare_lto` with `thin_lto`, or with the first half of `fat_lto` (up to the choice of the base module). The analysed unit stays in
 * the process under `unit` until `release`.
 */
export interface AnalyzeParams {
  readonly unit: string;
  readonly mode: LtoMode;
  readonly crateTypes: readonly CrateType[];
  readonly settings: LtoSettings;
  /** From the toolchain profile: add the module flag LTOPostLink, as rustc up to 1.94 did. */
  readonly addLtoPostLink: boolean;
  /** From the toolchain profile, for fat LTO: codegen units are prepared with the passes that prepare for thin LTO, as newer rustc does. */
  readonly thinPreLink: boolean;
  /** Of fat LTO: the profile (`-C profile-use`) that passes over modules in memory follow; null: none. The settings name the build's own, which is not read. */
  readonly profileFile: string | null;
  readonly local: readonly EngineLocalModule[];
  readonly upstream: readonly EngineUpstream[];
  /** Symbols to preserve besides those that the rule finds; of plain files without a crate type these alone, and what is used outside of IR. */
  readonly preserve: readonly string[];
  /** The local crate's symbols to preserve where rustc itself showed them; null: the rule finds them. */
  readonly crateSymbols: readonly string[] | null;
  /** Plain files: all are equals, nothing is a final crate; external definitions are preserved when this is true. */
  readonly preserveExternals: boolean;
  /** The build had an incremental session: keys are compared and kept. */
  readonly incremental: boolean;
  /** `thin-lto-past-keys.bin` of the previous session (or a snapshot of it). */
  readonly previousKeysFile: string | null;
  /** Where the new map is written (never rustc's own session); null: nowhere. */
  readonly keysFile: string | null;
  /** Of fat LTO: the base module among several in memory that cost the same, where rustc's own choice is known (no file tells it). */
  readonly baseWhereTied: string | null;
}

export interface AnalyzedModule {
  readonly name: string;
  readonly origin: ModuleOrigin;
  readonly crate: string;
  readonly file: string;
  readonly member: string | null;
  readonly bytes: number;
  readonly producer: Producer;
  /** rustc compares keys in incremental builds only; the engine computes them always. Upper-case hex, 40 digits; empty in fat LTO, which has none. */
  readonly key: string;
  readonly previousKey: string | null;
  readonly verdict: Verdict;
  readonly reason: ReasonKind;
  /** Functions and globals imported from other modules. */
  readonly imports: number;
  readonly exports: number;
  /**
   * BLAKE3 of the bitcode as it was read, and of that of the modules it imports from: keys have only what the files state about themselves. null in fat LTO,
   * where `fatDigest` is over the content of all modules.
   */
  readonly contentDigest: string | null;
}

export interface AnalyzeResult {
  /** In rustc's order; of fat LTO the base module first, then the others as they are linked into it. */
  readonly modules: readonly AnalyzedModule[];
  /** Symbols below the threshold, upstream crates' included. */
  readonly preservedSymbols: number;
  /** Those of the local crate alone: what rustc prints as "symbols to preserve in this crate". */
  readonly localPreservedSymbols: number;
  /** Of fat LTO: changes with the modules, their order and the symbols to preserve; null in thin LTO. */
  readonly fatDigest: string | null;
  readonly timings: readonly Timing[];
  readonly warnings: readonly string[];
}

/** `optimize`: rustc's `optimize_thin_module` for one module of an analysed unit; of fat LTO, linking and optimising its base module. */
export interface OptimizeParams {
  readonly unit: string;
  readonly module: string;
  /** Stages to save, in order; the later ones are not run when none of them is asked for. Empty: run all, save nothing. */
  readonly stages: readonly Stage[];
  /** Folder of content-addressed blobs; null: nothing is written. */
  readonly blobs: string | null;
}

export interface SavedStage {
  readonly stage: Stage;
  /** BLAKE3-256 of the content, hex; the blob is `<blobs>/<first two>/<the rest>.bc`. */
  readonly blob: string;
  readonly bytes: number;
  readonly instructions: number;
  readonly functions: number;
  readonly millis: number;
  readonly sameAsPrevious: boolean;
}

export interface OptimizeResult {
  readonly module: string;
  readonly stages: readonly SavedStage[];
  readonly timings: readonly Timing[];
  /** Peak resident memory of the process so far. */
  readonly peakMemoryBytes: number;
  /** LLVM's own diagnostics (warnings and remarks that were on). */
  readonly diagnostics: readonly string[];
}

export interface ReleaseParams {
  readonly unit: string;
}

/** `functions`: every function of a module, for lists and for diffs by function. */
export interface FunctionsParams {
  readonly file: string;
  /** A member, when the file is an archive. */
  readonly member?: string;
}

export interface FunctionInfo {
  readonly name: string;
  readonly demangled: string;
  readonly linkage: string;
  readonly declaration: boolean;
  readonly instructions: number;
  /** Hash of the body that does not depend on numbering, names of locals, debug info or metadata; empty for a declaration. */
  readonly hash: string;
  /** Hash of what stands before the body: type, linkage, visibility, attributes, section and the like; not the name. */
  readonly headerHash: string;
  /** Hash of everything that the text shows, with numbering stable. */
  readonly textHash: string;
  /** Where it begins, from debug info; null: there is none. */
  readonly source: SourceLine | null;
}

/** A line of a source file, counted from 1. */
export interface SourceLine {
  readonly file: string;
  readonly line: number;
}

export interface GlobalInfo {
  readonly name: string;
  readonly demangled: string;
  readonly kind: "variable" | "alias" | "ifunc";
  readonly linkage: string;
  readonly declaration: boolean;
  /** Hash of linkage, attributes and initial value; empty for a declaration. */
  readonly hash: string;
}

export interface FunctionsResult {
  readonly functions: readonly FunctionInfo[];
  readonly globals: readonly GlobalInfo[];
}

/** `origins`: where the code of a module was written, from debug info; all lists are empty without it. Takes what `functions` takes. */
export interface OriginsResult {
  readonly written: readonly WrittenFunction[];
  readonly functions: readonly FunctionOrigins[];
  /** Files that the compiler read, other than the standard library's. */
  readonly files: readonly SourceFile[];
  /** Only with full debug info. */
  readonly types: readonly WrittenType[];
}

/** A function of the sources. */
export interface WrittenFunction {
  /** The symbol that it has, or would have if it had not been copied everywhere. */
  readonly symbol: string;
  /** Readable, with generic arguments. */
  readonly name: string;
  readonly source: SourceLine;
}

/** What was written where of one function of the module. */
export interface FunctionOrigins {
  readonly symbol: string;
  readonly parts: readonly FramePart[];
}

/** The instructions of one function that were written in another, or in itself. */
export interface FramePart {
  /** Index in {@link OriginsResult.written}. */
  readonly written: number;
  /** Of the instructions in any order; neither numbering nor lines are in it. */
  readonly hash: string;
  /** 0: the function itself; otherwise through how many functions it was copied. */
  readonly depth: number;
}

export interface SourceFile {
  readonly file: string;
  /** As the compiler computed it when it read the file. */
  readonly checksum: string;
}

export interface WrittenType {
  readonly name: string;
  /** Of the names and types of fields and variants: a type that holds another one stays the same when that one grows. */
  readonly hash: string;
}

/** `print`: LLVM IR text of a module or of one function. */
export interface PrintParams {
  readonly file: string;
  readonly member?: string;
  /** Mangled or demangled name. */
  readonly function?: string;
  /** Characters at most; what is beyond is left out and said. */
  readonly limit: number;
}

export interface PrintResult {
  readonly text: string;
  readonly truncated: boolean;
  readonly totalBytes: number;
  /** BLAKE3-256 (hex) of the whole text without the line that names the module: equal for two files with the same text. */
  readonly digest: string;
}

/** `find`: where a symbol is defined, declared (imported or referenced). */
export interface FindParams {
  readonly files: readonly { readonly file: string; readonly member?: string; readonly module: string }[];
  /** Mangled, demangled, or a part of either. */
  readonly query: string;
  /** Hits at most. */
  readonly limit: number;
}

export interface FindHit {
  readonly module: string;
  readonly symbol: string;
  readonly demangled: string;
  readonly role: "defined" | "imported" | "referenced";
  /** "assembly": a symbol that module-level assembly defines or refers to. "symbol": one of a native object, which does not say what it is. */
  readonly kind: "function" | "variable" | "alias" | "ifunc" | "assembly" | "symbol";
  readonly linkage: string;
  readonly instructions: number;
  /** Functions of the module that use it, and globals whose initialisers do (at most 20 names); "module asm" first, where its assembly does. */
  readonly usedBy: readonly string[];
  /** Their readable names, in the same order. */
  readonly usedByDemangled: readonly string[];
}

export interface FindResult {
  readonly hits: readonly FindHit[];
  readonly truncated: boolean;
  readonly errors: readonly EngineError[];
}

/** `findInObjects`: symbols of what is linked as it is, an archive or an object; hits carry the member's name as their module. */
export interface FindInObjectsParams {
  readonly file: string;
  /** Mangled, demangled, or a part of either. */
  readonly query: string;
  /** Hits at most. */
  readonly limit: number;
}

/** `keyComponents`: what the keys of some modules of an analysed unit are made of. Numbers of symbols hold within one answer. */
export interface KeyComponentsParams {
  readonly unit: string;
  /** The first module wanted, in the order of the analysis. */
  readonly first: number;
  /** Modules at most. */
  readonly count: number;
}

export interface KeyComponentsResult {
  /** Modules of the unit. */
  readonly total: number;
  readonly llvm: { readonly version: string; readonly revision: string };
  readonly modules: readonly KeyModule[];
  readonly symbols: readonly string[];
}

/** `demangle`: readable names of symbols, in the same order. */
export interface DemangleParams {
  readonly symbols: readonly string[];
}

export interface DemangleResult {
  readonly names: readonly string[];
}

/** `digestFiles`: BLAKE3-256 of the contents of files, in the same order. */
export interface DigestFilesParams {
  readonly files: readonly string[];
}

export interface DigestFilesResult {
  /** Lower-case hex; null: it is no regular file, or cannot be read. */
  readonly digests: readonly (string | null)[];
}

/** `syncFiles`: answered when the files, and their names in their folders, are on the disk. Those that have gone are passed over. */
export interface SyncFilesParams {
  readonly files: readonly string[];
}

/** Request name → its parameters and result. */
export interface EngineRequests {
  readModules: { params: ReadModulesParams; result: ReadModulesResult };
  analyze: { params: AnalyzeParams; result: AnalyzeResult };
  optimize: { params: OptimizeParams; result: OptimizeResult };
  release: { params: ReleaseParams; result: Record<string, never> };
  functions: { params: FunctionsParams; result: FunctionsResult };
  origins: { params: FunctionsParams; result: OriginsResult };
  print: { params: PrintParams; result: PrintResult };
  find: { params: FindParams; result: FindResult };
  findInObjects: { params: FindInObjectsParams; result: FindResult };
  keyComponents: { params: KeyComponentsParams; result: KeyComponentsResult };
  demangle: { params: DemangleParams; result: DemangleResult };
  digestFiles: { params: DigestFilesParams; result: DigestFilesResult };
  syncFiles: { params: SyncFilesParams; result: Record<string, never> };
}

export type EngineMethod = keyof EngineRequests;

/** `engine/progress` notification: a module enters a stage. */
export interface EngineProgress {
  readonly unit: string;
  readonly module: string;
  readonly stage: Stage;
}

/** What the native addon exports. */
export interface Addon {
  /** `ENGINE_PROTOCOL` of the build that it belongs to. */
  readonly protocol: number;
  /** @throws a JavaScript error whose message is an `EngineError` as JSON. */
  initialize(params: string): string;
  /**
   * Runs one request on a worker thread. Parameters, result and progress are JSON; a failure rejects with an Error whose message is an
   * `EngineError` as JSON.
   *
   * @param job an id that `cancel` takes
   */
  request(method: string, params: string, job: number, onProgress: (progress: string) => void): Promise<string>;
  /** Asks a job to stop; it then rejects with the name Cancelled. Unknown jobs are ignored. */
  cancel(job: number): void;
}
