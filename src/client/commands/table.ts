/** Every command in one table, and how they are run: an error is shown with its help, a cancellation is silent. */
import * as vscode from "vscode";
import { toggleFilter } from "../documents/filters.js";
import { stepStage } from "../documents/compare.js";
import { moreFunctions } from "../documents/function-diffs.js";
import { showFailure } from "../failure.js";
import { COMMANDS } from "../ids.js";
import { showWarning } from "../messages.js";
import type { Parts } from "../parts.js";
import type { CguNode, MoreNode } from "../trees/cgu-nodes.js";
import type { RunNode } from "../trees/runs.js";
import type { UnitNode } from "../trees/units.js";
import { explainDecision } from "./explain.js";
import { clearStore, restartServer, selectLlvm, showLog } from "./machine.js";
import { captureAndRun, runFat, runThin, runThinOn } from "./run.js";
import { compareStagesCommand, copyCliCommand, copyKey, findSymbol, openStageCommand, revealStageFile, shownRun } from "./stages.js";
import { verify } from "./verify.js";
import { clearFilter, filterCgus, groupCgus, openRun, refresh, removeRun, sortCgus } from "./views.js";

type Handler = (parts: Parts, ...args: never[]) => Promise<void> | void;

const HANDLERS: Readonly<Record<keyof typeof COMMANDS, Handler>> = {
  runThin: (parts, node?: UnitNode) => parts.live.during(() => runThin(parts, node)),
  runFat: (parts, node?: UnitNode) => parts.live.during(() => runFat(parts, node)),
  runThinOn: (parts, clicked?: vscode.Uri, selected?: readonly vscode.Uri[]) =>
    parts.live.during(() => runThinOn(parts, clicked, selected)),
  capture: (parts) => parts.live.during(() => captureAndRun(parts)),
  openStage: (parts, node?: CguNode, how?: unknown) => openStageCommand(parts, node, how),
  compareStages: (parts, node?: CguNode) => compareStagesCommand(parts, node),
  moreFunctions: ({ server }) => moreFunctions(server),
  nextStage: ({ server }) => stepStage(server, 1),
  previousStage: ({ server }) => stepStage(server, -1),
  findSymbol,
  explain: (parts, node?: CguNode) => explainDecision(parts, node),
  verify: (parts, node?: UnitNode) => verify(parts, node),
  openDashboard: (parts) => {
    shownRun(parts);
    parts.dashboard.open();
  },
  revealStageFile: (parts, node?: CguNode) => revealStageFile(parts, node),
  copyCliCommand: (parts, node?: CguNode) => copyCliCommand(parts, node),
  copyKey: (parts, node?: CguNode) => copyKey(parts, node),
  clearStore,
  selectLlvm,
  showLog,
  restartServer,
  openRun: (parts, node?: RunNode) => {
    openRun(parts, node);
  },
  removeRun: (parts, node?: RunNode) => removeRun(parts, node),
  refresh,
  filterCgus,
  clearFilter,
  sortCgus,
  groupCgus,
  showMore: ({ cgus }, node: MoreNode) => {
    cgus.showMore(node);
  },
  toggleDebugInfo: () => toggleFilter("hideDebugInfo"),
  toggleAttributes: () => toggleFilter("hideAttributes"),
  toggleDemangle: () => toggleFilter("demangle"),
  toggleStableNumbering: () => toggleFilter("stableNumbering"),
};

/** Commands that work in Restricted Mode: they execute nothing of the workspace's. */
const HARMLESS: ReadonlySet<keyof typeof COMMANDS> = new Set(["showLog"]);

export function registerCommands(parts: Parts): vscode.Disposable {
  const names = Object.keys(COMMANDS) as (keyof typeof COMMANDS)[];
  return vscode.Disposable.from(
    ...names.map((name) => vscode.commands.registerCommand(COMMANDS[name], (...args: unknown[]) => run(parts, name, args))),
  );
}

async function run(parts: Parts, name: keyof typeof COMMANDS, args: readonly unknown[]): Promise<void> {
  try {
    if (!vscode.workspace.isTrusted && !HARMLESS.has(name)) {
      // Not awaited, like every message that may stand there for long.
      void askForTrust();
      return;
    }
    await (HANDLERS[name] as (parts: Parts, ...args: readonly unknown[]) => Promise<void> | void)(parts, ...args);
  } catch (error) {
    // Not awaited: the message may stand there for long, and the command is over.
    void showFailure(error, parts.log);
  }
}

async function askForTrust(): Promise<void> {
  const manage = "Manage Workspace Trust";
  const text =
    "This folder is not trusted. Building it would run its build scripts, so LTO Inspector builds and runs nothing in Restricted Mode.";
  const chosen = await showWarning(text, manage);
  if (chosen === manage) await vscode.commands.executeCommand("workbench.trust.manage");
}
