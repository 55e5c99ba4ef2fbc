/**
 * Every error that reaches the user, one row each: what it ends, the command line's exit code, the fix that the window offers, the usual help.
 * Code that needs to know what kind of error it has looks here; it compares names only if one error has a special meaning.
 *
 * Source of rustc's names: `compiler/rustc_codegen_ssa/src/errors.rs` and `compiler/rustc_codegen_llvm/src/errors.rs` (1.9x).
 */

/** Exit codes of the command line. */
export const EXIT = {
  done: 0,
  differs: 1,
  usage: 2,
  unusableInput: 3,
  engineFailed: 4,
  cancelled: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The source of an error: "input" is what the user named and its files, "request" how it was requested, "product" a bug in LTO Inspector. */
export type ErrorCause = "input" | "engine" | "machine" | "request" | "product";

/** The fix that the window offers as a button; the log, if there is no other. */
export type ErrorAction = "capture" | "choose-llvm" | "trust" | "free-space" | "restart" | "log";

export interface ErrorRow {
  readonly exit: ExitCode;
  readonly cause: ErrorCause;
  /** "run": the whole run ends; "module": it concerns one module, file or search, and the others continue. */
  readonly ends: "run" | "module";
  /** The content of a file cannot be used; what does not depend on it can still be compared. */
  readonly damage?: true;
  /** LLVM could not read bitcode, which a newer LLVM may have written. */
  readonly unparsed?: true;
  readonly action: ErrorAction;
  /** How to fix it, unless the code that reports the error knows better. */
  readonly help?: string;
}

const INPUT = { exit: EXIT.unusableInput, cause: "input", ends: "module", action: "log" } as const;
const ENGINE = { exit: EXIT.engineFailed, cause: "engine", ends: "module", action: "log" } as const;
const MACHINE = { exit: EXIT.unusableInput, cause: "machine", ends: "run", action: "log" } as const;
const REQUEST = { exit: EXIT.usage, cause: "request", ends: "module", action: "log" } as const;

const DAMAGED_BITCODE = "Rebuild both (for example with `lto-inspector capture`).";

export const ERRORS = {
  // rustc's
  LtoDisallowed: { ...INPUT, help: "LTO that spans crates needs a final crate type: bin, cdylib or staticlib." },
  LtoDylib: { ...INPUT, help: "Build the dylib without LTO, or with `-Z dylib-lto` on a nightly toolchain." },
  LtoProcMacro: { ...INPUT, help: "Procedural macros cannot be optimised across crates: build them without LTO." },
  DynamicLinkingWithLTO: { ...INPUT, help: "Leave out `-C prefer-dynamic`." },
  LtoBitcodeFromRlib: { ...INPUT, unparsed: true, help: "Rebuild the crate: remove its rlib and run `cargo build`." },
  PrepareThinLtoContext: {
    ...ENGINE,
    help: "The module's summary, which thin LTO needs, is damaged or missing. Rebuild it (for example with `lto-inspector capture`), or leave out the file.",
  },
  PrepareThinLtoModule: { ...ENGINE, help: `The bitcode, or that of a module it imports from, is damaged. ${DAMAGED_BITCODE}` },
  LoadBitcode: { ...INPUT, damage: true, unparsed: true, help: "The bitcode is damaged or cut short. Rebuild it." },
  ParseBitcode: {
    ...INPUT,
    damage: true,
    unparsed: true,
    help: "The bitcode is damaged, cut short, or was written by an LLVM that this library cannot read. Rebuild it, or choose the producer's library with --llvm.",
  },
  WriteThinLtoKey: { ...INPUT, help: "Check that the output folder is writable." },
  // this project's
  LinkerPluginLto: {
    ...INPUT,
    help: "The linker optimises this crate: build the final crate without `-C linker-plugin-lto`.",
  },
  NoBitcode: {
    ...INPUT,
    damage: true,
    action: "capture",
    help: "The file was built without bitcode. Run `lto-inspector capture` in its workspace, or build it with `-C linker-plugin-lto` or `-C embed-bitcode=yes -C lto=thin`.",
  },
  NotAnObject: {
    ...INPUT,
    damage: true,
    help: "Name bitcode files (.bc), object files with embedded bitcode (.o, .rcgu.o) or archives of them (.rlib, .a).",
  },
  UnreadableFile: { ...INPUT, damage: true, help: "Check that the file exists and that you have permission to read it." },
  CorruptArchive: { ...INPUT, damage: true, help: "Rebuild the archive: remove the file and run `cargo build`." },
  DuplicateModule: { ...INPUT, help: "Name every module once; rename one of the files, or leave it out." },
  ForeignLlvm: {
    ...INPUT,
    action: "choose-llvm",
    help: "Name the libLLVM that wrote the bitcode with --llvm PATH, or build with a toolchain that uses this LLVM.",
  },
  FilesChanged: { ...INPUT, ends: "run", action: "capture" },
  IncompleteUnit: { ...INPUT, action: "capture" },
  UnknownUnit: INPUT,
  UnknownRun: INPUT,
  RunUnderWay: INPUT,
  UnknownModule: INPUT,
  UnknownStage: REQUEST,
  UnknownFunction: {
    ...INPUT,
    help: "Give the symbol of the function you mean; `lto-inspector find UNIT SYMBOL` says which modules have it.",
  },
  NoToolchain: { ...MACHINE, ends: "module" },
  NoLibLlvm: { ...MACHINE, action: "choose-llvm" },
  NoAddon: MACHINE,
  SessionUnderWay: INPUT,
  CargoLocked: INPUT,
  BuildFailed: INPUT,
  NothingToInspect: { ...INPUT, action: "capture" },
  DiskFull: {
    ...MACHINE,
    action: "free-space",
    help: "Free some space (`lto-inspector store --prune` removes the oldest stages), save fewer stages with --save-temps, or point LTO_INSPECTOR_STORE to a larger disk.",
  },
  EngineCrashed: { ...ENGINE, damage: true },
  EngineFailed: ENGINE,
  Untrusted: { ...INPUT, cause: "request", action: "trust" },
  Cancelled: { ...REQUEST, exit: EXIT.cancelled, ends: "run" },
  Usage: REQUEST,
  Internal: { ...ENGINE, cause: "product", action: "restart" },
} as const satisfies Readonly<Record<string, ErrorRow>>;

export type LtoErrorName = keyof typeof ERRORS;

export const LTO_ERROR_NAMES: readonly LtoErrorName[] = Object.keys(ERRORS).filter(isErrorName);

export function isErrorName(text: string): text is LtoErrorName {
  return Object.hasOwn(ERRORS, text);
}

/** The error with this name; EngineFailed if there is none. */
export function errorNamed(text: string): LtoErrorName {
  return isErrorName(text) ? text : "EngineFailed";
}

export function errorRow(name: LtoErrorName): ErrorRow {
  return ERRORS[name];
}

/** The command line's exit code for this error. */
export function exitCodeOf(name: LtoErrorName): ExitCode {
  return ERRORS[name].exit;
}
