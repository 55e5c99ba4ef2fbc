/** The function of a trace that the user names. */
import { shortModuleName } from "../../../protocol/module-names.js";
import { LtoError } from "../../base/errors.js";
import { symbolsNamed } from "../calls/chosen.js";
import type { PassesTrace } from "./trace.js";

const MOST_CANDIDATES = 10;

/**
 * The symbol of the one function that a name means: a symbol (with or without `.llvm.<n>`), a readable name, the end of a readable path, or a part of either. Of
 * several, the only one that a pass changed is meant.
 *
 * @param names symbol → readable name, of all functions of the trace
 * @throws LtoError UnknownFunction with the candidates
 */
export function functionNamed(trace: PassesTrace, names: ReadonlyMap<string, string>, wanted: string): string {
  const found = names.has(wanted) ? [wanted] : [...symbolsNamed(names, wanted)];
  const changed = found.filter((symbol) => trace.historyOf(trace.functionOf(symbol) ?? -1).length > 0);
  const [one, other] = found.length === 1 ? found : changed;
  if (one !== undefined && other === undefined) return one;
  const module = shortModuleName(trace.module);
  if (found.length > 0) {
    throw new LtoError({
      name: "UnknownFunction",
      message: `${wanted} names ${found.length} functions of ${module}: ${listed(found, names)}.`,
      help: "Give the symbol of the function you mean.",
    });
  }
  throw new LtoError({
    name: "UnknownFunction",
    message: `No pass ran on a function named ${wanted} in ${module}.`,
    help: "`lto-inspector find UNIT SYMBOL` says which modules have it; without --function, `passes` lists those on which passes spent most.",
  });
}

function listed(symbols: readonly string[], names: ReadonlyMap<string, string>): string {
  const shown = symbols
    .slice(0, MOST_CANDIDATES)
    .map((symbol) => `${names.get(symbol) ?? symbol} (${symbol})`)
    .join(", ");
  return symbols.length > MOST_CANDIDATES ? `${shown} and ${symbols.length - MOST_CANDIDATES} more` : shown;
}
