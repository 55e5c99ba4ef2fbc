/** LTO: Capture Build. The build runs as a task, so that Cargo's output is visible. A single question before it says what will happen. */
import * as vscode from "vscode";
import type { LtoMode } from "../../protocol/pipelines.js";
import type { CaptureChoice } from "../../protocol/requests/capture.js";
import type { CapturePlan, ProgramLine, UnitView } from "../../protocol/views.js";
import { Failure } from "../failure.js";
import { TASK_TYPE } from "../ids.js";
import { ask } from "../messages.js";
import type { Services } from "../services.js";
import { bytes, counted, roughBytes, roughDuration } from "../../protocol/words.js";
import { pickFolder } from "./picks.js";

const LOOKING = "LTO: inspecting the workspace";

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
  const { choice, plan } = await capturing(services, () => planned(services, folder, lto));
  if (!(await agreed(plan, lto))) throw new vscode.CancellationError();
  return runCapture(services, choice);
}

async function planned(
  services: Services,
  folder: string,
  lto?: LtoMode,
): Promise<{ readonly choice: CaptureChoice; readonly plan: CapturePlan }> {
  const own: CaptureChoice = { folder };
  const plan = await services.server.askWithProgress(LOOKING, "plan", own);
  if (lto === undefined || plan.targets.some((target) => target.lto === lto)) return { choice: own, plan };
  const choice: CaptureChoice = { folder, lto };
  return { choice, plan: await services.server.askWithProgress(LOOKING, "plan", choice) };
}

/** Builds as a task and reads its result, without the question. */
export async function runCapture(services: Services, choice: CaptureChoice): Promise<Captured> {
  await vscode.workspace.saveAll(false);
  services.problems.clear();
  const captured = await capturing(services, async () => {
    const { command, reportFile } = await services.server.ask("captureCommand", choice);
    const task = await startTask(command, choice.folder);
    // Ends with the next request; cancelling it ends the build.
    const following = services.server.askWithProgress("Building for LTO Inspector", "followCapture", { reportFile }).catch(() => {
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

/** Asks the user, saying what will be built, roughly how long it takes, how much disk space, and the differences from the user's own build. */
async function agreed(plan: CapturePlan, lto?: LtoMode): Promise<boolean> {
  const targets = plan.targets.map(
    (unit) => `• ${unit.target} (${unit.kind}), LTO ${lto ?? unit.lto}${unit.incremental ? ", incremental" : ""}`,
  );
  const differs =
    plan.deviations.length === 0
      ? ["No differences from your own build."]
      : [
          "Differences from your own build:",
          ...plan.deviations.map(({ setting, build, used }) => `• ${setting}: ${build} in your build, ${used} here`),
        ];
  const detail = [
    "LTO Inspector builds in a separate target directory, with your profile's settings:",
    ...targets,
    "",
    `Profile ${plan.profile}, rustc ${plan.rustc}, ${counted(plan.crates, "crate")}. Roughly ${span(plan.seconds, roughDuration)} and ${span(plan.bytes, roughBytes)} of disk (${bytes(plan.freeBytes)} are free).`,
    ...differs,
    ...plan.warnings,
  ];
  const answer = await ask("Build once for LTO Inspector?", detail, "Build and Inspect");
  return answer !== undefined;
}

function span({ low, high }: { readonly low: number; readonly high: number }, words: (value: number) => string): string {
  const [from, to] = [words(low), words(high)];
  return from === to ? from : `${from} to ${to}`;
}

/** @returns the task, and its exit code when it ends; undefined if it was terminated */
async function startTask(
  command: ProgramLine,
  folder: string,
): Promise<{ readonly execution: vscode.TaskExecution; readonly ended: Promise<number | undefined> }> {
  const process = new vscode.ProcessExecution(command.program, [...command.args], { cwd: command.cwd, env: { ...command.env } });
  const scope = vscode.workspace.getWorkspaceFolder(vscode.Uri.parse(folder)) ?? vscode.TaskScope.Workspace;
  const task = new vscode.Task({ type: TASK_TYPE, task: "capture" }, scope, "Capture Build", "LTO Inspector", process, []);
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
