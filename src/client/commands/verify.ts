/** LTO: Verify Against rustc. */
import type { RunView, UnitView, VerifyView } from "../../protocol/views.js";
import { stageSum } from "../../protocol/verification.js";
import { showInformation, showWarning } from "../messages.js";
import type { Parts } from "../parts.js";
import type { UnitNode } from "../trees/units.js";
import { VERIFIED_TITLES, verifiedText } from "../verified-text.js";
import { stepDone } from "../walkthrough.js";
import { captureBuild } from "./capture.js";
import { pickUnit } from "./picks.js";

/** Replays a capture and compares it with rustc's own files. The run that is shown stays; what it is said to be is looked up again. */
export async function verify(parts: Parts, node?: UnitNode): Promise<void> {
  const { ref, name } = node?.kind === "unit" ? node.row : await unitToVerify(parts);
  try {
    const result = await parts.server.askWithProgress(`Verifying ${name} against rustc`, "verify", { unit: ref });
    stepDone("verified");
    tellVerified(result, parts);
  } finally {
    parts.units.refresh();
    parts.runs.refresh();
    await parts.shown.refresh();
  }
}

type Verifiable = Pick<UnitView, "ref" | "name">;

/** The capture of the run that is shown; where none is, the only one, or the one that is chosen. */
async function unitToVerify(parts: Parts): Promise<Verifiable> {
  const { rows } = await parts.server.ask("units", { offset: 0, limit: 500 });
  const captures = rows.filter((unit) => unit.kind === "capture" && unit.complete);
  const shown = await captureOf(parts, parts.shown.run);
  if (shown !== undefined) return shown;
  if (captures.length > 0) return pickUnit(captures, "Which capture?");
  const captured = await captureBuild(parts);
  return parts.server.ask("unit", { unit: captured.primary });
}

/** The very capture that a run was made of, which need not be the latest; undefined: it was made of something else, or its capture is gone. */
async function captureOf({ server }: Parts, run: RunView | null): Promise<Verifiable | undefined> {
  if (run === null || !("unit" in run.source) || run.source.unit !== run.unit.id) return undefined;
  const unit = await server.ask("unit", { unit: run.unit.id }).catch(() => undefined);
  return unit?.complete === true ? { ref: unit.captureRef, name: unit.name } : undefined;
}

function tellVerified(result: VerifyView, parts: Parts): void {
  const text = `${VERIFIED_TITLES[result.outcome]}: ${verifiedText(result)}`;
  if (result.verified) {
    void showInformation(text);
    return;
  }
  for (const { module, stage, why } of result.different.shown) parts.log.warn(`verify: ${module} ${stage}: ${why}`);
  const absent = stageSum(result, "absent");
  const missing = absent > 0 ? ` ${absent} of rustc's files are missing.` : "";
  const more = result.different.total > 0 ? " The log says which differ." : "";
  void showWarning(`${text}${missing}${more}`, "Show Log").then((chosen) => {
    if (chosen !== undefined) parts.log.show();
  });
}
