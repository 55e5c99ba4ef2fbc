/** What the bytes of a linked output belong to, as tiles of a treemap. Pure functions. */
import type { OutputSizes } from "../../protocol/size.js";
import type { CrateTotal, OutputView, SectionTotal, Sized, SizeTile } from "../../protocol/requests/sizes.js";
import { excerpt } from "../store/run-view.js";

/** The most tiles of single symbols, rows of crates and sections, and changed symbols, in one message. */
export const MOST_TILES = 3000;
const MOST_CRATES = 300;
const MOST_SECTIONS = 60;
const MOST_CHANGED = 100;

export interface SizeViewOptions {
  /** Only sections with functions. */
  readonly code: boolean;
  /** The most tiles of single symbols. */
  readonly tiles: number;
}

interface Sum {
  bytes: number;
  before: number;
}
/** What a tile shows, without how much. */
type Shown = Omit<SizeTile, keyof Sized | "count">;
type Tiles = Map<string, Shown & { sum: Sum; count: number; largest: number }>;

/** @param before the earlier output; null: it is not compared */
export function sizeView(after: OutputSizes, before: OutputSizes | null, options: SizeViewOptions): OutputView {
  const found: Tiles = new Map();
  addAll(found, after, "bytes", options.code);
  if (before !== null) addAll(found, before, "before", options.code);
  const compared = before !== null;
  const sized = ({ bytes, before: earlier }: Sum): Sized => ({ bytes, before: compared ? earlier : null });
  const all = [...found.values()].map(({ sum, largest: _, ...tile }): SizeTile => ({ ...tile, ...sized(sum) }));
  all.sort((left, right) => extent(right) - extent(left));
  const symbols = all.filter(({ kind }) => kind === "symbol");
  const wanted = Math.max(0, Math.min(MOST_TILES, Number.isNaN(options.tiles) ? 0 : Math.trunc(options.tiles)));
  const tiles = [...symbols.slice(0, wanted), ...smaller(symbols.slice(wanted), compared), ...all.filter(({ kind }) => kind !== "symbol")];
  const changed = symbols.filter((tile) => tile.before !== null && tile.before !== tile.bytes);
  changed.sort((left, right) => Math.abs(difference(right)) - Math.abs(difference(left)));
  return {
    file: after.file,
    ...totalOf(all, compared),
    tiles: tiles.sort((left, right) => extent(right) - extent(left)),
    crates: excerpt(cratesOf(symbols, compared), MOST_CRATES),
    sections: excerpt(sectionsOf(after, before), MOST_SECTIONS),
    changed: excerpt(changed, MOST_CHANGED),
    symbols: symbols.length > 0,
  };
}

function extent({ bytes, before }: Sized): number {
  return Math.max(bytes, before ?? 0);
}

export function difference({ bytes, before }: Sized): number {
  return bytes - (before ?? bytes);
}

function totalOf(tiles: readonly Sized[], compared: boolean): Sized {
  const bytes = tiles.reduce((sum, tile) => sum + tile.bytes, 0);
  return { bytes, before: compared ? tiles.reduce((sum, tile) => sum + (tile.before ?? 0), 0) : null };
}

/** Adds what the file has; memory of zeros takes no bytes of it. */
function addAll(tiles: Tiles, { sections, symbols, outside }: OutputSizes, side: keyof Sum, onlyCode: boolean): void {
  const shown = sections.filter((section) => section.inFile && (!onlyCode || section.code));
  const codeOf = new Map(shown.map(({ name, code }) => [name, code]));
  for (const { crate, name, symbol, section, bytes } of symbols) {
    const code = codeOf.get(section);
    if (code !== undefined) add(tiles, { kind: "symbol", crate, name, symbol, section, code }, side, bytes);
  }
  for (const { name, code, padding, unnamed } of shown) {
    const none = { crate: null, name, symbol: null, section: name, code };
    if (padding > 0) add(tiles, { kind: "padding", ...none }, side, padding);
    if (unnamed > 0) add(tiles, { kind: "unnamed", ...none }, side, unnamed);
  }
  if (!onlyCode) add(tiles, { kind: "outside", crate: null, name: "", symbol: null, section: "", code: false }, side, outside);
}

/** Symbols with one readable name are one tile: mangled names contain hashes that change with the compiler's options. */
function add(tiles: Tiles, tile: Shown, side: keyof Sum, bytes: number): void {
  const key = `${tile.kind} ${tile.name}`;
  const one = tiles.get(key) ?? { ...tile, sum: { bytes: 0, before: 0 }, count: 0, largest: -1 };
  tiles.set(key, one);
  one.sum[side] += bytes;
  if (side === "bytes" || one.sum.bytes === 0) one.count++;
  // The largest of this output is the one to open.
  if (side === "bytes" && bytes > one.largest) {
    Object.assign(one, { largest: bytes, symbol: tile.symbol, section: tile.section, code: tile.code });
  }
}

/** One tile a crate for the symbols that have none. */
function smaller(symbols: readonly SizeTile[], compared: boolean): SizeTile[] {
  return byCrate(symbols).map(([crate, list]) => ({
    ...{ kind: "smaller", crate, name: "", symbol: null, section: "", code: false },
    ...totalOf(list, compared),
    count: list.length,
  }));
}

function cratesOf(symbols: readonly SizeTile[], compared: boolean): CrateTotal[] {
  return byCrate(symbols)
    .map(([crate, list]) => ({
      crate,
      ...totalOf(list, compared),
      symbols: list.reduce((sum, { bytes, count }) => (bytes > 0 ? sum + count : sum), 0),
    }))
    .sort((left, right) => extent(right) - extent(left));
}

function byCrate(symbols: readonly SizeTile[]): [crate: string | null, symbols: SizeTile[]][] {
  const crates = new Map<string | null, SizeTile[]>();
  for (const tile of symbols) {
    const list = crates.get(tile.crate) ?? [];
    list.push(tile);
    crates.set(tile.crate, list);
  }
  return [...crates];
}

function sectionsOf(after: OutputSizes, before: OutputSizes | null): SectionTotal[] {
  const sections = new Map<string, { inFile: boolean; bytes: number; before: number }>();
  const add = ({ sections: list }: OutputSizes, side: keyof Sum): void => {
    for (const { name, inFile, bytes } of list) {
      const one = sections.get(name) ?? { inFile, bytes: 0, before: 0 };
      one[side] += bytes;
      sections.set(name, one);
    }
  };
  add(after, "bytes");
  if (before !== null) add(before, "before");
  return [...sections]
    .map(([name, { inFile, bytes, before: earlier }]) => ({ name, inFile, bytes, before: before === null ? null : earlier }))
    .sort((left, right) => extent(right) - extent(left));
}
