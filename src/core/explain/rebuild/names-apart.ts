/** Makes names distinguishable: rustc's legacy symbols demangle to one name for all instances of a generic function. */
import type { Difference } from "../../../protocol/explain.js";

/**
 * Adds the generic arguments from debug info to names of functions; names that are still equal get the first digits of the symbol's hash.
 *
 * @param names symbol → readable name with generic arguments
 */
export function namesApart(changes: readonly Difference[], names: ReadonlyMap<string, string>): Difference[] {
  const named = changes.map((change) => {
    const name = change.what === "function" ? names.get(change.symbol ?? "") : undefined;
    return name === undefined ? change : { ...change, name };
  });
  const symbols = new Map<string, Set<string>>();
  for (const { what, name, symbol = "" } of named) {
    if (what === "function") symbols.set(name, (symbols.get(name) ?? new Set()).add(symbol));
  }
  return named.map((change) => {
    const hash = /17h([0-9a-f]{8})[0-9a-f]{8}E/.exec(change.symbol ?? "")?.[1];
    const alike = change.what === "function" && (symbols.get(change.name)?.size ?? 0) > 1;
    return alike && hash !== undefined ? { ...change, name: `${change.name} [${hash}]` } : change;
  });
}
