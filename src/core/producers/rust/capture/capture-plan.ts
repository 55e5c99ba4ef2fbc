/** Previews a capture: what it builds, how that differs from the user's own build, and roughly how long it takes and how much space. */
import { availableParallelism } from "node:os";
import { constants, existsSync } from "node:fs";
import { access } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { CapturePlan, PlannedUnit } from "../../../../protocol/views.js";
import type { PlannedTarget } from "../workspace/unit-graph.js";
import { freeBytes } from "../../../base/disk-space.js";
import { LtoError } from "../../../base/errors.js";
import { targetHash } from "./identity.js";
import type { CaptureOptions } from "../../captures.js";
import { deviationsOf, lacksLines, profileLto } from "./plan.js";
import { prepare, type Prepared } from "./prepare.js";
import { targetFolder } from "../../../store/store-paths.js";

/** A crate of average size: seconds to compile it on one core, and megabytes in the target directory; measured on projects of 20 to 200 crates. */
const CRATE = { seconds: { low: 0.7, high: 4 }, megabytes: { low: 3, high: 14 } } as const;

/** What a final crate adds: its stages, including those of std. */
const FINAL = { seconds: { low: 3, high: 20 }, megabytes: { low: 40, high: 180 } } as const;

/** The types of crates that are final: rustc links them. */
export const FINAL_TYPES = ["bin", "cdylib", "staticlib", "dylib"];

/**
 * Plans a capture. Asks Cargo, and builds nothing.
 *
 * @throws LtoError NoToolchain, NothingToInspect, Usage
 */
export async function planCapture(options: CaptureOptions): Promise<CapturePlan> {
  const prepared = await prepare(options);
  const { workspace, toolchain, profile, store } = prepared;
  const finals = (prepared.planned ?? []).filter(isFinal);
  if (prepared.planned !== null && finals.length === 0) throw nothing(prepared);
  const target = targetFolder(store, targetHash(workspace.root, toolchain));
  // Another setting is built whole, whatever was built before.
  const warm = options.variant !== true && existsSync(join(target, "target", profileFolder(profile)));
  const crates = prepared.planned?.length ?? workspace.packages.length;
  return {
    folder: pathToFileURL(prepared.folder).href,
    workspace: workspace.root,
    profile,
    rustc: toolchain.release,
    llvmVersion: toolchain.llvmVersion,
    targets: finals.map((final) => plannedUnit(prepared, final, options)),
    crates,
    seconds: estimate(CRATE.seconds, FINAL.seconds, crates / availableParallelism(), finals.length, warm),
    bytes: bytesOf(estimate(CRATE.megabytes, FINAL.megabytes, crates, finals.length, warm)),
    freeBytes: await freeBytes(store),
    warm,
    deviations: finals[0] === undefined ? [] : deviationsOf(finals[0], options),
    warnings: await warningsOf(prepared, finals, options),
  };
}

function isFinal({ root, mode, crateTypes }: PlannedTarget): boolean {
  return root && (mode === "test" || crateTypes.some((type) => FINAL_TYPES.includes(type)));
}

function plannedUnit({ workspace }: Prepared, target: PlannedTarget, options: CaptureOptions): PlannedUnit {
  return {
    packageName: workspace.packages.find(({ id }) => id === target.packageId)?.name ?? target.name,
    target: target.name,
    kind: target.mode === "test" ? "test" : (target.kind[0] ?? "bin"),
    crateTypes: target.crateTypes,
    lto: profileLto(target.profile),
    incremental: target.profile.incremental,
    hasLines: options.lineTables === true || !lacksLines(target),
  };
}

interface Span {
  readonly low: number;
  readonly high: number;
}

/** Crates that are up to date are not rebuilt, but the final crates are linked again if anything changed. */
function estimate(crate: Span, final: Span, crates: number, finals: number, warm: boolean): Span {
  const low = (warm ? 0 : crate.low * crates) + final.low * Math.max(1, finals) * (warm ? 0.3 : 1);
  const high = (warm ? 0.3 : 1) * crate.high * crates + final.high * Math.max(1, finals);
  return { low: Math.ceil(low), high: Math.ceil(high) };
}

function bytesOf({ low, high }: Span): Span {
  return { low: low * 1e6, high: high * 1e6 };
}

async function warningsOf(prepared: Prepared, finals: readonly PlannedTarget[], options: CaptureOptions): Promise<string[]> {
  const warnings: string[] = [];
  if (prepared.planned === null) warnings.push("Cargo did not report what it would build; the estimate uses the number of packages.");
  const off = finals.filter(({ profile }) => options.lto === undefined && profileLto(profile) === "off");
  if (off.length > 0) {
    warnings.push(`The profile ${prepared.profile} disables LTO for ${off.map(({ name }) => name).join(", ")}, so they are not captured.`);
  }
  const locked = join(prepared.workspace.root, "Cargo.lock");
  if (!existsSync(locked) && !(await writable(prepared.workspace.root))) {
    warnings.push(`There is no Cargo.lock, and ${prepared.workspace.root} cannot be written to, so Cargo cannot build it.`);
  }
  return warnings;
}

async function writable(folder: string): Promise<boolean> {
  return access(folder, constants.W_OK).then(
    () => true,
    () => false,
  );
}

function profileFolder(profile: string): string {
  return profile === "dev" || profile === "test" ? "debug" : profile === "bench" ? "release" : profile;
}

function nothing({ folder, profile }: Prepared): LtoError {
  return new LtoError({
    name: "NothingToInspect",
    message: `Cargo builds no program, cdylib or staticlib in ${folder} with the profile ${profile}, so there is no LTO to capture.`,
    file: folder,
    help: "Choose a package with a program, or add one (an example is enough: `--example`).",
  });
}
