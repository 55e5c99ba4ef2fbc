/** LTO: Capture Build. The build runs as a task, so that Cargo's output is visible. */
import * as vscode from "vscode";
import type { LtoMode } from "../../protocol/pipelines.js";
import type { CaptureChoice } from "../../protocol/requests/capture.js";
import type { ProgramLine, UnitView } from "../../protocol/views.js";
import { Failure } from "../failure.js";
import { TASK_TYPE } from "../ids.js";
import { loadSession } from "../later.js";
import type { Services } from "../services.js";
import { pickFolder } from "./picks.js";

/** What a capture made. */
export interface Captured {
  readonly units: readonly UnitView[];
  readonly primary: string;
}

/**
 * Asks the one question, then captures.
 *
 * @param lto overrides the profile's LTO, which is a deviation unless they are the same
 * @throws CancellationError if the user declines, Failure or ResponseError with the capture's own error
 */
export async function captureBuild(services: Services, lto?: LtoMode): Promise<Captured> {
  const folder = (await pickFolder()).toString();
  const { agreedBuild } = await loadSession();
  const { server, memory } = services;
  const tools = {
    plan: (choice: CaptureChoice) => server.askWithProgress(vscode.l10n.t("LTO: inspecting the workspace"), "plan", choice),
    choices: () => server.ask("buildChoices", { folder }),
    memory,
  };
  const choice = await capturing(services, () => agreedBuild(tools, { folder, lto }));
  return runCapture(services, choice);
}

/** Builds as a task and reads its result, without the question. */
export async function runCapture(services: Services, choice: CaptureChoice): Promise<Captured> {
  await vscode.workspace.saveAll(false);
  services.problems.clear();
  const captured = await capturing(services, async () => {
    const { command, reportFile } = await services.server.ask("captureCommand", choice);
    const task = await startTask(command, choice.folder);
    // Ends with the next request; cancelling it ends the build.
    const following = services.server
      .askWithProgress(vscode.l10n.t("Building for LTO Inspector"), "followCapture", { reportFile })
      .catch(() => {
        task.execution.terminate();
      });
    const exitCode = await task.ended;
    const result = await services.server.ask("captureResult", { reportFile, ...(exitCode === undefined ? {} : { exitCode }) });
    await following;
    services.units.refresh();
    return result;
  });
  if (captured.failure === null) return captured;
  const kept = captured.units.find(({ notLinked, runnable }) => notLinked !== null && runnable);
  throw services.problems.failed(new Failure(captured.failure), kept);
}

/** Runs a step of a capture: reports its error as a capture's failure, with the compiler's messages in the Problems panel. */
async function capturing<T>({ problems }: Services, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    throw problems.failed(error);
  }
}

/** @returns the task, and its exit code when it ends; undefined if it was terminated */
async function startTask(
  command: ProgramLine,
  folder: string,
): Promise<{ readonly execution: vscode.TaskExecution; readonly ended: Promise<number | undefined> }> {
  const process = new vscode.ProcessExecution(command.program, [...command.args], { cwd: command.cwd, env: { ...command.env } });
  const scope = vscode.workspace.getWorkspaceFolder(vscode.Uri.parse(folder)) ?? vscode.TaskScope.Workspace;
  const task = new vscode.Task({ type: TASK_TYPE, task: "capture" }, scope, vscode.l10n.t("Capture Build"), "LTO Inspector", process, []);
  task.presentationOptions = { reveal: vscode.TaskRevealKind.Always, focus: false, panel: vscode.TaskPanelKind.Shared, clear: true };
  const execution = await vscode.tasks.executeTask(task);
  const ended = new Promise<number | undefined>((resolve) => {
    const listener = vscode.tasks.onDidEndTaskProcess((event) => {
      if (event.execution !== execution) return;
      listener.dispose();
      resolve(event.exitCode);
    });
  });
  return { execution, ended };
}
