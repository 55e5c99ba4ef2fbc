/** The one error class of core: everything the user can meet carries a report that says what happened, to what, and what to do now. */
import type { EngineError } from "../../protocol/engine.js";
import { errorNamed, type LtoErrorName, type LtoErrorReport } from "../../protocol/errors.js";

/** An error that the user can meet. `message` repeats the report's. */
export class LtoError extends Error {
  readonly report: LtoErrorReport;

  constructor(report: LtoErrorReport, options?: { readonly cause?: unknown }) {
    super(report.message, options);
    this.report = report;
    this.name = report.name;
  }
}

/** @returns whether the value is an `LtoError`, optionally of a given name. */
export function isLtoError(value: unknown, name?: LtoErrorName): value is LtoError {
  return value instanceof LtoError && (name === undefined || value.report.name === name);
}

/** The error that ends a cancelled operation. */
export function cancelled(what: string): LtoError {
  return new LtoError({ name: "Cancelled", message: `${what} was cancelled.` });
}

/** @throws the name Cancelled when the signal has been raised. */
export function throwIfCancelled(signal: AbortSignal | undefined, what: string): void {
  if (signal?.aborted === true) throw cancelled(what);
}

/** The system's error code ("ENOENT"), if the value carries one. */
export function systemCode(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null || !("code" in value)) return undefined;
  return typeof value.code === "string" ? value.code : undefined;
}

/** What a thrown value says of itself. */
export function messageOf(value: unknown): string {
  return value instanceof Error ? value.message : String(value);
}

/**
 * Turns whatever was thrown into a report: an `LtoError`'s own, a full disk and unreadable files under their names, anything else as Internal.
 *
 * @param doing what was being done, as the beginning of a sentence ("Writing the stages to /tmp/out")
 */
export function reportOf(value: unknown, doing: string): LtoErrorReport {
  if (value instanceof LtoError) return value.report;
  const message = `${doing}: ${messageOf(value)}`;
  const file = pathOf(value);
  const where = file === undefined ? {} : { file };
  const code = systemCode(value);
  if (code === "ENOSPC" || code === "EDQUOT") return { name: "DiskFull", message, ...where, mend: DISK_FULL_MEND };
  // Whatever the system says about a path, "File name too long" included.
  if (code !== undefined && file !== undefined) {
    return { name: "UnreadableFile", message, ...where, mend: "Check that the path exists and that you may read (or write) it." };
  }
  return {
    name: "Internal",
    message,
    ...where,
    mend: "This is a fault of LTO Inspector's own: please report it with the command that you ran.",
  };
}

function pathOf(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null || !("path" in value)) return undefined;
  return typeof value.path === "string" ? value.path : undefined;
}

export const DISK_FULL_MEND =
  "Free some space (`lto-inspector store --prune` removes the oldest stages), save fewer stages with --save-temps, or point LTO_INSPECTOR_STORE to a larger disk.";

const MENDS: Partial<Record<LtoErrorName, string>> = {
  NotAnObject: "Name bitcode files (.bc), object files with embedded bitcode (.o, .rcgu.o) or archives of them (.rlib, .a).",
  NoBitcode:
    "The file was built without bitcode. Run `lto-inspector capture` in its workspace, or build it with `-C linker-plugin-lto` or `-C embed-bitcode=yes -C lto=thin`.",
  CorruptArchive: "Build the archive again: remove the file and run `cargo build`.",
  LoadBitcode: "The bitcode is damaged or cut short. Build it again.",
  ParseBitcode:
    "The bitcode is damaged, cut short, or was written by an LLVM that this library cannot read. Build it again, or choose the producer's library with --llvm.",
  PrepareThinLtoContext:
    "The module's summary, which thin LTO decides by, is damaged or missing. Build it again (`lto-inspector capture` does), or leave the file out.",
  PrepareThinLtoModule: "The bitcode, or that of a module it imports from, is damaged. Build both again (`lto-inspector capture` does).",
  LtoBitcodeFromRlib: "Build the crate again: remove its rlib and run `cargo build`.",
  UnreadableFile: "Check that the file exists and that you may read it.",
  ForeignLlvm: "Name the libLLVM that wrote the bitcode with --llvm PATH, or build with a toolchain of this LLVM.",
  DiskFull: DISK_FULL_MEND,
  LtoDisallowed: "LTO that spans crates needs a final crate type: bin, cdylib or staticlib.",
  LtoDylib: "Build the dylib without LTO, or with `-Z dylib-lto` on a nightly toolchain.",
  LtoProcMacro: "Procedural macros cannot be optimised across crates: build them without LTO.",
  DynamicLinkingWithLTO: "Leave out `-C prefer-dynamic`.",
  LinkerPluginLto: "The linker does the optimisation of this crate: build the final crate without `-C linker-plugin-lto`.",
  DuplicateModule: "Give every module once; rename one of the files, or leave it out.",
  UnknownFunction: "Give the symbol of the one you mean; `lto-inspector find UNIT SYMBOL` says which modules have it.",
  WriteThinLtoKey: "Check that the output folder can be written to.",
};

/** Mends for what a message says, where the name alone leads to the wrong one. */
const MENDS_BY_MESSAGE: readonly (readonly [RegExp, string])[] = [
  [/symbol multiply defined/, "Rename one of the two definitions, or leave one of the modules out: rustc and linkers refuse this too."],
  [/GCC compiled it/, "Compile it with clang (-flto=thin), whose LTO this is; GCC's own LTO cannot be shown."],
  [/split LTO unit/, "Compile it with -fno-split-lto-unit (and without -fsanitize=cfi and -fwhole-program-vtables)."],
];

/** The usual mend for an error of that name, where there is one. */
export function mendFor(name: LtoErrorName): string | undefined {
  return MENDS[name];
}

/** The engine's words, after the file that they are about (where they do not name it themselves). */
function withPlace({ message, file, module }: EngineError): string {
  const place = file ?? module;
  return place === undefined || message.includes(place) ? message : `${place}: ${message}`;
}

/** Turns an error of the engine's into the one that the user sees: file, module and stage stay, and the mend is added. */
export function fromEngineError(error: EngineError): LtoError {
  const name = errorNamed(error.name);
  const full = /no space left on device|disk quota exceeded/i.test(error.message);
  const known = full ? "DiskFull" : name;
  const mend = MENDS_BY_MESSAGE.find(([said]) => said.test(error.message))?.[1] ?? mendFor(known);
  return new LtoError({
    name: known,
    message: withPlace(error),
    ...(error.file === undefined ? {} : { file: error.file }),
    ...(error.module === undefined ? {} : { module: error.module }),
    ...(error.stage === undefined ? {} : { stage: error.stage }),
    ...(mend === undefined ? {} : { mend }),
  });
}
