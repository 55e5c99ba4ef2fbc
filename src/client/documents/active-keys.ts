/** Context keys for the stage document or stage diff in the active tab. */
import * as vscode from "vscode";
import { pipelineWith, tagsOf } from "../../protocol/stages.js";
import { CONTEXT } from "../ids.js";
import { activeAddress, activeStage } from "./active.js";
import { activeFunctions } from "./function-diffs.js";

/** Updates the context keys that show Next/Previous Stage and the filters with their state. */
export function followActiveStage(): vscode.Disposable {
  const shown = new Map<string, boolean>();
  const set = (key: keyof typeof CONTEXT, value: boolean): void => {
    if (shown.get(key) === value) return;
    shown.set(key, value);
    void vscode.commands.executeCommand("setContext", CONTEXT[key], value);
  };
  const update = (): void => {
    const [active, address] = [activeStage(), activeAddress()];
    set("inStage", active !== undefined);
    set("inStageDiff", active?.kind === "diff");
    set("inFunctionDiff", activeFunctions() !== undefined);
    if (address === undefined) return;
    const { filters, stage, beside } = address;
    const stages = tagsOf(pipelineWith(stage) ?? { stages: [] });
    set("atFirstStage", stages.indexOf(beside?.stage ?? stage) <= 0);
    set("atLastStage", stages.indexOf(stage) === stages.length - 1);
    set("showsDebugInfo", !filters.hideDebugInfo);
    set("showsGuids", !filters.hideGuids);
    set("showsAttributes", !filters.hideAttributes);
    set("showsDemangled", filters.demangle);
    set("numbersAlike", filters.stableNumbering);
  };
  update();
  return vscode.Disposable.from(
    vscode.window.tabGroups.onDidChangeTabs(update),
    vscode.window.tabGroups.onDidChangeTabGroups(update),
    vscode.window.onDidChangeActiveTextEditor(update),
  );
}
