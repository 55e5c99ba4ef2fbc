/** `discover`: lists what the builds of a workspace have left to replay LTO on, and what the rest lacks. Builds and writes nothing. */
import fs from "node:fs/promises";
import path from "node:path";
import type { Discovery, FoundUnit } from "../../../../protocol/discovery.js";
import type { LtoErrorReport } from "../../../../protocol/errors.js";
import type { UnitManifest } from "../../../../protocol/units.js";
import { captureFolder, listCaptures, type UnreadableCapture } from "../../../store/captures.js";
import { outFolderAt } from "../../../replay/out-folder-stages.js";
import { stageFilesIn, unitsOfProfile } from "./leftovers.js";
import { packageFolder, readWorkspace } from "./metadata.js";
import type { Workspace } from "./metadata.js";
import { sessionUnit } from "./leftover-sessions.js";
import { profileFolders } from "./profile-folders.js";
import { describeSession } from "../../../pipelines/sessions.js";
import { machineToolchain } from "../../../machine/chosen-toolchain.js";
import { cargoFor } from "../../../machine/toolchain.js";
import type { CargoProgram } from "../../../machine/programs.js";
import { leftoversToldApart, toldApart } from "./told-apart.js";
import type { LookOptions } from "../../producer.js";

/**
 * Looks for units.
 *
 * @throws UnreadableFile, NoToolchain (Cargo lists the workspace's packages), NothingToInspect (neither a workspace nor a folder with bitcode)
 */
export async function discover(options: LookOptions): Promise<Discovery> {
  const folder = await packageFolder(options.folder);
  const session = describeSession(folder);
  if (session !== undefined) return bare([await sessionUnit(session)]);
  const stages = [...(await stageFilesIn(folder)), ...(await writtenIn(folder))];
  if (stages.length > 0) return bare(leftoversToldApart(stages));
  const { program, notRun } = await programToAsk(folder, options);
  const workspace = await readWorkspace(folder, program, options.signal);
  const captures = await listCaptures(options.store, workspace.root);
  const built = await builtUnits(workspace, options.signal);
  const apart = toldApart(captures.units);
  return {
    workspace: workspace.root,
    targetDirectory: workspace.targetDirectory,
    units: [
      ...captures.units.map((unit) => captureUnit(unit, options.store, apart.get(unit.id))),
      ...captures.unreadable.map(unreadableUnit),
      ...leftoversToldApart(built),
    ],
    ...(notRun === null ? {} : { notRun }),
  };
}

async function programToAsk(
  folder: string,
  { environment = process.env, runToolchain, signal }: LookOptions,
): Promise<{ readonly program: CargoProgram; readonly notRun: LtoErrorReport | null }> {
  return runToolchain === true
    ? { program: await cargoFor({ environment, signal }), notRun: null }
    : machineToolchain({ environment, folder }, signal);
}

function bare(units: readonly FoundUnit[]): Discovery {
  return { workspace: null, targetDirectory: null, units };
}

function captureUnit(unit: UnitManifest, store: string, apart: readonly string[] | undefined): FoundUnit {
  return {
    kind: "capture",
    unit: unit.id,
    name: unit.name,
    path: captureFolder(store, unit.id, unit.capture),
    profile: unit.profile,
    mode: unit.mode,
    modules: unit.localModules.length + unit.upstream.reduce((sum, { members }) => sum + (members?.length ?? 1), 0),
    modifiedAt: unit.capturedAt,
    complete: unit.complete,
    ...(unit.incompleteBecause === undefined ? {} : { incompleteBecause: unit.incompleteBecause }),
    ...(apart === undefined ? {} : { toldApart: [...apart, unit.capturedAt] }),
    ...(unit.notLinked === undefined ? {} : { notLinked: unit.notLinked }),
  };
}

/** Stages that a run wrote with `--out`, which can be shown and compared. */
async function writtenIn(folder: string): Promise<FoundUnit[]> {
  const written = await outFolderAt(folder);
  if (written === undefined) return [];
  const [first = folder] = [...written.stages.values()].flatMap((files) => [...files.values()]);
  return [
    {
      kind: "stage-files",
      unit: folder,
      name: `${path.basename(folder)} (stages that a run wrote)`,
      path: folder,
      profile: null,
      mode: written.mode,
      modules: written.stages.size,
      modifiedAt: (await fs.stat(first)).mtime.toISOString(),
      complete: false,
      incompleteBecause: {
        name: "IncompleteUnit",
        message: "A run wrote these files (--out); a build did not.",
        file: folder,
        help: "Show and compare them as they are, or run LTO on the unit of the run.",
      },
    },
  ];
}

/** A capture whose manifest cannot be read, with the reason. */
function unreadableUnit({ id, folder, modifiedAt, problem }: UnreadableCapture): FoundUnit {
  return {
    kind: "capture",
    unit: id,
    name: id,
    path: folder,
    profile: null,
    mode: null,
    modules: 0,
    modifiedAt,
    complete: false,
    incompleteBecause: problem,
  };
}

/** All units in the user's own target directory, which has one folder per profile; those of other targets are one level deeper. */
async function builtUnits(workspace: Workspace, signal: AbortSignal | undefined): Promise<FoundUnit[]> {
  const units: FoundUnit[] = [];
  for (const folder of await profileFolders(workspace.targetDirectory)) units.push(...(await unitsOfProfile(folder, workspace, signal)));
  return units;
}
