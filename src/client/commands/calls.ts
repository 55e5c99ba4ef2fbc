/** LTO: Explain Calls, and the list of a function's decisions. */
import * as vscode from "vscode";
import type { CallTotals } from "../../protocol/requests/calls.js";
import { number } from "../../protocol/words.js";
import type { ShownCalls } from "../calls/lenses.js";
import { showInformation, showWarning } from "../messages.js";
import type { Services } from "../services.js";
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

export async function showCalls({ calls }: Services, shown: ShownCalls): Promise<void> {
  await calls.show(shown);
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
