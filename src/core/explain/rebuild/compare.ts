/** Compares two builds of a unit, module by module: which parts of the keys differ, and which symbols. */
import { globalState, KEY_PARTS, linkageName, type GlobalState, type KeyPart } from "../../../protocol/keys.js";
import { counted } from "../../../protocol/words.js";
import type { Difference } from "../../../protocol/explain.js";
import type { ImportEntry, IndexedModule, KeyIndex } from "./key-index.js";

/** A difference that still carries LLVM's identifier in place of a readable name. */
export type RawDifference = Omit<Difference, "name"> & { readonly symbol: string };

/** One module in both builds. */
export interface Pair {
  readonly name: string;
  readonly before: IndexedModule | undefined;
  readonly after: IndexedModule | undefined;
  readonly keysDiffer: boolean;
  /** Its own bitcode differs. */
  readonly own: boolean;
  readonly parts: readonly KeyPart[];
}

export interface BuildComparison {
  readonly before: KeyIndex;
  readonly after: KeyIndex;
  readonly pairs: ReadonlyMap<string, Pair>;
}

/** Matches the modules of two builds by the names that they keep. */
export function compareBuilds(before: KeyIndex, after: KeyIndex): BuildComparison {
  const names = new Set([...after.modules.keys(), ...before.modules.keys()]);
  const pairs = [...names].map((name): [string, Pair] => {
    const [old, now] = [before.modules.get(name), after.modules.get(name)];
    const parts = old === undefined || now === undefined ? [] : differingParts(old, now);
    return [
      name,
      { name, before: old, after: now, keysDiffer: old?.stored.key !== now?.stored.key, own: old?.stored.hash !== now?.stored.hash, parts },
    ];
  });
  return { before, after, pairs: new Map(pairs) };
}

function differingParts(before: IndexedModule, after: IndexedModule): KeyPart[] {
  return KEY_PARTS.filter((_, index) => before.stored.digests[index] !== after.stored.digests[index]);
}

/** Differences in a pair's imports, exports and globals, most relevant first; the module's own code is compared elsewhere. */
export function symbolDifferences(comparison: BuildComparison, pair: Pair): RawDifference[] {
  const { before, after, parts } = pair;
  if (before === undefined || after === undefined || !pair.keysDiffer) return [];
  const has = (...wanted: KeyPart[]): boolean => wanted.some((part) => parts.includes(part));
  return [
    ...(has("imports", "imported-summaries") ? importDifferences(comparison, before, after) : []),
    ...(has("exports") ? exportDifferences(before, after) : []),
    // Where the module itself changed, its globals come and go with its code.
    ...(has("defined-globals") ? globalDifferences(before, after) : []),
    ...(has("resolved-odr") ? odrDifferences(comparison, before, after) : []),
    ...(has("imported-summaries") && !has("imports") ? importedStateDifferences(comparison, before, after) : []),
  ];
}

function importDifferences(
  { pairs, before: oldSide, after: newSide }: BuildComparison,
  before: IndexedModule,
  after: IndexedModule,
): RawDifference[] {
  const found: RawDifference[] = [];
  for (const [key, entry] of after.imports) {
    if (!before.imports.has(key)) found.push(importDifference("came", entry, oldSide, newSide));
  }
  for (const [key, entry] of before.imports) {
    if (!after.imports.has(key)) found.push(importDifference("went", entry, oldSide, newSide));
  }
  for (const [key, entry] of after.imports) {
    if (before.imports.has(key) && pairs.get(entry.from)?.own === true) {
      found.push(importDifference("source-changed", entry, oldSide, newSide));
    }
  }
  // Functions tell more than the constants that come with them.
  const isFunction = ({ before: old, after: now }: RawDifference): number => (old === undefined && now === undefined ? 0 : 1);
  return found.sort((left, right) => isFunction(right) - isFunction(left));
}

