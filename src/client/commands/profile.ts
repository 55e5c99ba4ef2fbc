/** LTO: Profile Passes, of the shown run, a run's row, or the latest run of a unit. */
import * as vscode from "vscode";
import { Failure } from "../failure.js";
import type { Services } from "../services.js";
import type { RunNode } from "../trees/runs.js";
import type { UnitNode } from "../trees/units.js";

export async function profilePasses({ profiles, shown }: Services, node?: RunNode | UnitNode): Promise<void> {
  const run = node?.kind === "run" ? node.row : node?.kind === "unit" ? node.row.lastRun : shown.run;
  if (run === null) {
    throw new Failure({
      name: "NothingToInspect",
      message: vscode.l10n.t("There is no run whose passes could be profiled."),
      help: vscode.l10n.t("Run LTO: Run Thin LTO."),
    });
  }
  await profiles.open({ run: run.id });
}
