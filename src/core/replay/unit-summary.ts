/** A unit as reports name it. */
import { formatCaptureRef } from "../../protocol/refs.js";
import type { UnitSummary } from "../../protocol/runs.js";
import type { UnitManifest } from "../../protocol/units.js";

export function summaryOf(manifest: UnitManifest): UnitSummary {
  const { name, crateTypes, profile, mode } = manifest;
  return { id: formatCaptureRef(manifest), name, crateTypes, profile, mode };
}
