/** Core's only error class: every error that the user can see has a report that says what failed, on what, and what to do. */
import type { EngineError } from "../../protocol/engine/error.js";
import { ERRORS, errorNamed, errorRow, type LtoErrorName } from "../../protocol/error-table.js";
import type { LtoErrorReport } from "../../protocol/errors.js";

/** An error that the user can see. `message` repeats the report's. */
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

/** Whether an error ends the whole run, because it does not concern a single module, file or search. Any other error than an `LtoError` is a bug. */
export function endsTheRun(error: unknown): boolean {
  return !isLtoError(error) || errorRow(error.report.name).ends === "run";
}

/** The error that ends a cancelled operation. */
export function cancelled(what: string): LtoError {
  return new LtoError({ name: "Cancelled", message: `${what} was cancelled.` });
}

/** @throws the name Cancelled if the signal was raised. */
export function throwIfCancelled(signal: AbortSignal | undefined, what: string): void {
  if (signal?.aborted === true) throw cancelled(what);
}

/** The system's error code ("ENOENT"), if the value carries one. */
export function systemCode(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null || !("code" in value)) return undefined;
  return typeof value.code === "string" ? value.code : undefined;
}

/** The message of a thrown value. */
export function messageOf(value: unknown): string {
  return value instanceof Error ? value.message : String(value);
}

/**
 * Turns any thrown value into a report: an `LtoError`'s own, a full disk and unreadable files under their names, anything else as Internal.
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
  // Any system error about a path, including "File name too long".
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

/** Help by message, for errors whose name alone would have the wrong help. */
const HELP_BY_MESSAGE: readonly (readonly [RegExp, string])[] = [
  [/symbol multiply defined/, "Rename one of the two definitions, or leave out one of the modules; rustc and linkers also reject this."],
  [/GCC compiled it/, "Compile it with clang (-flto=thin); GCC's own LTO is not supported."],
  [/split LTO unit/, "Compile it with -fno-split-lto-unit (and without -fsanitize=cfi and -fwhole-program-vtables)."],
];

/** The engine's message, preceded by its file unless the message names it. */
function withPlace({ message, file, module }: EngineError): string {
  const place = file ?? module;
  return place === undefined || message.includes(place) ? message : `${place}: ${message}`;
}

/** Turns an engine's error into one for the user: keeps file, module and stage, and adds help. */
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
