/** The table of all commands, and how they run: an error is shown with its help, a cancellation is silent. */
import * as vscode from "vscode";
import type { AssemblyOf } from "../assembly/which-function.js";
import type { ShownCalls } from "../calls/lenses.js";
import { setFilter, toggleFilter } from "../documents/set-filter.js";
import { stepStage } from "../documents/compare.js";
import { moreFunctions } from "../documents/function-diffs.js";
import { showFailure } from "../failure.js";
import { COMMANDS } from "../ids.js";
import { loadCommands, type LaterCommand } from "../later-commands.js";
import { showWarning } from "../messages.js";
import type { Services } from "../services.js";
import type { CallNode, MoreCallsNode } from "../trees/calls.js";
import type { CguNode, MoreNode } from "../trees/cgu-nodes.js";
import type { RunNode } from "../trees/runs.js";
import type { UnitNode } from "../trees/units.js";
import { withAssembly } from "./assembly.js";
import { explainCalls, openCallIr, withCallCommands } from "./calls.js";
import { explainDecision } from "./explain.js";
import { whyKept } from "./kept.js";
import { compareLlvm, openRunDiff } from "./run-diffs.js";
import { captureAndRun, runFat, runThin, runThinOn } from "./run.js";
import { compareStagesCommand, copyCliCommand, copyKey, findSymbol, openStageCommand, revealStageFile, shownRun } from "./stages.js";
import type { SymbolChoice } from "./symbol-choice.js";
import { verify } from "./verify.js";
import { clearFilter, copyNames, filterCgus, groupCgus, onlyThis, openRun, refresh, sortCgus } from "./views.js";

type Handler = (services: Services, ...args: never[]) => Promise<void> | void;

/** A command that is loaded on first use. */
function later(name: LaterCommand): Handler {
  return async (services, ...args) => {
    const commands = await loadCommands();
    await (commands[name] as (services: Services, ...args: readonly unknown[]) => Promise<void>)(services, ...args);
  };
}

