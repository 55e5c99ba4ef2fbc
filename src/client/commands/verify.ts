/** LTO: Verify Against rustc. */
import type { UnitView, VerifyView } from "../../protocol/views.js";
import { showInformation, showWarning } from "../messages.js";
import type { Parts } from "../parts.js";
import type { UnitNode } from "../trees/units.js";
import { verifiedText } from "../verified-text.js";
import { captureBuild } from "./capture.js";
import { pickUnit } from "./picks.js";

/** Replays a capture and holds it against rustc's own files. */
export async function verify(parts: Parts, node?: UnitNode): Promise<void> {
  const unit = node?.kind === "unit" ? node.row : await unitToVerify(parts);
  const result = await parts.server.askWithProgress(`Verifying ${unit.name} against rustc`, "verify", { unit: unit.ref });
  if (result.verified) await showAgain(parts, result.unit.id);
  parts.units.refresh();
  tellVerified(result, parts);
}

/** A run says what was known when it was made: what is shown of a unit that was verified since is made again, which takes all from the store. */
async function showAgain(parts: Parts, unit: string): Promise<void> {
  const { run } = parts.shown;
  if (run?.unit.id !== unit || run.fidelity === "verified") return;
  parts.shown.show(await parts.server.ask("thin", { source: { unit } }));
  parts.runs.refresh();
}

async function unitToVerify(parts: Parts): Promise<UnitView> {
  const shown = parts.shown.run?.unit.id;
  const { rows } = await parts.server.ask("units", { offset: 0, limit: 500 });
  const captures = rows.filter((unit) => unit.kind === "capture" && unit.complete);
  const current = captures.find((unit) => unit.ref === shown);
  if (current !== undefined) return current;
  if (captures.length > 0) return pickUnit(captures, "Which capture?");
  const captured = await captureBuild(parts);
  return parts.server.ask("unit", { unit: captured.primary });
}

function tellVerified(result: VerifyView, parts: Parts): void {
  const text = verifiedText(result);
  if (result.verified) {
    void showInformation(`Verified: ${text}`);
    return;
  }
  for (const { module, stage, why } of result.different.shown) parts.log.warn(`verify: ${module} ${stage}: ${why}`);
  const absent = Object.values(result.stages).reduce((total, counts) => total + counts.absent, 0);
  const missing = absent > 0 ? ` ${absent} of rustc's files are missing.` : "";
  void showWarning(`Not equal to rustc: ${text}${missing} The log says which differ.`, "Show Log").then((chosen) => {
    if (chosen !== undefined) parts.log.show();
  });
}
