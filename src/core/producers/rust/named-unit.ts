/** Units by their names: captures and session directories. */
import type { RunOrigin } from "../../../protocol/runs.js";
import type { UnitManifest } from "../../../protocol/units.js";
import type { LtoSource } from "../../replay/open.js";
import { loadUnit } from "../../store/captures.js";
import type { StoreLayout } from "../../store/store-layout.js";
import { isSessionFolder, unitOfSession } from "./session-unit.js";
import { rustUnit } from "./unit-source.js";

/** The source of a run that is over. @throws LtoError UnknownUnit, UnreadableFile when it is gone meanwhile */
export async function sourceOf(layout: StoreLayout, { source }: RunOrigin): Promise<LtoSource> {
  if ("paths" in source) return { kind: "paths", ...source };
  if ("session" in source) return rustUnit(await unitOfSession(source.session));
  return rustUnit(await loadUnit(layout.root, source.unit));
}

/** A captured unit (its id, `ID@N` or the path of a capture) or a session directory. @throws LtoError UnknownUnit, UnreadableFile, SessionUnderWay */
export async function unitNamed(layout: StoreLayout, name: string): Promise<UnitManifest> {
  return (await isSessionFolder(name)) ? unitOfSession(name) : loadUnit(layout.root, name);
}
