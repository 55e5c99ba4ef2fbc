/** Builds a captured unit again with other settings of its profile, as a capture of its own. */
import path from "node:path";
import { ALL_PIPELINES } from "../../protocol/pipelines.js";
import { formatCaptureRef } from "../../protocol/refs.js";
import type { UnitManifest } from "../../protocol/units.js";
import type { CapturePlan } from "../../protocol/views.js";
import { isLtoError, LtoError } from "../base/errors.js";
import { linkLineNoted } from "../machine/own-notes.js";
import { cargoArgumentsOf, type CaptureMaker, type CaptureOptions } from "../producers/captures.js";
import { RustcArguments } from "../pipelines/rustc-args.js";
import { PRODUCERS } from "../producers/registry.js";
import type { StoreLayout } from "../store/store-layout.js";
import { keepOutput, type KeptProgram } from "./kept.js";
import type { BuildSetting } from "./settings.js";

/** A build: the capture; or, where rustc does no LTO, a copy of the output. */
export type BuiltSetting = { readonly unit: UnitManifest } | { readonly output: KeptProgram };

export interface BuildHooks {
  readonly signal?: AbortSignal | undefined;
  readonly progress?: (message: string) => void;
  /** If the capture does not say what it was asked for: a rustup toolchain's name, or the path of a rustc; empty or absent: the workspace's own. */
  readonly toolchain?: string | undefined;
}

/**
 * Requires that the user built this unit on this machine: a capture that somebody sent could name any folder to build.
 *
 * @throws LtoError IncompleteUnit
 */
export async function requireOwnBuild({ name, link, workspace, scope }: UnitManifest): Promise<void> {
  const refused = (why: string, help: string): LtoError =>
    new LtoError({ name: "IncompleteUnit", message: `${name} cannot be built with other settings: ${why}.`, help });
  const replayable = "Or compare only what a replay can vary: `--set import-instr-limit=N`, `--set lto-opt-level=LEVEL`.";
  if (link === undefined) {
    throw refused("only programs and cdylibs can, and only of a capture that was linked", `Capture one of these. ${replayable}`);
  }
  // Cargo starts the compiler of a workspace's own crate, and so the linker, in the workspace's folder.
  const isOwn = link.folder === workspace && (await linkLineNoted(link));
  if (!isOwn) throw refused("its capture was not made on this machine", `Capture it on this machine. ${replayable}`);
  if (scope === undefined) {
    throw refused("its capture does not say what was built, because an earlier version made it", `Capture it again. ${replayable}`);
  }
  // The note is of the linker's command line, which does not name the folder.
  const within = path.relative(workspace, path.resolve(workspace, scope.folder));
  if (within.split(path.sep)[0] === "..") throw refused("its capture names a folder outside of its workspace", "Capture it again.");
}

/**
 * Builds a unit as it was captured, unless it is up to date.
 *
 * @throws LtoError BuildFailed and others of a capture; FilesChanged if it is another capture now
 */
export async function requireSameSources(layout: StoreLayout, unit: UnitManifest, hooks: BuildHooks): Promise<void> {
  const options = { ...captureOptionsOf(unit, hooks), ...common(layout, hooks) };
  const captures = await PRODUCERS.captureMaker(options.folder);
  const { units, failure } = await captures.capture(options);
  if (failure !== undefined) throw new LtoError(failure);
  const found = units.find(({ id }) => id === unit.id);
  if (found === undefined) {
    throw new LtoError({
      name: "IncompleteUnit",
      message: `${unit.name} is built in another way now than when it was captured: ${units.map(({ id }) => id).join(", ")} was captured instead of ${unit.id}. The profile, the toolchain, RUSTFLAGS or Cargo's options differ.`,
      help: "Name the unit that is built now. A toolchain that was given as a path, and options such as `--config`, are not used again.",
    });
  }
  if (found.capture === unit.capture) return;
  throw new LtoError({
    name: "FilesChanged",
    message: `The sources of ${unit.name} have changed since capture ${unit.capture}, and builds with other settings would not be comparable.`,
    help: `They were captured again: use ${formatCaptureRef(found)}.`,
  });
}

