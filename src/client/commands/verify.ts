/** LTO: Verify Against rustc. */
import * as vscode from "vscode";
import type { RunView, UnitView, VerifyView } from "../../protocol/views.js";
import { stageSum } from "../../protocol/verification.js";
import { showInformation, showWarning } from "../messages.js";
import type { Services } from "../services.js";
import type { UnitNode } from "../trees/units.js";
import { verifiedText, verifiedTitle } from "../verified-text.js";
import { stepDone } from "../walkthrough.js";
import { captureBuild } from "./capture.js";
import { pickUnit } from "./picks.js";

/** Replays a capture and compares it with rustc's own files. The shown run stays, and its fidelity is updated. */
export async function verify(services: Services, node?: UnitNode): Promise<void> {
  const { ref, name } = node?.kind === "unit" ? node.row : await capturedUnit(services);
  try {
    const result = await services.server.askWithProgress(vscode.l10n.t("Verifying {0} against rustc", name), "verify", { unit: ref });
    stepDone("verified");
    tellVerified(result, services);
  } finally {
    services.units.refresh();
    services.runs.refresh();
    await services.shown.refresh();
  }
}

type CapturedUnit = Pick<UnitView, "ref" | "name" | "llvm">;

/** The capture of the shown run; without one, the only capture, or one that the user picks. */
export async function capturedUnit(services: Services): Promise<CapturedUnit> {
  const { rows } = await services.server.ask("units", { offset: 0, limit: 500 });
  const captures = rows.filter((unit) => unit.kind === "capture" && unit.complete);
  const shown = await captureOf(services, services.shown.run);
  if (shown !== undefined) return shown;
  if (captures.length > 0) return pickUnit(captures, vscode.l10n.t("Which capture?"));
  const captured = await captureBuild(services);
  return services.server.ask("unit", { unit: captured.primary });
}

/**
 * The capture that a run was made from, which need not be the latest; undefined: the run was made from something else, or its capture was removed.
 */
async function captureOf({ server }: Services, run: RunView | null): Promise<CapturedUnit | undefined> {
  if (run === null || !("unit" in run.source) || run.source.unit !== run.unit.id) return undefined;
  const unit = await server.ask("unit", { unit: run.unit.id }).catch(() => undefined);
  return unit?.complete === true ? { ref: unit.captureRef, name: unit.name, llvm: unit.llvm } : undefined;
}

/** Says what a verification found. */
export function tellVerified(result: VerifyView, services: Services): void {
  const text = `${verifiedTitle(result.outcome)}: ${verifiedText(result)}`;
  if (result.verified) {
    void showInformation(text);
    return;
  }
  for (const { module, stage, why } of result.different.shown) services.log.warn(`verify: ${module} ${stage}: ${why}`);
  const absent = stageSum(result, "absent");
  const sentences = [
    text,
    ...(absent > 0 ? [vscode.l10n.t("{0} of rustc's files are missing.", absent)] : []),
    ...(result.different.total > 0 ? [vscode.l10n.t("The log says which differ.")] : []),
  ];
  void showWarning(sentences.join(" "), vscode.l10n.t("Show Log")).then((chosen) => {
    if (chosen !== undefined) services.log.show();
  });
}
