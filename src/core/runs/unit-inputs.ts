/** The inputs of a run from a captured unit: refusals, the promotion suffixes of builds without a session, and a person's overrides. */
import { isAbsolute, join } from "node:path";
import type { EngineLocalModule, FunctionsResult } from "../../protocol/engine.js";
import type { UnitSummary } from "../../protocol/runs.js";
import type { LocalModule, UnitManifest } from "../../protocol/units.js";
import type { EngineClient } from "../engine/client.js";
import { LtoError } from "../errors.js";
import { applyOverrides, type Overrides, type ThinInputs } from "./inputs.js";
import { previousKeysIn } from "./session-folder.js";

/** A captured unit and the folder that its manifest's relative paths start from. */
export interface CapturedUnit {
  readonly manifest: UnitManifest;
  readonly folder: string;
}

/** A manifest's path as an absolute one. */
export function unitFile(unit: CapturedUnit, file: string): string {
  return isAbsolute(file) ? file : join(unit.folder, file);
}

export function summaryOf(manifest: UnitManifest): UnitSummary {
  const { id, name, crateTypes, profile, mode } = manifest;
  return { id: `${id}@${manifest.capture}`, name, crateTypes, profile, mode };
}

/**
 * Prepares a captured unit for `analyze`.
 *
 * @param engine reads rustc's own after-rename files where the promotion suffix has to be found
 * @throws LtoError IncompleteUnit, UnreadableFile; Usage when the unit is not of thin LTO
 */
export async function inputsOfUnit(unit: CapturedUnit, overrides: Overrides, engine: EngineClient, signal?: AbortSignal): Promise<ThinInputs> {
  const { manifest } = unit;
  refuse(manifest);
  const { settings, deviations } = applyOverrides(manifest.settings, overrides);
  const suffixes = manifest.incremental ? new Map<string, string>() : await promotionSuffixes(unit, engine, signal);
  const unknown = manifest.incremental ? manifest.localModules.filter((module) => module.green === null).length : 0;
  const crateTypes = overrides.crateTypes ?? manifest.crateTypes;
  const typeDeviation =
    overrides.crateTypes === undefined ? [] : [{ setting: "crate-type", build: manifest.crateTypes.join(","), used: crateTypes.join(",") }];
  const preserve = overrides.preserve ?? [];
  const preserveDeviation = preserve.length === 0 ? [] : [{ setting: "preserve", build: "", used: preserve.join(" ") }];
  return {
    unit: { ...summaryOf(manifest), crateTypes },
    manifest,
    toolchain: manifest.toolchain,
    settings,
    deviations: [...manifest.deviations, ...deviations, ...typeDeviation, ...preserveDeviation],
    thinLocal: manifest.mode === "thin-local",
    crateTypes,
    local: manifest.localModules.map((module) => engineModule(unit, module, suffixes.get(module.name))),
    upstream: manifest.upstream.map((archive) => ({ crate: archive.crate, file: unitFile(unit, archive.file), members: archive.members })),
    preserve,
    preserveExternals: false,
    incremental: manifest.incremental || overrides.session !== undefined,
    previousKeysFile: overrides.session === undefined ? resolved(unit, manifest.previousKeysFile) : await previousKeysIn(overrides.session),
    contentDigest: null,
    warnings: [
      ...manifest.warnings,
      ...(unknown === 0 ? [] : [`It is not known whether ${unknown} of the local modules came from rustc's incremental cache; they are taken as cached.`]),
    ],
  };
}

function resolved(unit: CapturedUnit, file: string | null): string | null {
  return file === null ? null : unitFile(unit, file);
}

function refuse(manifest: UnitManifest): void {
  if (!manifest.complete) {
    const why = manifest.incompleteBecause;
    throw new LtoError({
      name: "IncompleteUnit",
      message: `${manifest.name} cannot be replayed: ${why?.message ?? "its final crate left no bitcode."}`,
      ...(why?.file === undefined ? {} : { file: why.file }),
      mend: why?.mend ?? `Run \`lto-inspector capture ${manifest.workspace}\`, which builds it in a target directory of its own and keeps what is needed.`,
    });
  }
  if (manifest.mode === "fat") {
    throw new LtoError({
      name: "Usage",
      message: `${manifest.name} was built with fat LTO; there is no thin pipeline to replay.`,
      mend: "Capture it with `--lto thin` to see what thin LTO would do (another build: the difference is listed under deviations).",
    });
  }
}

function engineModule(unit: CapturedUnit, module: LocalModule, suffix: string | undefined): EngineLocalModule {
  return {
    name: module.name,
    origin: module.origin,
    crate: unit.manifest.crateName,
    file: unitFile(unit, module.file),
    reserialize: module.reserialize,
    green: module.green ?? unit.manifest.incremental,
    ...(suffix === undefined ? {} : { promotionSuffix: suffix }),
  };
}

/**
 * Without a session the local modules' bitcode has to be serialised again, which changes its hash and with it the suffix of promoted locals. The suffix
 * that rustc used stands in its own after-rename file, in the names of the symbols that the module defines.
 */
async function promotionSuffixes(unit: CapturedUnit, engine: EngineClient, signal?: AbortSignal): Promise<Map<string, string>> {
  const suffixes = new Map<string, string>();
  await Promise.all(
    unit.manifest.localModules.map(async (module) => {
      const file = unit.manifest.rustcStages[module.name]?.["thin-lto-after-rename"];
      if (file === undefined) return;
      const suffix = promotionSuffixIn(await engine.request("functions", { file: unitFile(unit, file) }, signal));
      if (suffix !== undefined) suffixes.set(module.name, suffix);
    }),
  );
  return suffixes;
}

/** The decimal number after ".llvm." in the names that a module defines; undefined when it promoted nothing. */
export function promotionSuffixIn(symbols: FunctionsResult): string | undefined {
  for (const symbol of [...symbols.functions, ...symbols.globals]) {
    const suffix = symbol.declaration ? undefined : /\.llvm\.(\d+)$/.exec(symbol.name)?.[1];
    if (suffix !== undefined) return suffix;
  }
  return undefined;
}
