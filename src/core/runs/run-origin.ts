/** What a run was made of, so that any of its stages can be made again later. */
import { resolve } from "node:path";
import { formatCaptureRef } from "../../protocol/refs.js";
import type { RunOrigin } from "../../protocol/runs.js";
import type { UnitManifest } from "../../protocol/units.js";
import { captureFolder, loadUnit } from "../capture/captures.js";
import type { StoreLayout } from "../stages/store-layout.js";
import type { OpenOptions, LtoSource } from "./open.js";
import { isSessionFolder, unitOfSession } from "./session-unit.js";

/** Describes a source for the manifest of its run. */
export function originOf(layout: StoreLayout, source: LtoSource, options: Pick<OpenOptions, "llvm" | "overrides">): RunOrigin {
  const { llvm, overrides } = options;
  if (source.kind === "paths") {
    const paths = source.paths.map((path) => resolve(path));
    return { source: source.mode === "fat" ? { paths, mode: "fat" } : { paths }, llvm, overrides, outputBytes: null };
  }
  const { outputBytes, notLinked } = source.unit;
  const origin = { source: unitSource(layout, source.unit), llvm, overrides, outputBytes };
  return notLinked === undefined ? origin : { ...origin, notLinked: notLinked.message };
}

function unitSource(layout: StoreLayout, unit: UnitManifest): RunOrigin["source"] {
  const { folder } = unit;
  const inStore = captureFolder(layout.root, unit.id, unit.capture);
  if (folder === undefined || folder === inStore) return { unit: formatCaptureRef(unit) };
  return unit.commandLine.length === 0 ? { session: folder } : { unit: folder };
}

/** The source of a run that is over. @throws LtoError UnknownUnit, UnreadableFile when it has gone meanwhile */
export async function sourceOf(layout: StoreLayout, { source }: RunOrigin): Promise<LtoSource> {
  if ("paths" in source) return { kind: "paths", ...source };
  if ("session" in source) return { kind: "unit", unit: await unitOfSession(source.session) };
  return { kind: "unit", unit: await loadUnit(layout.root, source.unit) };
}

/** A captured unit (its id, `ID@N` or the path of a capture) or a session directory. @throws LtoError UnknownUnit, UnreadableFile, SessionUnderWay */
export async function unitNamed(layout: StoreLayout, name: string): Promise<UnitManifest> {
  return (await isSessionFolder(name)) ? unitOfSession(name) : loadUnit(layout.root, name);
}