/**
 * Builds a unit with other settings, in a target folder for that. What is up to date is not built again.
 *
 * @throws LtoError BuildFailed and others of a capture
 */
export async function buildSetting(
  layout: StoreLayout,
  unit: UnitManifest,
  setting: BuildSetting,
  hooks: BuildHooks,
): Promise<BuiltSetting> {
  const { lto, ...options } = captureOptionsOf(unit, hooks);
  const others: CaptureOptions = {
    ...common(layout, hooks),
    ...options,
    ...(setting.lto === "off" ? {} : { lto: setting.lto ?? lto }),
    variant: true,
    environment: { ...process.env, ...profileVariables(unit.profile, setting) },
  };
  const captures = await PRODUCERS.captureMaker(options.folder);
  if (setting.lto === "off") return plain(captures, others, layout, unit);
  try {
    const { units, failure } = await captures.capture(others);
    if (failure !== undefined) throw new LtoError(failure);
    const found = units.find(({ name, crateTypes }) => name === unit.name && crateTypes.join() === unit.crateTypes.join());
    if (found?.complete === true) return { unit: found };
    throw new LtoError(found?.incompleteBecause ?? missing(unit));
  } catch (error) {
    // Such as with one codegen unit: rustc does no thin-local LTO then.
    if (isLtoError(error, "NothingToInspect")) return plain(captures, others, layout, unit);
    throw error;
  }
}

/** What a build with another setting takes, without an earlier one. @throws LtoError those of a plan of a capture */
export async function planSetting(layout: StoreLayout, unit: UnitManifest, toolchain: string): Promise<CapturePlan> {
  const options: CaptureOptions = { ...captureOptionsOf(unit, { toolchain }), ...common(layout, {}), variant: true };
  return (await PRODUCERS.captureMaker(options.folder)).plan(options);
}

async function plain(captures: CaptureMaker, options: CaptureOptions, layout: StoreLayout, unit: UnitManifest): Promise<BuiltSetting> {
  return captures.build(options, async (outputs) => {
    const found = outputs.find(({ name }) => name === unit.name);
    if (found === undefined) throw new LtoError(missing(unit));
    return { output: await keepOutput(layout, formatCaptureRef(unit), found.file) };
  });
}

function missing(unit: UnitManifest): ConstructorParameters<typeof LtoError>[0] {
  return { name: "IncompleteUnit", message: `The build with this setting did not make ${unit.name}.`, help: "Leave the setting out." };
}

function common(layout: StoreLayout, { signal, progress }: BuildHooks): Pick<CaptureOptions, "store" | "signal" | "onProgress"> {
  return {
    store: layout.root,
    signal,
    onProgress: ({ message }) => progress?.(message),
  };
}

/** How to capture a unit again. */
export function captureOptionsOf(
  {
    scope,
    workspace,
    profile,
    deviations,
    commandLine,
  }: Pick<UnitManifest, "scope" | "workspace" | "profile" | "deviations" | "commandLine">,
  { toolchain }: BuildHooks,
): CaptureOptions {
  const { folder = "", features = [], targets = [], toolchain: asked, ...given } = scope ?? {};
  const own = new RustcArguments(commandLine).target;
  // Captures of earlier versions do not say, nor do those with a toolchain that was named by path.
  const chosen = asked === undefined ? toolchain : (asked ?? undefined);
  // Captures of earlier versions have only what differs from the profile.
  const used = new Map(deviations.map((deviation) => [deviation.setting, deviation.used]));
  const lto = ALL_PIPELINES.map(({ name }) => name).find((name) => name === used.get("lto"));
  const incremental = used.get("incremental");
  return {
    ...{ folder: path.join(workspace, folder), profile },
    ...(lto === undefined ? {} : { lto }),
    ...(incremental === undefined ? {} : { incremental: incremental === "true" }),
    ...(used.has("debug") ? { lineTables: true } : {}),
    ...given,
    ...(chosen === undefined || chosen === "" ? {} : { toolchain: chosen }),
    // Other targets of the same capture have units of their own, of the same name.
    cargoArgs: cargoArgumentsOf({ features, targets: targets.filter((target) => target === own) }),
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
