/** Context keys for the stage document or stage diff in the active tab. */
import * as vscode from "vscode";
import { CONTEXT } from "../ids.js";
import { activeStage } from "./active.js";
import { activeFunctions } from "./function-diffs.js";

/** Updates the context keys that show Next/Previous Stage and the filters. */
export function followActiveStage(): vscode.Disposable {
  const update = (): void => {
    const active = activeStage();
    void vscode.commands.executeCommand("setContext", CONTEXT.inStage, active !== undefined);
    void vscode.commands.executeCommand("setContext", CONTEXT.inStageDiff, active?.kind === "diff");
    void vscode.commands.executeCommand("setContext", CONTEXT.inFunctionDiff, activeFunctions() !== undefined);
  };
  update();
  return vscode.Disposable.from(
    vscode.window.tabGroups.onDidChangeTabs(update),
    vscode.window.tabGroups.onDidChangeTabGroups(update),
    vscode.window.onDidChangeActiveTextEditor(update),
  );
}
