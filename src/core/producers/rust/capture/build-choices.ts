/** What can be chosen for a capture: profiles, packages, and targets that rustc links. Asks `cargo metadata`, and builds nothing. */
import path from "node:path";
import type { BuildChoices, PackageChoice, TargetChoice, TargetKind } from "../../../../protocol/build-choices.js";
import { cargoFor } from "../../../machine/toolchain.js";
import type { ChoicesOptions } from "../../captures.js";
import { packageFolder, readWorkspace, type Workspace, type WorkspacePackage } from "../workspace/metadata.js";
import { workspaceProfiles } from "../workspace/profiles.js";
import { FINAL_TYPES } from "./capture-plan.js";

const KINDS: readonly TargetKind[] = ["bin", "lib", "example", "test", "bench"];

/** @throws LtoError NoToolchain, NothingToInspect, UnreadableFile */
export async function buildChoices(options: ChoicesOptions): Promise<BuildChoices> {
  const { environment = process.env, toolchain, signal } = options;
  const folder = await packageFolder(options.folder);
  const workspace = await readWorkspace(folder, await cargoFor({ environment, toolchain, signal }), signal);
  const isDefault = defaultPackages(folder, workspace);
  const packages = workspace.packages
    .map((one) => packageChoice(one, workspace, isDefault(one)))
    .filter(({ targets }) => targets.length > 0);
  return {
    profile: options.profile ?? "release",
    profiles: await workspaceProfiles(workspace.root),
    packages: packages.toSorted(byDefaultThenName),
  };
}

function byDefaultThenName(left: PackageChoice, right: PackageChoice): number {
  if (left.byDefault !== right.byDefault) return left.byDefault ? -1 : 1;
  return left.name < right.name ? -1 : 1;
}

/** In the folder of a package, Cargo builds that one; elsewhere, the default members. */
function defaultPackages(folder: string, { root, packages, defaultMembers }: Workspace): (one: WorkspacePackage) => boolean {
  const nearest = packages
    .filter(({ manifestPath }) => within(path.dirname(manifestPath), folder))
    .toSorted((left, right) => right.manifestPath.length - left.manifestPath.length)[0];
  if (nearest !== undefined && (path.dirname(nearest.manifestPath) !== root || defaultMembers === null)) return (one) => one === nearest;
  return ({ id }) => defaultMembers === null || defaultMembers.includes(id);
}

function within(outer: string, folder: string): boolean {
  return folder === outer || folder.startsWith(outer + path.sep);
}

function packageChoice({ name, manifestPath, targets }: WorkspacePackage, { root }: Workspace, byDefault: boolean): PackageChoice {
  const found = targets.flatMap((target): TargetChoice[] => {
    const kind = kindOf(target.kind, target.crateTypes);
    return kind === undefined
      ? []
      : [{ kind, name: target.name, crateTypes: target.crateTypes, requiredFeatures: target.requiredFeatures }];
  });
  return {
    name,
    folder: path.relative(root, path.dirname(manifestPath)),
    byDefault,
    targets: found.toSorted((left, right) => KINDS.indexOf(left.kind) - KINDS.indexOf(right.kind)),
  };
}

/** @returns undefined: rustc does no LTO for it (a build script, a macro, an rlib) */
function kindOf(kinds: readonly string[], crateTypes: readonly string[]): TargetKind | undefined {
  if (kinds.includes("custom-build") || !crateTypes.some((type) => FINAL_TYPES.includes(type))) return undefined;
  // A library's kinds are its crate types.
  return KINDS.find((kind) => kinds.includes(kind) && kind !== "lib") ?? "lib";
}
