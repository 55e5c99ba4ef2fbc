/** LTO: Explain Calls, the list of a function's decisions, and the commands of the Calls view. */
import * as vscode from "vscode";
import type { CallTotals } from "../../protocol/requests/calls.js";
import { number } from "../../protocol/words.js";
import type { CallCommands, CallTools } from "../calls/call-commands.js";
import { loadSession } from "../later.js";
import { showInformation, showWarning } from "../messages.js";
import type { Services } from "../services.js";
import type { CallNode } from "../trees/calls.js";
import { pickOne } from "./picks.js";
import { shownRun } from "./stages.js";

/** Explains the calls of the shown run; its source files then have lenses. */
export async function explainCalls(services: Services): Promise<void> {
  const run = shownRun(services);
  const totals = await services.calls.explain(run);
  const [unknown] = totals.notAvailable;
  const text = `${run.unit.name}: ${totalsLine(totals)}`;
  // Not awaited: the command ends when the lenses are shown.
  if (unknown === undefined) void showInformation(`${text} ${vscode.l10n.t("The lenses above functions in Rust files say why.")}`);
  else void showWarning(`${text} ${vscode.l10n.t("Not everything is known: {0}", unknown)}`);
}

/** "997 imports, 479 refused; 1,704 calls inlined, 3,790 not." */
function totalsLine({ imported, refused, inlined, notInlined }: CallTotals): string {
  return vscode.l10n.t(
    "{0} imports, {1} refused; {2} calls inlined, {3} not.",
    number(imported),
    number(refused),
    number(inlined),
    number(notInlined),
  );
}

/** Opens the IR in which a decision can be seen. */
export async function openCallIr({ calls }: Services, { run, row: { shown } }: CallNode): Promise<void> {
  if (shown !== null) await calls.openIr(run, shown);
}

/** Runs a command of the Calls view, all of which are loaded with the session. */
export async function withCallCommands(
  { callsView, shown, calls, server, functions }: Services,
  work: (commands: CallCommands, tools: CallTools) => Promise<void> | void,
): Promise<void> {
  const { callCommands } = await loadSession();
  await work(callCommands, {
    pickOne,
    choice: callsView.choice,
    choose: (choice) => {
      callsView.choose(choice);
    },
    run: shown.run?.id ?? null,
    names: (run, text) => calls.known(run, () => server.ask("functionNames", { run, text })),
    exportTo: (run, uri) => calls.known(run, () => server.ask("exportCalls", { run, uri })),
    openIr: (run, found) => calls.openIr(run, found),
    openFunction: (run, symbol) => functions.open(run, symbol),
  });
}
