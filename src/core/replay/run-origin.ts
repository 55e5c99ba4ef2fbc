/** Records what a run was made from, so that any of its stages can be made again later. */
import { resolve } from "node:path";
import { DEFAULT_COMMAND } from "../../protocol/pipelines.js";
import { formatCaptureRef } from "../../protocol/refs.js";
import type { RunOrigin } from "../../protocol/runs.js";
import type { UnitManifest } from "../../protocol/units.js";
import { captureFolder } from "../store/captures.js";
import type { StoreLayout } from "../store/store-layout.js";
import type { LtoSource, ReplayChoice } from "./producer.js";

/** Describes a source for the manifest of its run. */
export function originOf(layout: StoreLayout, source: LtoSource, options: ReplayChoice): RunOrigin {
  const { llvm, overrides } = options;
  if (source.kind === "paths") {
    const paths = source.paths.map((path) => resolve(path));
    const { mode = DEFAULT_COMMAND } = source;
    return { source: mode === DEFAULT_COMMAND ? { paths } : { paths, mode }, llvm, overrides, outputBytes: null };
  }
  const { workspace, outputBytes, notLinked } = source.unit;
  const origin = { source: unitSource(layout, source.unit), workspace, llvm, overrides, outputBytes };
  return notLinked === undefined ? origin : { ...origin, notLinked: notLinked.message };
}

function unitSource(layout: StoreLayout, unit: UnitManifest): RunOrigin["source"] {
  const { folder } = unit;
  const inStore = captureFolder(layout.root, unit.id, unit.capture);
  if (folder === undefined || folder === inStore) return { unit: formatCaptureRef(unit) };
  return unit.commandLine.length === 0 ? { session: folder } : { unit: folder };
}
