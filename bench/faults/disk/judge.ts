/** Judges the answer to a damaged file: it must be read anyway, or rejected with a user-facing error that names the file. */
import path from "node:path";
import { reportOf } from "../../../src/core/base/errors.js";
import type { LtoErrorReport } from "../../../src/protocol/errors.js";

export interface Judged {
  readonly outcome: string;
  readonly bad?: string;
}

/** @param file the damaged file; undefined: the error need not name it */
export function judge(error: unknown, file: string | undefined): Judged {
  const report = reportOf(error, "Reading");
  if (report.name === "Internal") return { outcome: "Internal", bad: whereFrom(error) };
  return judgeReport(report, file);
}

/** The message and the function that it comes from. */
function whereFrom(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const frame = error.stack?.split("\n").find((line) => line.includes("/src/"));
  const place = frame === undefined ? "" : ` (src/${frame.slice(frame.lastIndexOf("/src/") + "/src/".length).replace(/\)$/, "")})`;
  return `${error.name}: ${error.message}${place}`;
}

export function judgeReport(report: LtoErrorReport, file: string | undefined): Judged {
  const { name, message, help } = report;
  const said = `${name}: ${message.slice(0, 200)}`;
  if (
    name === "Internal" ||
    /\b(?:TypeError|RangeError|undefined|\[object Object\]|Cannot read prop|is not a function|is not iterable)\b/.test(message)
  ) {
    return { outcome: `${name} that only programmers understand`, bad: said };
  }
  if (help === undefined && name !== "Usage" && name !== "Cancelled") return { outcome: `${name} does not say what to do`, bad: said };
  if (
    file !== undefined &&
    name === "UnreadableFile" &&
    !message.includes(path.basename(file)) &&
    !(report.file ?? "").includes(path.basename(file))
  ) {
    return { outcome: `${name} does not name the file`, bad: said };
  }
  return { outcome: name };
}
