/**
 * The size up to which LLVM imports a function, where that is certain. Mirrors `computeImportForFunction` of llvm/lib/Transforms/IPO/FunctionImport.cpp
 * (LLVM 19 to 23): what a module's own functions call may have `-import-instr-limit` instructions; each call from an imported function multiplies that
 * by `-import-instr-evolution-factor`.
 */
import { globalState } from "../../../protocol/keys.js";
import type { IndexedModule, KeyIndex } from "./key-index.js";

/** The defaults of `-import-instr-limit` and `-import-instr-evolution-factor`. */
const LIMIT = 100;
const FACTOR = 0.7;

/** Other arguments that decide how large an imported function may be. */
const OTHER_ARGUMENTS = /-force-import-all|-import-(?:instr-evolution|hot|critical|cold|constants|all|full|declaration)/;

/** The limit of a build; null: not certain, because a profile or other arguments of LLVM change it for some calls. */
export function importLimit(settings: Readonly<Record<string, string>>): number | null {
  const words = `${settings["llvm-args"] ?? ""} ${settings["passes"] ?? ""}`;
  if (OTHER_ARGUMENTS.test(words) || (settings["profile-use"] ?? "") !== "" || (settings["-Z profile-sample-use"] ?? "") !== "") {
    return null;
  }
  const given = [...words.matchAll(/-import-instr-limit(?:=|\s+)(\d+)/g)].at(-1)?.[1];
  return given === undefined ? LIMIT : Number(given);
}

/**
 * What a module's calls allow: symbol → the most instructions with which it can be imported. It is an upper bound, because a reference counts like a
 * call.
 */
export function allowedSizes(module: IndexedModule, index: KeyIndex, limit: number): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  const uses = (of: IndexedModule, symbol: string): readonly string[] => of.globals.get(symbol)?.uses ?? [];
  let reached = new Set([...module.globals.keys()].flatMap((symbol) => uses(module, symbol)));
  // Limits only become smaller, so the first one that reaches a symbol is its largest.
  for (let allowed = limit; reached.size > 0 && allowed > 0; allowed = Math.trunc(allowed * FACTOR + 1e-4)) {
    const next = new Set<string>();
    for (const symbol of reached) {
      if (found.has(symbol)) continue;
      found.set(symbol, allowed);
      for (const from of index.definers(symbol)) {
        if (!module.imports.has(`${symbol} ${from.name}`)) continue;
        for (const used of uses(from, symbol)) next.add(used);
      }
    }
    reached = next;
  }
  return found;
}

/** A function's instructions as its summary counts them; undefined: the module has no such function. */
export function summarySize(module: IndexedModule | undefined, symbol: string): number | undefined {
  const global = module?.globals.get(symbol);
  return global === undefined || globalState(global.bits).kind !== "function" ? undefined : global.instructions;
}
