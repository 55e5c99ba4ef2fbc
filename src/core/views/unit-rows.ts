/** The modules of a unit without a run (or before its run has ended), from what the build itself recorded. */
import { stat } from "node:fs/promises";
import { shortModuleName, type ReadableUnitName } from "../../protocol/module-names.js";
import type { CratePlace, LocalModule, UnitManifest } from "../../protocol/units.js";
import type { ModuleRow } from "../../protocol/views.js";
import { recordedDecision } from "../pipelines/reasons.js";

interface Recorded {
  readonly unit: UnitManifest;
  readonly readable: ReadonlyMap<string, ReadableUnitName>;
  readonly local: ReadonlyMap<string, LocalModule>;
  /** Member of an rlib → the rlib's crate and file. */
  readonly members: ReadonlyMap<string, { readonly crate: string; readonly file: string; readonly place?: CratePlace }>;
  /** Longest first. */
  readonly crates: readonly string[];
}

/**
 * @param names rustc's names of all modules
 * @param readable readable names of those that rustc named by hashes
 */
export async function rowsOfUnit(
  unit: UnitManifest,
  names: readonly string[],
  readable: ReadonlyMap<string, ReadableUnitName>,
): Promise<ModuleRow[]> {
  const recorded: Recorded = {
    unit,
    readable,
    local: new Map(unit.localModules.map((module) => [module.name, module])),
    members: new Map(unit.upstream.flatMap(({ members, ...archive }) => (members ?? []).map((member) => [member, archive] as const))),
    crates: unit.upstream.map(({ crate }) => crate).sort((left, right) => right.length - left.length),
  };
  return Promise.all(names.map((name) => rowOf(recorded, name)));
}

async function rowOf(recorded: Recorded, name: string): Promise<ModuleRow> {
  const { unit, readable, local: locals, members, crates } = recorded;
  const [local, member] = [locals.get(name), members.get(name)];
  const crate = local === undefined ? (member?.crate ?? upstreamCrate(name, crates)) : unit.crateName;
  const origin = local?.origin ?? "upstream";
  return {
    ...bareRow(name, crate),
    readable: readable.get(name) ?? null,
    origin,
    place: local === undefined ? (member?.place ?? "dependency") : "workspace",
    ...recordedDecision(unit, { name, origin, green: local?.green ?? null }),
    key: unit.decisions?.currentKeys[name] ?? null,
    previousKey: unit.decisions?.previousKeys?.[name] ?? null,
    source: local?.file ?? (member === undefined ? null : `${member.file}(${name})`),
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
    place: "dependency",
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
