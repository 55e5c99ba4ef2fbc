/** The walkthrough's steps: a step is completed when what it describes has happened, not when it was started. */
import * as vscode from "vscode";
import { STEP_SWITCH, STEPS } from "./ids.js";
import type { ShownRun } from "./shown-run.js";
import { hasRows } from "../protocol/views.js";

type Step = keyof typeof STEPS;

const KEPT = "lto.steps";

let memory: vscode.Memento | undefined;

export function stepDone(step: Step): void {
  setContext(STEPS[step], true);
  const kept = keptSteps();
  if (!kept.includes(STEPS[step])) void memory?.update(KEPT, [...kept, STEPS[step]]);
}

function keptSteps(): readonly string[] {
  return memory?.get<readonly string[]>(KEPT) ?? [];
}

/**
 * VS Code loads its walkthroughs when the first one is opened. It completes a step when one of the step's expressions becomes true after that; an
 * expression that is already true does not count. So each step has two expressions, with STEP_SWITCH and without it, and the switch is toggled
 * whenever a page such as a walkthrough opens or changes.
 *
 * @param keep remembers steps that were completed in other windows, which may not have loaded the walkthroughs
 */
export function followWalkthrough(keep: vscode.Memento): vscode.Disposable {
  memory = keep;
  for (const key of keptSteps()) setContext(key, true);
  let on = false;
  return vscode.window.tabGroups.onDidChangeTabs(({ opened, changed }) => {
    // Extensions get no events from a page that is not an editor.
    if (![...opened, ...changed].some(({ input }) => input === undefined)) return;
    on = !on;
    setContext(STEP_SWITCH, on);
  });
}

/** Completes the step that no command completes: decisions are visible. */
export function followDecisions(view: vscode.TreeView<unknown>, shown: ShownRun): vscode.Disposable {
  const look = (): void => {
    if (view.visible && shown.run !== null && hasRows(shown.run)) stepDone("sawDecisions");
  };
  return vscode.Disposable.from(view.onDidChangeVisibility(look), shown.onChanged(look));
}

function setContext(key: string, value: boolean): void {
  void vscode.commands.executeCommand("setContext", key, value);
}
