/** What Cargo reports about a captured unit: its identity, its output, and how it differs from the user's build. */
import path from "node:path";
import type { LtoErrorReport } from "../../../../protocol/errors.js";
import type { LtoMode } from "../../../../protocol/stages.js";
import type { UnitManifest } from "../../../../protocol/units.js";
import type { Artifact } from "./cargo-build.js";
import type { UnitFacts } from "./unit-facts.js";
import { dylibProblem } from "./dylib-lto.js";
import { mainKind, unitId, unitName } from "./identity.js";
import type { UnitIdentity } from "./identity.js";
import type { CaptureOptions } from "../../captures.js";
import { deviationsOf, featureArguments, profileLto, scopeOf } from "./plan.js";
import type { Prepared } from "./prepare.js";
import { RustcArguments } from "../../../pipelines/rustc-args.js";
import { LINKER_PLUGIN_HELP } from "./why-no-lto.js";
import { isLinkerPluginLto, ltoModeOf } from "./settings.js";
import type { RustcRecord } from "../wrapper/record.js";
import type { PlannedTarget } from "../workspace/unit-graph.js";

/**
 * What Cargo reports about a unit.
 *
 * @returns undefined when rustc performs no LTO for the crate
 */
export function unitFacts(
  prepared: Prepared,
  options: CaptureOptions,
  artifact: Artifact,
  record: RustcRecord,
  warnings: readonly string[],
): Omit<UnitFacts, "output"> | undefined {
  const args = new RustcArguments(record.args);
  const mode = ltoModeOf(args);
  if (mode === null) return undefined;
  const planned = plannedTarget(prepared, artifact);
  const identity = identityOf(prepared, options, artifact, args.target);
  const asked = options.lto ?? (planned === undefined ? undefined : profileLto(planned.profile));
  const built = { name: unitName(identity), mode, crateTypes: args.crateTypes };
  return {
    id: unitId(identity),
    name: unitName(identity),
    packageName: identity.packageName,
    profile: prepared.profile,
    mode,
    workspace: prepared.workspace.root,
    ownSources: prepared.workspace.packages.flatMap(({ targets }) => targets.map(({ srcPath }) => srcPath)),
    toolchain: prepared.toolchain,
    deviations: deviationsOf(planned, options),
    scope: scopeOf(prepared, options),
    incompleteBecause: linkerDoesIt(args, mode, identity) ?? withoutLtoFlag(args, asked, identity) ?? dylibProblem(built),
    warnings,
  };
}

function plannedTarget({ planned }: Prepared, artifact: Artifact): PlannedTarget | undefined {
  return planned?.find(
    ({ srcPath, name, mode, packageId, kind }) =>
      packageId === artifact.packageId &&
      srcPath === artifact.srcPath &&
      name === artifact.name &&
      (mode === "test") === artifact.test &&
      kind[0] === artifact.kind[0],
  );
}

/** @param target the requested triple; null: the host's */
export function identityOf(prepared: Prepared, options: CaptureOptions, artifact: Artifact, target: string | null): UnitIdentity {
  const owner = prepared.workspace.packages.find(({ id }) => id === artifact.packageId);
  const kind = mainKind(artifact.kind);
  return {
    workspace: prepared.workspace.root,
    packageName: owner?.name ?? artifact.name,
    crateName: artifact.name.replaceAll("-", "_"),
    kind,
    targetName: artifact.name,
    unitTest: artifact.test && kind !== "test" && kind !== "bench",
    profile: prepared.profile,
    toolchain: prepared.toolchain,
    target,
    features: featureArguments(options.cargoArgs ?? []),
    flags: [...prepared.flags.flags, ...prepared.overrides],
    lto: options.lto,
    incremental: options.incremental,
    lineTables: options.lineTables === true,
    variant: options.variant === true,
  };
}

/** With `-C linker-plugin-lto` rustc leaves thin LTO to the linker. */
function linkerDoesIt(args: RustcArguments, mode: LtoMode, identity: UnitIdentity): LtoErrorReport | undefined {
  if (mode !== "thin" || !isLinkerPluginLto(args)) return undefined;
  return {
    name: "LinkerPluginLto",
    message: `${unitName(identity)} is built with \`-C linker-plugin-lto\`: the linker does its LTO, and rustc does none.`,
    help: LINKER_PLUGIN_HELP,
  };
}

/** Cargo passes no LTO option for a library that is also an rlib, so the requested LTO does not happen. */
function withoutLtoFlag(args: RustcArguments, asked: string | undefined, identity: UnitIdentity): LtoErrorReport | undefined {
  if ((asked !== "thin" && asked !== "fat") || args.codegen("lto") !== undefined) return undefined;
  return {
    name: "IncompleteUnit",
    message: `Cargo does not pass \`-C lto=${asked}\` to ${unitName(identity)}: its crate types (${args.crateTypes.join(", ")}) include a library for Rust (rlib or dylib), for which LTO across crates is not possible.`,
    help: `Give the crate only a final crate type (crate-type = ["${identity.kind}"]), build it with \`cargo rustc --crate-type ${identity.kind}\`, or capture with --lto thin-local.`,
  };
}

/** The triple whose folder contains an artifact; null: the host's, which has no folder of its own. */
export function targetOfArtifact(artifact: Artifact, targetDirectory: string, profile: string): string | null {
  const [first = ""] = path.relative(targetDirectory, artifact.filenames[0] ?? "").split(path.sep);
  // Cargo's folder is "debug" for the profiles dev and test, and "release" for release and bench.
  const own = profile === "dev" || profile === "test" ? "debug" : profile === "bench" ? "release" : profile;
  return first === own ? null : first;
}

/** The linked file. */
export function outputOf(artifact: Artifact): string | null {
  const linked = artifact.filenames.find((file) => !/\.(?:rlib|rmeta|d|dwp|pdb)$/.test(file));
  return artifact.executable ?? linked ?? null;
}

const RANK: readonly string[] = ["test", "bench", "example", "dylib", "staticlib", "cdylib", "bin"];

/** Libraries first, programs last; the order is the same in every capture. */
export function primaryLast(units: readonly UnitManifest[]): UnitManifest[] {
  const rank = (unit: UnitManifest): number => RANK.findIndex((kind) => unit.id.includes(`-${kind}-`));
  return units.toSorted((a, b) => (rank(a) === rank(b) ? compare(a.id, b.id) : rank(a) - rank(b)));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : 1;
}
