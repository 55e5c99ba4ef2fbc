/**
 * Errors that reach the user, under rustc's names where rustc has one.
 *
 * Source of rustc's names: `compiler/rustc_codegen_ssa/src/errors.rs` and `compiler/rustc_codegen_llvm/src/errors.rs` (1.9x).
 */
export const LTO_ERROR_NAMES = [
  // rustc's
  "LtoDisallowed",
  "LtoDylib",
  "LtoProcMacro",
  "DynamicLinkingWithLTO",
  "LtoBitcodeFromRlib",
  "PrepareThinLtoContext",
  "PrepareThinLtoModule",
  "LoadBitcode",
  "ParseBitcode",
  "WriteThinLtoKey",
  // this project's
  "LinkerPluginLto",
  "NoBitcode",
  "NotAnObject",
  "UnreadableFile",
  "CorruptArchive",
  "DuplicateModule",
  "ForeignLlvm",
  "FilesChanged",
  "IncompleteUnit",
  "UnknownUnit",
  "UnknownRun",
  "RunUnderWay",
  "UnknownModule",
  "UnknownStage",
  "UnknownFunction",
  "NoToolchain",
  "NoLibLlvm",
  "NoAddon",
  "SessionUnderWay",
  "CargoLocked",
  "BuildFailed",
  "NothingToInspect",
  "DiskFull",
  "EngineCrashed",
  "EngineFailed",
  "Untrusted",
  "Cancelled",
  "Usage",
  "Internal",
] as const;

export type LtoErrorName = (typeof LTO_ERROR_NAMES)[number];

/** The name that a text is; EngineFailed for one that is none. */
export function errorNamed(text: string): LtoErrorName {
  return LTO_ERROR_NAMES.find((name) => name === text) ?? "EngineFailed";
}

/** A place in a file: UTF-16 units, both from 0. */
export interface TextPlace {
  readonly line: number;
  readonly character: number;
}

/** What the compiler says of a source in a build that failed. */
export interface BuildProblem {
  readonly severity: "error" | "warning";
  /** "E0308", "unused_variables"; null: rustc gives none. */
  readonly code: string | null;
  /** The message, what rustc says of the place, and its notes: one line each. */
  readonly message: string;
  /** Absolute. Of what has no place in a source (the linker's errors): the crate's root. */
  readonly file: string;
  readonly start: TextPlace;
  readonly end: TextPlace;
}

/** What the user is told: what was being done, to what, and what to do now. */
export interface LtoErrorReport {
  readonly name: LtoErrorName;
  /** One sentence: what was being done and what went wrong, LLVM's own words included. */
  readonly message: string;
  /** What a program printed that failed (Cargo, rustup): many lines. */
  readonly output?: string;
  /** The file it happened to, if it was one. */
  readonly file?: string;
  /** The module it happened to, if it was one. */
  readonly module?: string;
  /** The stage under way, if one was. */
  readonly stage?: string;
  /** What to do now. */
  readonly mend?: string;
  /** BuildFailed: what the compiler says, errors first. */
  readonly problems?: readonly BuildProblem[];
}

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

/** The exit code that the command line ends with for an error of that name. */
export function exitCodeOf(name: LtoErrorName): ExitCode {
  switch (name) {
    case "Usage":
    case "UnknownStage":
      return EXIT.usage;
    case "EngineCrashed":
    case "EngineFailed":
    case "PrepareThinLtoContext":
    case "PrepareThinLtoModule":
    case "Internal":
      return EXIT.engineFailed;
    case "Cancelled":
      return EXIT.cancelled;
    default:
      return EXIT.unusableInput;
  }
}
