/** The one error class of core: everything the user can meet carries a report that says what happened, to what, and what to do now. */
import type { EngineError } from "../../protocol/engine/error.js";
import { ERRORS, errorNamed, errorRow, type LtoErrorName } from "../../protocol/error-table.js";
import type { LtoErrorReport } from "../../protocol/errors.js";

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

/** Whether nothing more can be worked on after an error: it is not a single module's, file's or search's. Whatever is no `LtoError` is a fault. */
export function endsTheRun(error: unknown): boolean {
  return !isLtoError(error) || errorRow(error.report.name).ends === "run";
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
  if (code === "ENOSPC" || code === "EDQUOT") return { name: "DiskFull", message, ...where, help: ERRORS.DiskFull.help };
  // Whatever the system says about a path, "File name too long" included.
  if (code !== undefined && file !== undefined) {
    return {
      name: "UnreadableFile",
      message,
      ...where,
      help: "Check that the path exists and that you have permission to read (or write) it.",
    };
  }
  return {
    name: "Internal",
    message,
    ...where,
    help: "This is a bug in LTO Inspector: please report it with the command that you ran.",
  };
}

function pathOf(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null || !("path" in value)) return undefined;
  return typeof value.path === "string" ? value.path : undefined;
}

/** What helps for what a message says, where the name alone leads to the wrong one. */
const HELP_BY_MESSAGE: readonly (readonly [RegExp, string])[] = [
  [/symbol multiply defined/, "Rename one of the two definitions, or leave out one of the modules; rustc and linkers also reject this."],
  [/GCC compiled it/, "Compile it with clang (-flto=thin); GCC's own LTO is not supported."],
  [/split LTO unit/, "Compile it with -fno-split-lto-unit (and without -fsanitize=cfi and -fwhole-program-vtables)."],
];

/** The engine's words, after the file that they are about (where they do not name it themselves). */
function withPlace({ message, file, module }: EngineError): string {
  const place = file ?? module;
  return place === undefined || message.includes(place) ? message : `${place}: ${message}`;
}

/** Turns an error of the engine's into the one that the user sees: file, module and stage stay, and what helps is added. */
export function fromEngineError(error: EngineError): LtoError {
  const name = errorNamed(error.name);
  const full = /no space left on device|disk quota exceeded/i.test(error.message);
  const known = full ? "DiskFull" : name;
  const help = HELP_BY_MESSAGE.find(([said]) => said.test(error.message))?.[1] ?? errorRow(known).help;
  return new LtoError({
    name: known,
    message: withPlace(error),
    ...(error.file === undefined ? {} : { file: error.file }),
    ...(error.module === undefined ? {} : { module: error.module }),
    ...(error.stage === undefined ? {} : { stage: error.stage }),
    ...(help === undefined ? {} : { help }),
  });
}
