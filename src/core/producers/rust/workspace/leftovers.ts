/** What a build left in one profile's folder of a target directory: sessions, rustc's own stage files, rlibs with bitcode, and linked outputs. */
import fs from "node:fs/promises";
import path from "node:path";
import type { FoundUnit } from "../../../../protocol/discovery.js";
import type { LtoMode } from "../../../../protocol/stages.js";
import { bitcodeMembers } from "../capture/archive.js";
import { throwIfCancelled } from "../../../base/errors.js";
import { sessionUnit } from "./leftover-sessions.js";
import type { Workspace, WorkspacePackage } from "./metadata.js";
import { sessionsIn } from "../../../pipelines/sessions.js";
import { stageFileNames } from "../../../pipelines/stage-file-names.js";
import type { StageFileName } from "../../../pipelines/stage-file-names.js";

type WorkspaceTarget = WorkspacePackage["targets"][number];

/** The units of one profile, the workspace's own crates only. @throws Cancelled */
export async function unitsOfProfile(folder: string, workspace: Workspace, signal?: AbortSignal): Promise<FoundUnit[]> {
  const targets = workspace.packages.flatMap((one) => one.targets);
  const crates = new Set(targets.map(crateNameOf));
  const sessions = (await sessionsIn(path.join(folder, "incremental"))).filter(({ crateName }) => crates.has(crateName));
  const units = await Promise.all(sessions.map(sessionUnit));
  const withBitcode = units.filter(({ modules, incompleteBecause }) => modules > 0 || incompleteBecause?.name === "SessionUnderWay");
  const stages = [...(await stageFilesIn(path.join(folder, "deps"))), ...(await stageFilesIn(path.join(folder, "examples")))];
  const covered = new Set([...withBitcode, ...stages].map(({ name }) => name.split(" ")[0]));
  const rlibs = await rlibsWithBitcode(path.join(folder, "deps"), crates, signal);
  const outputs = await outputsWithoutBitcode(
    folder,
    targets.filter((target) => !covered.has(crateNameOf(target))),
  );
  return [...outputs, ...rlibs, ...stages, ...withBitcode];
}

function crateNameOf({ name }: WorkspaceTarget): string {
  return name.replaceAll("-", "_");
}

/** The name for crates that only have stage files with shortened names. */
const CUT_NAMES = "crates whose long names rustc shortened";

/** rustc's own stage files in a folder, one unit per crate. */
export async function stageFilesIn(folder: string): Promise<FoundUnit[]> {
  const names = await fs.readdir(folder).catch((): string[] => []);
  const byStem = new Map<string | null, StageFileName[]>();
  for (const file of stageFileNames(names)) byStem.set(file.stem, [...(byStem.get(file.stem) ?? []), file]);
  // If there are several crates, these files belong to any of them: modules of the standard library with long names.
  if (byStem.size > 1) byStem.delete(null);
  const modifiedAt = byStem.size === 0 ? "" : (await fs.stat(folder)).mtime.toISOString();
  return [...byStem].map(([stem, files]) => ({
    // All are in one folder, and only rustc's suffix distinguishes the files of a program from those of its tests.
    ...(stem === null ? {} : { toldApart: [stem] }),
    kind: "stage-files",
    unit: folder,
    name: `${files[0]?.crateName ?? CUT_NAMES} (rustc's saved stages)`,
    path: folder,
    profile: path.basename(path.dirname(folder)),
    mode: modeOf(files),
    modules: modulesIn(files),
    modifiedAt,
    complete: false,
    incompleteBecause: {
      name: "IncompleteUnit",
      message: `These files show what rustc did to ${stem ?? CUT_NAMES}, but not the build's settings and decisions.`,
      file: folder,
      help: "Show and compare them as they are, or run `lto-inspector capture` to replay.",
    },
  }));
}

/** Counts modules. How much is left of a shortened name depends on the stage's tag, so names with the same end belong to one module. */
function modulesIn(files: readonly StageFileName[]): number {
  const names = [...new Set(files.map(({ module }) => module))].toSorted((a, b) => b.length - a.length);
  const heads: string[] = [];
  for (const name of names) if (!heads.some((head) => head.endsWith(name))) heads.push(name);
  return heads.length;
}

/** Stage names identify fat LTO; members of rlibs only take part in LTO across crates. */
function modeOf(files: readonly StageFileName[]): LtoMode {
  if (files.some(({ stage }) => stage.startsWith("lto."))) return "fat";
  return files.some(({ module }) => module.endsWith(".rcgu.o")) ? "thin" : "thin-local";
}

/** Libraries of the workspace whose members contain bitcode; they can be named as plain files. */
async function rlibsWithBitcode(deps: string, crates: ReadonlySet<string>, signal?: AbortSignal): Promise<FoundUnit[]> {
  const names = (await fs.readdir(deps).catch((): string[] => [])).filter((name) => name.endsWith(".rlib")).toSorted();
  const units: FoundUnit[] = [];
  for (const name of names) {
    const crate = name.replace(/^lib/, "").replace(/(?:-[0-9a-f]{16})?\.rlib$/, "");
    const file = path.join(deps, name);
    throwIfCancelled(signal, "Looking for units");
    const modules = crates.has(crate) ? await bitcodeMembers(file, signal).catch(() => 0) : 0;
    if (modules === 0) continue;
    units.push({
      kind: "rlib",
      unit: file,
      name: `${crate} (rlib)`,
      path: file,
      profile: path.basename(path.dirname(deps)),
      mode: null,
      modules,
      modifiedAt: (await fs.stat(file)).mtime.toISOString(),
      complete: true,
    });
  }
  return units;
}

/** Programs and libraries that were linked, but whose build left nothing to replay. */
async function outputsWithoutBitcode(folder: string, targets: readonly WorkspaceTarget[]): Promise<FoundUnit[]> {
  const profile = path.basename(folder) === "debug" ? "dev" : path.basename(folder);
  const units: FoundUnit[] = [];
  for (const target of targets) {
    for (const file of outputFiles(folder, target)) {
      const found = await fs.stat(file).catch(() => undefined);
      if (found === undefined) continue;
      units.push({
        kind: "output",
        unit: file,
        name: `${target.name} (${target.kind[0] ?? "bin"})`,
        path: file,
        profile,
        mode: null,
        modules: 0,
        modifiedAt: found.mtime.toISOString(),
        complete: false,
        incompleteBecause: {
          name: "NoBitcode",
          message: `The build of ${target.name} with the profile ${profile} left no bitcode: it was not incremental, or did no LTO.`,
          file,
          help: `Run \`lto-inspector capture --profile ${profile}\` in the workspace${profile === "dev" ? " (with --lto thin, as this profile does not optimise)" : ""}.`,
        },
      });
    }
  }
  return units;
}

function outputFiles(folder: string, { kind, crateTypes, name }: WorkspaceTarget): string[] {
  if (kind.includes("example")) return [path.join(folder, "examples", name)];
  if (kind.some((one) => one === "test" || one === "bench" || one === "custom-build" || one === "proc-macro")) return [];
  const crate = name.replaceAll("-", "_");
  return crateTypes.flatMap((type) => {
    if (type === "bin") return [path.join(folder, name)];
    if (type === "cdylib" || type === "dylib") return [path.join(folder, `lib${crate}.so`), path.join(folder, `lib${crate}.dylib`)];
    return type === "staticlib" ? [path.join(folder, `lib${crate}.a`)] : [];
  });
}
