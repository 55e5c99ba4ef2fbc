/** Builds a captured unit again with other settings of its profile, as a capture of its own. */
import path from "node:path";
import { ALL_PIPELINES } from "../../protocol/pipelines.js";
import type { UnitManifest } from "../../protocol/units.js";
import { isLtoError, LtoError } from "../base/errors.js";
import type { CaptureOptions } from "../producers/captures.js";
import { linkLineNoted } from "../machine/own-notes.js";
import { PRODUCERS } from "../producers/registry.js";
import type { StoreLayout } from "../store/store-layout.js";
import type { BuildSetting } from "./settings.js";

/** A build: the capture; or, where rustc does no LTO, only the output. */
export type BuiltSetting = { readonly unit: UnitManifest } | { readonly output: string };

export interface BuildHooks {
  readonly signal?: AbortSignal | undefined;
  readonly progress?: (message: string) => void;
}

/**
 * Requires that the user built this unit on this machine: a capture that somebody sent could name any folder to build.
 *
 * @throws LtoError IncompleteUnit
 */
export async function requireOwnBuild({ name, link, workspace }: UnitManifest): Promise<void> {
  // Cargo starts the compiler, and so the linker, in the workspace's folder.
  if (link?.folder === workspace && (await linkLineNoted(link))) return;
  throw new LtoError({
    name: "IncompleteUnit",
    message: `${name} is not built with other settings, because its capture was not made on this machine, or not of a program in the workspace itself.`,
    help: "Capture the unit on this machine, or compare only what a replay can vary: `--set import-instr-limit=N`, `--set lto-opt-level=LEVEL`.",
  });
}

/**
 * Builds in the target folder of captures. What is up to date is not built again.
 *
 * @param setting may be empty: the unit as it was built
 * @throws LtoError IncompleteUnit for a capture that does not say what was built; BuildFailed and others of a capture
 */
export async function buildSetting(
  layout: StoreLayout,
  unit: UnitManifest,
  setting: BuildSetting,
  { signal, progress }: BuildHooks,
): Promise<BuiltSetting> {
  const options = {
    ...captureOptionsOf(unit, setting),
    store: layout.root,
    signal,
    onProgress: ({ message }: { readonly message: string }) => progress?.(message),
  };
  const captures = await PRODUCERS.captureMaker(options.folder);
  if (setting.lto === "off") return { output: await plainOutput() };
  try {
    const { units, failure } = await captures.capture(options);
    if (failure !== undefined) throw new LtoError(failure);
    const found = units.find(({ name, crateTypes }) => name === unit.name && crateTypes.join() === unit.crateTypes.join());
    if (found?.complete === true) return { unit: found };
    throw new LtoError(found?.incompleteBecause ?? { name: "IncompleteUnit", message: `The build did not make ${unit.name}.` });
  } catch (error) {
    // Such as with one codegen unit: rustc does no thin-local LTO then.
    if (isLtoError(error, "NothingToInspect")) return { output: await plainOutput() };
    throw error;
  }

  async function plainOutput(): Promise<string> {
    const files = await captures.build(options);
    const wanted = outputName(unit);
    const found = files.find((file) => path.basename(file) === wanted);
    if (found === undefined) throw new LtoError({ name: "IncompleteUnit", message: `The build did not make ${wanted}.` });
    return found;
  }
}

/** "demo" of "demo (bin)"; "libdemo.so" of a cdylib. */
function outputName({ name, crateName, crateTypes }: UnitManifest): string {
  const target = name.replace(/ \(.*\)$/, "");
  if (crateTypes.includes("cdylib")) return `lib${crateName}.so`;
  return crateTypes.includes("staticlib") ? `lib${crateName}.a` : target;
}

/** How to capture a unit again. @throws LtoError IncompleteUnit */
function captureOptionsOf(unit: UnitManifest, setting: BuildSetting): CaptureOptions {
  const { scope, workspace, profile, deviations } = unit;
  if (scope === undefined) {
    throw new LtoError({
      name: "IncompleteUnit",
      message: `The capture of ${unit.name} does not say what was built: an earlier version made it.`,
      help: "Capture the unit again: `lto-inspector capture`.",
    });
  }
  const { folder, features, ...targets } = scope;
  const used = new Map(deviations.map((deviation) => [deviation.setting, deviation.used]));
  const lto = ALL_PIPELINES.map(({ name }) => name).find((name) => name === used.get("lto"));
  const incremental = used.get("incremental");
  return {
    folder: path.join(workspace, folder),
    profile,
    ...targets,
    ...(features === undefined ? {} : { cargoArgs: features }),
    // With this option, a capture that the user made with it is the same unit.
    ...(setting.lto === "off" ? {} : { lto: setting.lto ?? lto }),
    ...(incremental === undefined ? {} : { incremental: incremental === "true" }),
    ...(used.has("debug") ? { lineTables: true } : {}),
    environment: { ...process.env, ...profileVariables(profile, setting) },
  };
}

/** As Cargo reads them; a unit with other values than its profile's has another id. */
function profileVariables(profile: string, { lto, codegenUnits, optLevel }: BuildSetting): NodeJS.ProcessEnv {
  const prefix = `CARGO_PROFILE_${profile.toUpperCase().replaceAll("-", "_")}_`;
  return {
    ...(lto === "off" ? { [`${prefix}LTO`]: lto } : {}),
    ...(codegenUnits === undefined ? {} : { [`${prefix}CODEGEN_UNITS`]: String(codegenUnits) }),
    ...(optLevel === undefined ? {} : { [`${prefix}OPT_LEVEL`]: optLevel }),
  };
}
