/** The walkthrough's steps: a step is ticked when what it describes has happened, not when it was begun. */
import * as vscode from "vscode";
import { STEPS } from "./ids.js";
import type { Shown } from "./shown.js";

export function stepDone(step: keyof typeof STEPS): void {
  void vscode.commands.executeCommand("setContext", STEPS[step], true);
}

/** Looks out for the step that no command ends: that decisions are in sight. */
export function followDecisions(view: vscode.TreeView<unknown>, shown: Shown): vscode.Disposable {
  const look = (): void => {
    if (view.visible && shown.run?.hasReport === true) stepDone("sawDecisions");
  };
  return vscode.Disposable.from(view.onDidChangeVisibility(look), shown.onChanged(look));
}