function importDifference(
  change: Difference["change"],
  { symbol, from }: ImportEntry,
  oldSide: KeyIndex,
  newSide: KeyIndex,
): RawDifference {
  const size = (side: KeyIndex): string | undefined => {
    const global = side.modules.get(from)?.globals.get(symbol);
    return global === undefined || globalState(global.bits).kind !== "function" ? undefined : counted(global.instructions, "instruction");
  };
  const [old, now] = [size(oldSide), size(newSide)];
  return {
    what: "import",
    change,
    symbol,
    module: from,
    ...(old === undefined ? {} : { before: old }),
    ...(now === undefined ? {} : { after: now }),
  };
}

function exportDifferences(before: IndexedModule, after: IndexedModule): RawDifference[] {
  const came = [...after.exports].filter((symbol) => !before.exports.has(symbol));
  const went = [...before.exports].filter((symbol) => !after.exports.has(symbol));
  return [
    ...came.map((symbol): RawDifference => ({ what: "export", change: "came", symbol })),
    ...went.map((symbol): RawDifference => ({ what: "export", change: "went", symbol })),
  ];
}

const FLAGS: readonly (readonly [Difference["what"], (state: GlobalState) => string])[] = [
  ["liveness", ({ live }) => (live ? "live" : "dead")],
  ["linkage", ({ linkage }) => linkage],
  ["visibility", ({ visibility }) => visibility],
  ["auto-hide", ({ autoHide }) => yes(autoHide)],
  ["read-only", ({ readOnly }) => yes(readOnly)],
  ["write-only", ({ writeOnly }) => yes(writeOnly)],
  ["dso-local", ({ dsoLocal }) => yes(dsoLocal)],
];

function yes(flag: boolean): string {
  return flag ? "yes" : "no";
}

function globalDifferences(before: IndexedModule, after: IndexedModule): RawDifference[] {
  const found: RawDifference[] = [];
  for (const [symbol, now] of after.globals) {
    const old = before.globals.get(symbol);
    if (old === undefined || old.bits === now.bits) continue;
    found.push(...stateDifferences(symbol, globalState(old.bits), globalState(now.bits)));
  }
  const rank = ({ what }: RawDifference): number => FLAGS.findIndex(([name]) => name === what);
  return found.sort((left, right) => rank(left) - rank(right));
}

function stateDifferences(symbol: string, old: GlobalState, now: GlobalState): RawDifference[] {
  return FLAGS.flatMap(([what, word]): RawDifference[] => {
    const [left, right] = [word(old), word(now)];
    return left === right ? [] : [{ what, change: "changed", symbol, before: left, after: right }];
  });
}

/** LTO decided otherwise which of several copies to keep. */
function odrDifferences(
  { before: oldSide, after: newSide }: BuildComparison,
  before: IndexedModule,
  after: IndexedModule,
): RawDifference[] {
  const resolved = ({ keys }: KeyIndex, { stored }: IndexedModule): Map<string, number> => {
    const found = new Map<string, number>();
    for (let at = 0; at + 1 < stored.resolvedOdr.length; at += 2) {
      found.set(keys.symbols[stored.resolvedOdr[at] ?? -1] ?? "", stored.resolvedOdr[at + 1] ?? 0);
    }
    return found;
  };
  const [old, now] = [resolved(oldSide, before), resolved(newSide, after)];
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((symbol): RawDifference[] => {
    const [left, right] = [old.get(symbol), now.get(symbol)];
    if (left === right || before.globals.get(symbol)?.bits !== after.globals.get(symbol)?.bits) return [];
    const word = (linkage: number | undefined): string => (linkage === undefined ? "as it is" : linkageName(linkage));
    return [{ what: "linkage", change: "changed", symbol, before: word(left), after: word(right) }];
  });
}

/** The imports are the same, but the state of one of them in the index differs. */
function importedStateDifferences(
  { before: oldSide, after: newSide }: BuildComparison,
  before: IndexedModule,
  after: IndexedModule,
): RawDifference[] {
  return [...after.imports].flatMap(([key, { symbol, from }]): RawDifference[] => {
    const [old, now] = [oldSide.modules.get(from)?.state(symbol), newSide.modules.get(from)?.state(symbol)];
    if (!before.imports.has(key) || old === undefined || now === undefined) return [];
    return stateDifferences(symbol, old, now).map((difference) => ({ ...difference, module: from }));
  });
}
