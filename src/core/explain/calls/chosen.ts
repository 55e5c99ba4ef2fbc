/** The functions that a name means, among all symbols of a unit. */
import { withoutPromotionSuffix } from "../../ir/stage-changes.js";

/** A readable name without what distinguishes a promoted copy. */
export function withoutCopy(name: string): string {
  return name.replace(/ \(\.llvm\.\d+\)$/, "");
}

/** The symbols that read as a name, all of it. @param names symbol → readable name */
export function symbolsReadAs(names: ReadonlyMap<string, string>, wanted: string): ReadonlySet<string> {
  return new Set([...names].filter(([, name]) => withoutCopy(name) === wanted).map(([symbol]) => symbol));
}

/**
 * What functions of another build are here: their symbols (with or without `.llvm.<n>`), and if a symbol is unknown here, also all that read as it does,
 * because symbols can have other hashes.
 *
 * @param names symbol → readable name
 * @param others readable name → symbols in the other build; instances of a generic function can have one name
 * @param known the symbols that are known here, if more than have names: for one of these, nothing else is meant
 */
export function symbolsAlike(
  names: ReadonlyMap<string, string>,
  others: ReadonlyMap<string, ReadonlySet<string>>,
  known: readonly string[] = [],
): ReadonlySet<string> {
  const stems = new Set([...names.keys(), ...known].map(withoutPromotionSuffix));
  const wanted = new Set([...others.values()].flatMap((symbols) => [...symbols].map(withoutPromotionSuffix)));
  const same = [...names.keys()].filter((symbol) => wanted.has(withoutPromotionSuffix(symbol)));
  const unknown = [...others].filter(([, symbols]) => [...symbols].some((symbol) => !stems.has(withoutPromotionSuffix(symbol))));
  return new Set([...same, ...unknown.flatMap(([name]) => [...symbolsReadAs(names, name)])]);
}

/**
 * The symbols that a name means: by symbol (with or without `.llvm.<n>`), by readable name, by the end of its path, or by a part of either; the first of
 * these rules with any match decides. Unlike where one function is shown, a name may mean several.
 *
 * @param names symbol → readable name
 */
export function symbolsNamed(names: ReadonlyMap<string, string>, wanted: string): ReadonlySet<string> {
  const stem = withoutPromotionSuffix(wanted);
  const tiers: ((symbol: string, name: string) => boolean)[] = [
    (symbol) => withoutPromotionSuffix(symbol) === stem,
    (_, name) => withoutCopy(name) === wanted,
    (_, name) => withoutCopy(name).endsWith(`::${wanted}`),
    (symbol, name) => name.includes(wanted) || symbol.includes(wanted),
  ];
  for (const matches of tiers) {
    const found = [...names].filter(([symbol, name]) => matches(symbol, name));
    if (found.length > 0) return new Set(found.map(([symbol]) => symbol));
  }
  return new Set();
}