const HANDLERS: Readonly<Record<keyof typeof COMMANDS, Handler>> = {
  runThin: (services, node?: UnitNode) => services.live.during(() => runThin(services, node)),
  runFat: (services, node?: UnitNode) => services.live.during(() => runFat(services, node)),
  runThinOn: (services, clicked?: vscode.Uri, selected?: readonly vscode.Uri[]) =>
    services.live.during(() => runThinOn(services, clicked, selected)),
  capture: (services) => services.live.during(() => captureAndRun(services)),
  openStage: (services, node?: CguNode, how?: unknown) => openStageCommand(services, node, how),
  compareStages: (services, node?: CguNode) => compareStagesCommand(services, node),
  moreFunctions: ({ server }) => moreFunctions(server),
  nextStage: ({ server }) => stepStage(server, 1),
  previousStage: ({ server }) => stepStage(server, -1),
  findSymbol,
  compareLlvm: (services, node?: UnitNode) => services.live.during(() => compareLlvm(services, node)),
  openRunDiff: (services, address?: unknown) => openRunDiff(services, address),
  explain: (services, node?: CguNode) => explainDecision(services, node),
  explainCalls,
  showCalls: (services, shown: ShownCalls) => withCallCommands(services, (commands, tools) => commands.showCalls(tools, shown)),
  whyKept: (services, of?: SymbolChoice) => whyKept(services, of),
  showAssembly: (services, of?: AssemblyOf) => withAssembly(services, (commands, tools) => commands.show(tools, of)),
  compareAssembly: (services, of?: AssemblyOf) => withAssembly(services, (commands, tools) => commands.compare(tools, of)),
  goToLinkedLine: (services) => withAssembly(services, (commands, tools) => commands.goToLinkedLine(tools)),
  showFunction: (services, about?: unknown) => withCallCommands(services, (commands, tools) => commands.showFunction(tools, about)),
  showPasses: later("showPasses"),
  filterCalls: (services) => withCallCommands(services, (commands, tools) => commands.filterCalls(tools)),
  clearCallFilter: (services) => withCallCommands(services, (commands, tools) => commands.clearCallFilter(tools)),
  groupCalls: (services) => withCallCommands(services, (commands, tools) => commands.groupCalls(tools)),
  exportCalls: (services) => withCallCommands(services, (commands, tools) => commands.exportCalls(tools)),
  openCallSource: (services, node: CallNode) => withCallCommands(services, (commands) => commands.openCallSource(node)),
  openCallIr: (services, node: CallNode) => openCallIr(services, node),
  verify: (services, node?: UnitNode) => verify(services, node),
  openDashboard: (services) => {
    shownRun(services);
    services.dashboard.open();
  },
  revealStageFile: (services, node?: CguNode) => revealStageFile(services, node),
  copyCliCommand: (services, node?: CguNode) => copyCliCommand(services, node),
  copyKey: (services, node?: CguNode) => copyKey(services, node),
  clearStore: later("clearStore"),
  selectLlvm: later("selectLlvm"),
  showLog: ({ log }) => {
    log.show();
  },
  restartServer: ({ server }) => server.restart(),
  openRun: (services, node?: RunNode | UnitNode) => openRun(services, node),
  removeRun: later("removeRuns"),
  renameRun: later("renameRun"),
  pinRun: later("pinRuns"),
  unpinRun: later("unpinRuns"),
  copyRunId: later("copyRunId"),
  compareRuns: later("compareRuns"),
  selectForCompare: later("selectForCompare"),
  compareWithSelected: later("compareWithSelected"),
  compareCaptures: later("compareCaptures"),
  compareSettings: later("compareSettings"),
  openAdvice: later("openAdvice"),
  profilePasses: later("profilePasses"),
  refresh,
  filterCgus,
  clearFilter,
  sortCgus,
  groupCgus,
  onlyThis: (services, node?: CguNode) => {
    onlyThis(services, node);
  },
  copyNames: (services, node?: CguNode) => copyNames(services, node),
  showMore: ({ cgus, callsView }, node: MoreNode | MoreCallsNode) => {
    if (node.kind === "more") cgus.showMore(node);
    else callsView.showMore(node);
  },
  toggleDebugInfo: ({ server }) => toggleFilter(server, "hideDebugInfo"),
  toggleGuids: ({ server }) => toggleFilter(server, "hideGuids"),
  toggleAttributes: ({ server }) => toggleFilter(server, "hideAttributes"),
  toggleDemangle: ({ server }) => toggleFilter(server, "demangle"),
  toggleStableNumbering: ({ server }) => toggleFilter(server, "stableNumbering"),
  hideDebugInfo: ({ server }) => setFilter(server, "hideDebugInfo", true),
  showDebugInfo: ({ server }) => setFilter(server, "hideDebugInfo", false),
  hideGuids: ({ server }) => setFilter(server, "hideGuids", true),
  showGuids: ({ server }) => setFilter(server, "hideGuids", false),
  hideAttributes: ({ server }) => setFilter(server, "hideAttributes", true),
  showAttributes: ({ server }) => setFilter(server, "hideAttributes", false),
  showMangled: ({ server }) => setFilter(server, "demangle", false),
  showDemangled: ({ server }) => setFilter(server, "demangle", true),
  numberSeparately: ({ server }) => setFilter(server, "stableNumbering", false),
  numberAlike: ({ server }) => setFilter(server, "stableNumbering", true),
};

/** Commands that work in Restricted Mode: they execute nothing of the workspace. */
const HARMLESS: ReadonlySet<keyof typeof COMMANDS> = new Set(["showLog"]);

export function registerCommands(services: Services): vscode.Disposable {
  const names = Object.keys(COMMANDS) as (keyof typeof COMMANDS)[];
  return vscode.Disposable.from(
    ...names.map((name) => vscode.commands.registerCommand(COMMANDS[name], (...args: unknown[]) => run(services, name, args))),
  );
}

async function run(services: Services, name: keyof typeof COMMANDS, args: readonly unknown[]): Promise<void> {
  try {
    if (!vscode.workspace.isTrusted && !HARMLESS.has(name)) {
      // Not awaited, because the message may stay for a long time.
      void askForTrust();
      return;
    }
    await (HANDLERS[name] as (services: Services, ...args: readonly unknown[]) => Promise<void> | void)(services, ...args);
  } catch (error) {
    // Not awaited, because the message may stay for a long time.
    void showFailure(error, services.log);
  }
}

async function askForTrust(): Promise<void> {
  const manage = vscode.l10n.t("Manage Workspace Trust");
  const text = vscode.l10n.t(
    "This folder is not trusted. Building it would run its build scripts, so LTO Inspector builds and runs nothing in Restricted Mode.",
  );
  const chosen = await showWarning(text, manage);
  if (chosen === manage) await vscode.commands.executeCommand("workbench.trust.manage");
}
