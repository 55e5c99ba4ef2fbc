/** Readable names of a unit's hashed codegen units, found with the symbols in their files: certain ones, or else what most of their symbols are of. */
import { hashInName, type ReadableUnitName } from "../../../protocol/module-names.js";
import type { UnitManifest } from "../../../protocol/units.js";
import { isLtoError } from "../../base/errors.js";
import { Lru } from "../../base/lru.js";
import type { EngineClient } from "../../engine/client.js";
import { crateOfSessionFolder, mixedUnitName, readableUnitNames } from "../../pipelines/codegen-unit-names.js";

interface NamedFile {
  readonly module: string;
  readonly hashed: string;
  readonly crate: string;
  readonly file: string;
  readonly member?: string;
}

/** Units whose names stay in the cache. */
const KEPT_UNITS = 20;

/** By the folder of a capture or session, which is never written again. */
const found = new Lru<string, ReadonlyMap<string, ReadableUnitName>>(KEPT_UNITS);

/**
 * Finds the names, unless they are cached.
 *
 * @returns module → readable name, for those that are named by hashes and define a symbol of Rust's; empty if the unit has no hashed names, or its files cannot be read
 * @throws LtoError Cancelled
 */
export async function readableNamesOf(
  unit: UnitManifest,
  engine: EngineClient,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, ReadableUnitName>> {
  const known = unit.folder === undefined ? undefined : found.get(unit.folder);
  if (known !== undefined) return known;
  try {
    const names = await findNames(unit, engine, signal);
    if (unit.folder !== undefined) found.set(unit.folder, names);
    return names;
  } catch (error) {
    if (isLtoError(error, "Cancelled")) throw error;
    // What is wrong with the files is reported where they are analysed; the next time may succeed.
    return new Map();
  }
}

async function findNames(unit: UnitManifest, engine: EngineClient, signal?: AbortSignal): Promise<ReadonlyMap<string, ReadableUnitName>> {
  const crates = (unit.sessionFolders ?? []).flatMap((folder) => crateOfSessionFolder(folder) ?? []);
  const known = new Set(crates.map(({ name }) => name));
  const files = hashedFiles(unit).filter(({ crate }) => known.has(crate));
  const names = new Map<string, ReadableUnitName>();
  if (files.length === 0) return names;
  const symbols = await symbolsOf(files, engine, signal);
  for (const crate of crates) {
    const own = files.filter((file) => file.crate === crate.name);
    const certain = readableUnitNames(
      crate,
      own.map(({ hashed }) => hashed),
      own.flatMap((file) => symbols.get(file) ?? []),
    );
    for (const file of own) {
      const name = certain.get(file.hashed) ?? mixedUnitName(symbols.get(file) ?? []);
      if (name !== undefined) names.set(file.module, name);
    }
  }
  return names;
}

function hashedFiles(unit: UnitManifest): NamedFile[] {
  const hashed = (module: string, place: Omit<NamedFile, "module" | "hashed">): NamedFile[] => {
    const hash = hashInName(module);
    return hash === undefined ? [] : [{ module, hashed: hash.padStart(25, "0"), ...place }];
  };
  return [
    ...unit.localModules.flatMap(({ name, file }) => hashed(name, { crate: unit.crateName, file })),
    ...unit.upstream.flatMap(({ crate, file, members }) => (members ?? []).flatMap((member) => hashed(member, { crate, file, member }))),
  ];
}

async function symbolsOf(
  files: readonly NamedFile[],
  engine: EngineClient,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<NamedFile, readonly string[]>> {
  const asked = files.map(({ file, member, module }) => ({ file, module, ...(member === undefined ? {} : { member }) }));
  const { symbols } = await engine.request("definedSymbols", { files: asked }, signal);
  return new Map(files.map((file, index) => [file, symbols[index] ?? []]));
}
