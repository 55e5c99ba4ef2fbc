/**
 * The readable names of codegen units. With an incremental session, rustc names a codegen unit by the hash of its readable name. The hash cannot be
 * undone, but readable names can be guessed from the paths in the unit's symbols, and a guess whose hash is the unit's name is right.
 *
 * Source: `CodegenUnit::mangle_name`, `CodegenUnitNameBuilder::build_cgu_name_no_mangle` (`compiler/rustc_middle/src/mono.rs`), and
 * `compute_codegen_unit_name` (`compiler/rustc_monomorphize/src/partitioning.rs`), rustc 1.97; the hash is that of `compiler/rustc_data_structures`.
 */
import type { ReadableUnitName } from "../../protocol/module-names.js";
import { pathsInSymbol, type RustPath } from "./rust-symbol-paths.js";
import { sipHash13of128 } from "./sip-hash.js";

/** A crate as codegen units name it. */
export interface UnitCrate {
  readonly name: string;
  /** `StableCrateId`. */
  readonly stableId: bigint;
}

type CertainName = ReadableUnitName & { readonly rustc: string };

const DIGITS = 25;

/** rustc's `mangle_name`: the name that a session has for a readable one. */
export function hashedUnitName(readable: string): string {
  // The hash of a string covers a byte after it.
  return sipHash13of128(Buffer.concat([Buffer.from(readable), Buffer.from([0xff])]))
    .toString(36)
    .padStart(DIGITS, "0");
}

/** A session's folder is called after its crate: "textstats-01lao845uq0zl". @returns undefined if it is no name of such a folder */
export function crateOfSessionFolder(folder: string): UnitCrate | undefined {
  const [, name, digits] = /^(.+)-([0-9a-z]{13})$/.exec(folder) ?? [];
  if (name === undefined || digits === undefined) return undefined;
  const stableId = Array.from(digits).reduce((value, digit) => value * 36n + BigInt(Number.parseInt(digit, 36)), 0n);
  return { name, stableId };
}

/** Without a session, codegen units are called after their crate: "textstats.2f1d0a9c5e7b3846-cgu.0". @returns undefined if it is another name */
export function crateOfUnitName(unit: string): UnitCrate | undefined {
  const [, name, digits] = /^(\w+)\.([0-9a-f]{8,16})-/u.exec(unit) ?? [];
  return name === undefined || digits === undefined ? undefined : { name, stableId: BigInt(`0x${digits}`) };
}

/**
 * Finds the readable names of a crate's codegen units.
 *
 * @param hashed their names in the session: 25 digits
 * @param symbols of any of the crate's units; more symbols find more names
 * @returns hashed name → readable name, for those that were found: each is exact
 */
export function readableUnitNames(crate: UnitCrate, hashed: Iterable<string>, symbols: Iterable<string>): Map<string, ReadableUnitName> {
  const wanted = new Set(hashed);
  const found = new Map<string, ReadableUnitName>();
  const tried = new Set<string>();
  const offer = (name: CertainName): void => {
    if (tried.has(name.rustc)) return;
    tried.add(name.rustc);
    const unit = hashedUnitName(name.rustc);
    if (wanted.has(unit)) found.set(unit, name);
  };
  const build = nameBuilder(crate);
  for (const name of ofTheCrateItself(crate.name, build)) offer(name);
  for (const symbol of symbols) {
    for (const path of pathsInSymbol(symbol)) {
      // An item is in the unit of a module, which is a part of its path; the path of an implementation is its module.
      for (let length = path.length; length > 0; length -= 1) {
        for (const name of ofModule(path.slice(0, length), build)) offer(name);
      }
    }
  }
  return found;
}

/** The most modules that are listed of a unit. */
const LISTED = 50;

/**
 * What a unit without a certain name is called: one that rustc merged of several (it hashes the list of their names), or whose module is in no symbol.
 *
 * @param symbols that the unit defines
 * @returns undefined: no symbol is Rust's
 */
export function mixedUnitName(symbols: Iterable<string>): ReadableUnitName | undefined {
  const counts = new Map<string, number>();
  for (const symbol of symbols) {
    const module = moduleOf(ownPath(pathsInSymbol(symbol)));
    if (module !== undefined) counts.set(module, (counts.get(module) ?? 0) + 1);
  }
  const byName = [...counts].sort(([one], [other]) => (one < other ? -1 : 1));
  const modules = byName.sort(([, first], [, second]) => second - first).map(([module]) => module);
  return modules[0] === undefined ? undefined : { rustc: null, module: modules[0], part: "mixed", modules: modules.slice(0, LISTED) };
}

const MODULE_NAME = /^[a-z_][a-z0-9_]*$/;
const LEGACY_HASH = /^h[0-9a-f]{16}$/;

/** The path of the item itself: the first one, as far as the next ones continue it. */
function ownPath(paths: readonly RustPath[]): RustPath {
  let own: RustPath = [];
  for (const path of paths) {
    if (MODULE_NAME.test(path[0] ?? "") && own.every((name, index) => path[index] === name)) own = path;
  }
  return own;
}

/** The module in the path of an item: without the item, and without types, which it may belong to. */
function moduleOf(path: RustPath): string | undefined {
  const item = LEGACY_HASH.test(path.at(-1) ?? "") ? path.slice(0, -1) : path;
  const other = item.findIndex((name) => !MODULE_NAME.test(name));
  const isType = /^[A-Z]/.test(item[other] ?? "");
  // Closures and the like belong to the item before them.
  const end = other === -1 ? item.length - 1 : isType ? other : other - 1;
  const modules = item.slice(0, Math.max(Math.min(1, item.length), end));
  return modules.length === 0 ? undefined : modules.join("::");
}

type Build = (path: RustPath, suffix?: string) => string;

/** rustc's `build_cgu_name_no_mangle`; it takes the local crate's id for other crates, too. */
function nameBuilder(crate: UnitCrate): Build {
  const id = crate.stableId.toString(16).padStart(8, "0");
  const own = `${crate.name}.${id}`;
  return ([first = "", ...modules], suffix) => {
    const start = first === crate.name ? own : `${first}.${id}-in-${own}`;
    return [start, ...modules].join("-") + (suffix === undefined ? "" : `.${suffix}`);
  };
}

function ofTheCrateItself(crate: string, build: Build): readonly CertainName[] {
  return [
    { rustc: build([crate]), module: crate, part: "items" },
    { rustc: build([crate, "fallback"], "cgu"), module: crate, part: "fallback" },
    { rustc: build([crate, "crate"], "allocator"), module: crate, part: "allocator" },
  ];
}

function ofModule(path: RustPath, build: Build): readonly CertainName[] {
  const module = path.join("::");
  return [
    { rustc: build(path), module, part: "items" },
    { rustc: build(path, "volatile"), module, part: "instances" },
  ];
}
