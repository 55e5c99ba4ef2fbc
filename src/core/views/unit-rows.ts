/** The modules of a unit without a run, from what the build itself recorded. */
import { stat } from "node:fs/promises";
import { shortModuleName } from "../../protocol/module-names.js";
import type { LocalModule, UnitManifest } from "../../protocol/units.js";
import type { ModuleRow } from "../../protocol/views.js";

/** @param names rustc's names of all modules */
export async function rowsOfUnit(unit: UnitManifest, names: readonly string[]): Promise<ModuleRow[]> {
  const local = new Map(unit.localModules.map((module) => [module.name, module]));
  const crates = unit.upstream.map(({ crate }) => crate).sort((left, right) => right.length - left.length);
  return Promise.all(names.map((name) => rowOf(unit, name, local.get(name), crates)));
}

async function rowOf(unit: UnitManifest, name: string, local: LocalModule | undefined, crates: readonly string[]): Promise<ModuleRow> {
  const decided = unit.decisions;
  return {
    ...bareRow(name, local === undefined ? upstreamCrate(name, crates) : unit.crateName),
    origin: local?.origin ?? "upstream",
    verdict: decided?.verdicts[name] ?? null,
    key: decided?.currentKeys[name] ?? null,
    previousKey: decided?.previousKeys?.[name] ?? null,
    source: local?.file ?? null,
    bytes: local === undefined ? null : await sizeOf(local.file),
  };
}

/** A module of which only the name is known. */
export function bareRow(name: string, crate: string): ModuleRow {
  return {
    name,
    shortName: shortModuleName(name),
    readable: null,
    crate,
    origin: "input",
    verdict: null,
    reason: null,
    key: null,
    previousKey: null,
    source: null,
    bytes: null,
    stageBytes: null,
    instructions: null,
    millis: 0,
    fromStore: false,
    error: null,
  };
}

/** "std-d1237ef7159db0a2.std.e28293b1aa0f68bd-cgu.0.rcgu.o" belongs to std: rustc puts the rlib's file name before the module's name. */
function upstreamCrate(name: string, crates: readonly string[]): string {
  return crates.find((crate) => name.startsWith(`${crate}-`) || name.startsWith(`${crate}.`)) ?? /^[^-.]+/.exec(name)?.[0] ?? name;
}

async function sizeOf(file: string): Promise<number | null> {
  return stat(file).then(
    ({ size }) => size,
    () => null,
  );
}
