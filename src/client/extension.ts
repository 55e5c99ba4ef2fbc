/**
 * The extension's entry point: connects the services. It starts nothing: the server starts when a view or a command first needs it,
 * and never in Restricted Mode.
 */
import * as vscode from "vscode";
import { speak } from "../protocol/l10n.js";
import { BuildProblems } from "./build-problems.js";
import { registerCommands } from "./commands/table.js";
import { Dashboard, DashboardSerializer } from "./dashboard/panel.js";
import { followActiveStage } from "./documents/active-keys.js";
import { ExplainedCalls } from "./calls/explained-calls.js";
import { Advice } from "./documents/advice.js";
import { Comparisons } from "./documents/comparisons.js";
import { Explanations } from "./documents/explanations.js";
import { Functions } from "./documents/functions.js";
import { Profiles } from "./documents/profiles.js";
import { Passes } from "./documents/passes.js";
import { StageFileSystem } from "./documents/provider.js";
import {
  ADVICE_VIEW_TYPE,
  COMPARISON_VIEW_TYPE,
  DASHBOARD_VIEW_TYPE,
  EXPLANATION_VIEW_TYPE,
  FUNCTION_VIEW_TYPE,
  PROFILE_VIEW_TYPE,
  PASSES_VIEW_TYPE,
  VIEWS,
} from "./ids.js";
import { Headline } from "./headline.js";
import { windowLanguage } from "./language.js";
import { LiveVerdicts } from "./live-verdicts.js";
import { resume } from "./replay-behind.js";
import type { Services } from "./services.js";
import { Scope } from "./scope.js";
import { Server } from "./server.js";
import { ShownRun } from "./shown-run.js";
import { StatusBar } from "./status-bar.js";
import { CallsView } from "./trees/later-calls.js";
import { CgusTree } from "./trees/cgus.js";
import { RunsTree } from "./trees/runs.js";
import { UnitsTree } from "./trees/units.js";
import { OnlyTrusted } from "./trees/trust.js";
import { followDecisions, followWalkthrough } from "./walkthrough.js";

let running: Services | undefined;

export function activate(context: vscode.ExtensionContext): void {
  speak(windowLanguage());
  const scope = new Scope();
  context.subscriptions.push(scope);
  const log = scope.add(vscode.window.createOutputChannel("LTO Inspector", { log: true }));
  const server = scope.add(new Server(context.asAbsolutePath("dist/server.js"), log));
  const shown = scope.add(new ShownRun(server, context.workspaceState));
  const headline = scope.add(new Headline(server, shown));
  const problems = scope.add(new BuildProblems());
  const units = scope.add(new UnitsTree(server));
  const cgus = scope.add(new CgusTree(server, shown));
  const runs = scope.add(new RunsTree(server, shown));
  const explanations = scope.add(new Explanations({ extensionUri: context.extensionUri, server, shown, log }));
  const comparisons = scope.add(new Comparisons({ extensionUri: context.extensionUri, server, log }));
  const advice = scope.add(new Advice({ extensionUri: context.extensionUri, server, log }));
  const profiles = scope.add(new Profiles({ extensionUri: context.extensionUri, server, log }));
  const dashboard = scope.add(new Dashboard({ extensionUri: context.extensionUri, server, shown, explanations, log }));
  const calls = scope.add(new ExplainedCalls(server, shown));
  const functions = scope.add(new Functions({ extensionUri: context.extensionUri, server, calls, log }));
  const passes = scope.add(new Passes({ extensionUri: context.extensionUri, server, log }));
  const callsView = scope.add(new CallsView(server, calls));
  const live = scope.add(new LiveVerdicts({ server, shown, log, runs, units }));
  const services: Services = {
    extensionUri: context.extensionUri,
    log,
    server,
    shown,
    problems,
    memory: context.workspaceState,
    units,
    cgus,
    runs,
    dashboard,
    explanations,
    comparisons,
    advice,
    profiles,
    live,
    calls,
    callsView,
    functions,
    passes,
  };
  running = services;

  scope.add(followWalkthrough(context.globalState));
  const view = addView(scope, VIEWS.cgus, cgus, { showCollapseAll: true });
  scope.add(followDecisions(view, shown));
  scope.add(headline.above(view));
  addView(scope, VIEWS.units, units);
  addView(scope, VIEWS.calls, callsView, { showCollapseAll: true });
  runs.view = addView(scope, VIEWS.runs, runs, { canSelectMany: true });
  scope.add(new StatusBar(server, shown, headline));
  scope.add(registerCommands(services));
  scope.add(new StageFileSystem(server));
  scope.add(followActiveStage());
  scope.add(vscode.window.registerWebviewPanelSerializer(DASHBOARD_VIEW_TYPE, new DashboardSerializer(dashboard)));
  scope.add(vscode.window.registerWebviewPanelSerializer(EXPLANATION_VIEW_TYPE, explanations));
  scope.add(vscode.window.registerWebviewPanelSerializer(COMPARISON_VIEW_TYPE, comparisons));
  scope.add(vscode.window.registerWebviewPanelSerializer(FUNCTION_VIEW_TYPE, functions));
  scope.add(vscode.window.registerWebviewPanelSerializer(PASSES_VIEW_TYPE, passes));
  scope.add(vscode.window.registerWebviewPanelSerializer(ADVICE_VIEW_TYPE, advice));
  scope.add(vscode.window.registerWebviewPanelSerializer(PROFILE_VIEW_TYPE, profiles));
  scope.add(
    server.onChanged((changed) => {
      follow(services, changed);
    }),
  );
  scope.add(
    cgus.onFirstShown(() => {
      void shown
        .restore()
        .then(() => resume(services))
        .catch((error: unknown) => {
          log.warn(String(error));
        });
    }),
  );
}

function addView<Node>(
  scope: Scope,
  id: string,
  tree: vscode.TreeDataProvider<Node>,
  options: { readonly showCollapseAll?: boolean; readonly canSelectMany?: boolean } = {},
): vscode.TreeView<Node> {
  const treeDataProvider = scope.add(new OnlyTrusted(tree));
  return scope.add(vscode.window.createTreeView(id, { treeDataProvider, ...options }));
}

function follow({ units, runs, shown }: Services, changed: { readonly units: boolean; readonly runs: boolean }): void {
  if (changed.units) units.refresh();
  if (!changed.runs) return;
  runs.refresh();
  void shown.refresh();
}

/** Waits until the server and its engines are gone. */
export async function deactivate(): Promise<void> {
  await running?.server.stop();
  running = undefined;
}
