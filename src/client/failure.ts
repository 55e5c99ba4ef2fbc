/** Tells the user what failed, on what, and what to do. */
import * as vscode from "vscode";
import { errorRow, isErrorName } from "../protocol/error-table.js";
import type { LtoErrorReport } from "../protocol/errors.js";
import { LTO_FAILURE } from "../protocol/requests/declare.js";
import { isWithoutCargo } from "./cargo-home.js";
import { COMMANDS } from "./ids.js";
import { showError } from "./messages.js";

/** LSP's RequestCancelled and ServerCancelled. */
const CANCELLED = [-32800, -32802];
/** JSON-RPC's MessageWriteError, MessageReadError, PendingResponseRejected and ConnectionInactive: the other side has exited. */
const LOST = [-32099, -32098, -32097, -32096];

/** The error of a request: vscode-jsonrpc's ResponseError, recognised by its properties because the class is loaded late. */
type Answered = Error & { readonly code: number; readonly data?: unknown };

function isAnswered(error: unknown): error is Answered {
  return error instanceof Error && "code" in error && typeof error.code === "number";
}

/** A button below an error. */
export interface FailureAction {
  readonly title: string;
  readonly command: string;
  readonly arguments?: readonly unknown[];
}

/** A failure to show to the user. */
export class Failure extends Error {
  readonly report: LtoErrorReport;
  /** Replaces the buttons of the report's name. */
  readonly actions: readonly FailureAction[] | undefined;

  constructor(report: LtoErrorReport, actions?: readonly FailureAction[]) {
    super(report.message);
    this.name = "Failure";
    this.report = report;
    this.actions = actions;
  }
}

/** By its properties: what is loaded late (later.ts) has a copy of the class. */
function isFailure(error: unknown): error is Failure {
  return error instanceof Error && error.name === "Failure" && "report" in error && isReport(error.report);
}

/** Whether an error is a cancellation. */
export function isCancelled(error: unknown): boolean {
  if (error instanceof vscode.CancellationError) return true;
  if (isFailure(error)) return error.report.name === "Cancelled";
  return isAnswered(error) && (CANCELLED.includes(error.code) || reportIn(error)?.name === "Cancelled");
}

/** Whether a request was not answered because the server exited. */
export function isLost(error: unknown): boolean {
  return isAnswered(error) && LOST.includes(error.code);
}

/** The report of an error, as detailed as possible. */
export function reportOf(error: unknown): LtoErrorReport {
  if (isFailure(error)) return error.report;
  const report = isAnswered(error) ? reportIn(error) : undefined;
  if (report !== undefined) return report;
  return {
    name: "Internal",
    message: error instanceof Error ? error.message : String(error),
    help: vscode.l10n.t("See the log (LTO: Show Log), then restart the server (LTO: Restart Server)."),
  };
}

function reportIn(error: Answered): LtoErrorReport | undefined {
  const { data } = error;
  if (error.code !== LTO_FAILURE || typeof data !== "object" || data === null || !("report" in data)) return undefined;
  return isReport(data.report) ? data.report : undefined;
}

function isReport(value: unknown): value is LtoErrorReport {
  if (typeof value !== "object" || value === null || !("name" in value) || !("message" in value)) return false;
  return typeof value.name === "string" && isErrorName(value.name) && typeof value.message === "string";
}

/** The buttons that help with an error. */
function actionsFor(report: LtoErrorReport): readonly FailureAction[] {
  const log = { title: vscode.l10n.t("Show Log"), command: COMMANDS.showLog };
  switch (errorRow(report.name).action) {
    case "capture":
      return isWithoutCargo()
        ? [{ title: vscode.l10n.t("Open Folder"), command: "workbench.action.files.openFolder" }, log]
        : [{ title: vscode.l10n.t("Capture Build"), command: COMMANDS.capture }];
    case "choose-llvm":
      return [{ title: vscode.l10n.t("Select LLVM"), command: COMMANDS.selectLlvm }, log];
    case "trust":
      return [{ title: vscode.l10n.t("Manage Workspace Trust"), command: "workbench.trust.manage" }];
    case "free-space":
      return [{ title: vscode.l10n.t("Clear Store"), command: COMMANDS.clearStore }];
    case "restart":
      return [log, { title: vscode.l10n.t("Restart Server"), command: COMMANDS.restartServer }];
    case "log":
      return [log];
  }
}

/** Shows an error with its help and buttons; ignores cancellations. */
export async function showFailure(error: unknown, log: vscode.LogOutputChannel): Promise<void> {
  if (isCancelled(error)) return;
  const report = reportOf(error);
  log.error(JSON.stringify(report));
  if (report.name === "Internal" && error instanceof Error && error.stack !== undefined) log.debug(error.stack);
  const actions = isFailure(error) && error.actions !== undefined ? error.actions : actionsFor(report);
  const text = report.help === undefined ? report.message : `${report.message} ${report.help}`;
  const chosen = await showError(text, ...actions.map((action) => action.title));
  const action = actions.find(({ title }) => title === chosen);
  if (action !== undefined) await vscode.commands.executeCommand(action.command, ...(action.arguments ?? []));
}
