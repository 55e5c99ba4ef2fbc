/**
 * Shows failed builds: the Problems panel has the compiler's messages until the next build, the terminal has all output, and one short message
 * leads to both.
 */
import * as vscode from "vscode";
import { errorRow } from "../protocol/error-table.js";
import type { BuildProblem, LtoErrorReport, TextPlace } from "../protocol/errors.js";
import { DEFAULT_COMMAND, pipelineOf, type LtoCommand } from "../protocol/pipelines.js";
import type { UnitView } from "../protocol/views.js";
import { visibleLines } from "../protocol/visible.js";
import { Failure, isCancelled, reportOf, type FailureAction } from "./failure.js";
import { COMMANDS } from "./ids.js";
import { number } from "../protocol/words.js";

const SHOW_PROBLEMS: FailureAction = { title: vscode.l10n.t("Show Problems"), command: "workbench.actions.view.problems" };
const SHOW_TERMINAL: FailureAction = { title: vscode.l10n.t("Show Terminal"), command: "workbench.action.terminal.focus" };
const OPEN_FOLDER: FailureAction = { title: vscode.l10n.t("Open Folder"), command: "workbench.action.files.openFolder" };
const SHOW_LOG: FailureAction = { title: vscode.l10n.t("Show Log"), command: COMMANDS.showLog };

export class BuildProblems implements vscode.Disposable {
  /** Created with the first problem, so that activation stays fast. */
  #shown: vscode.DiagnosticCollection | undefined;

  /** A build begins. */
  clear(): void {
    this.#shown?.clear();
  }

  /**
   * Fills the Problems panel from the error of a capture.
   *
   * @param kept a unit whose stages were kept, because the build failed during or after LTO
   * @returns the failure to show; a cancellation is returned unchanged
   */
  failed(error: unknown, kept?: UnitView): unknown {
    if (isCancelled(error)) return error;
    const report = reportOf(error);
    const problems = report.problems ?? [];
    if (problems.length > 0) this.#shown ??= vscode.languages.createDiagnosticCollection("lto");
    for (const file of new Set(problems.map((problem) => problem.file))) {
      this.#shown?.set(vscode.Uri.file(file), problems.filter((problem) => problem.file === file).map(diagnosticOf));
    }
    return toldFailure(report, error, kept);
  }

  dispose(): void {
    this.#shown?.dispose();
  }
}

/** The buttons of a failed capture do not include starting the same capture. */
function toldFailure(report: LtoErrorReport, error: unknown, kept?: UnitView): unknown {
  if (report.name === "BuildFailed") {
    const shown = kept === undefined ? [] : [showStages(kept)];
    const actions = [...(report.problems === undefined ? [] : [SHOW_PROBLEMS]), ...shown, SHOW_TERMINAL];
    return new Failure(buildFailed(report, kept), actions);
  }
  if (report.name === "NothingToInspect") return new Failure(report, [OPEN_FOLDER, SHOW_LOG]);
  return errorRow(report.name).action === "capture" ? new Failure(report, [SHOW_LOG]) : error;
}

const RUN_COMMANDS: Readonly<Record<LtoCommand, string>> = { thin: COMMANDS.runThin, fat: COMMANDS.runFat };

/** Runs LTO on what rustc had written before the build failed. Builds nothing. */
function showStages(kept: UnitView): FailureAction {
  return {
    title: vscode.l10n.t("Show Stages"),
    command: RUN_COMMANDS[pipelineOf(kept.mode ?? DEFAULT_COMMAND).command],
    arguments: [{ kind: "unit", row: kept }],
  };
}

/** "The build failed: 3 errors." */
function buildFailed({ problems = [], ...report }: LtoErrorReport, kept?: UnitView): LtoErrorReport {
  const errors = problems.filter(({ severity }) => severity === "error").length;
  const message = [failedBuild(errors), ...(kept === undefined ? [] : [vscode.l10n.t("The stages of {0} were kept.", kept.name)])].join(
    " ",
  );
  return { ...report, message, help: vscode.l10n.t("Fix what Cargo reports, then run LTO again.") };
}

function failedBuild(errors: number): string {
  if (errors === 0) return vscode.l10n.t("The build failed: Cargo says why in the terminal.");
  return errors === 1 ? vscode.l10n.t("The build failed: 1 error.") : vscode.l10n.t("The build failed: {0} errors.", number(errors));
}

function diagnosticOf({ severity, code, message, start, end }: BuildProblem): vscode.Diagnostic {
  const range = new vscode.Range(place(start), place(end));
  const level = severity === "error" ? vscode.DiagnosticSeverity.Error : vscode.DiagnosticSeverity.Warning;
  const diagnostic = new vscode.Diagnostic(range, visibleLines(message), level);
  diagnostic.source = "cargo (LTO Inspector)";
  if (code !== null) diagnostic.code = code;
  return diagnostic;
}

function place({ line, character }: TextPlace): vscode.Position {
  return new vscode.Position(line, character);
}
