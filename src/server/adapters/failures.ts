/** Core's errors as JSON-RPC errors that carry their report. */
import { LSPErrorCodes, ResponseError } from "vscode-languageserver/node";
import { reportOf } from "../../core/base/errors.js";
import { LTO_FAILURE, type FailureData } from "../../protocol/requests/declare.js";

/** @param doing what was being done, as the beginning of a sentence */
export function asResponse(error: unknown, doing: string): ResponseError<FailureData> {
  const report = reportOf(error, doing);
  const code = report.name === "Cancelled" ? LSPErrorCodes.RequestCancelled : LTO_FAILURE;
  return new ResponseError(code, report.message, { report });
}
