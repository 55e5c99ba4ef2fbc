/** Context keys for the stage document or stage diff in the active tab. */
import * as vscode from "vscode";
import { pipelineWith, tagsOf } from "../../protocol/stages.js";
import { CONTEXT } from "../ids.js";
import { activeAddress, activeStage } from "./active.js";
import { activeComparison, activeFunctions } from "./function-diffs.js";

/** Updates the context keys that show Next/Previous Stage and the filters with their state. */
export function followActiveStage(): vscode.Disposable {
  const shown = new Map<string, boolean>();
  const set = (key: keyof typeof CONTEXT, value: boolean): void => {
    if (shown.get(key) === value) return;
    shown.set(key, value);
    void vscode.commands.executeCommand("setContext", CONTEXT[key], value);
  };
  const update = (): void => {
    const [active, address, functions] = [activeStage(), activeAddress(), activeComparison()];
    set("inStage", (active ?? functions) !== undefined);
    set("inStageDiff", active?.kind === "diff" || functions !== undefined);
    set("inFunctionDiff", activeFunctions() !== undefined);
    const filters = address?.filters ?? functions?.filters;
    const last = address?.stage ?? functions?.comparison.to;
    if (filters === undefined || last === undefined) return;
    const stages = tagsOf(pipelineWith(last) ?? { stages: [] });
    set("atFirstStage", stages.indexOf(address?.beside?.stage ?? functions?.comparison.from ?? last) <= 0);
    set("atLastStage", stages.indexOf(last) === stages.length - 1);
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
