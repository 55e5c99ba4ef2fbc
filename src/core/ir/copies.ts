/** Classifies the copies of one symbol: imported, dropped or prevailing. Pure functions. */
import type { FindHit } from "../../protocol/engine/symbols.js";
import type { FoundSymbol, MultiplyDefined } from "../../protocol/ir.js";
import { stageInfo, type Stage } from "../../protocol/stages.js";

/** Whether `available_externally` copies at this stage can be imports. */
export function mayBeImported(stage: Stage): boolean {
  return stageInfo(stage)?.imported === true;
}

/** Whether a hit is a copy that is not emitted. Only then does it matter whether the module itself defined the symbol. */
export function isUnemitted({ role }: FindHit): boolean {
  return role === "imported";
}

/**
 * Adds the purpose of each copy to the hits.
 *
 * @param isOwn whether the module defined the symbol before anything was imported into it
 * @param everywhere hits of all modules, not only of those requested
 */
export function copiesOf(hits: readonly FindHit[], isOwn: (hit: FindHit) => boolean, everywhere: readonly FindHit[]): FoundSymbol[] {
  return hits.map((hit) => {
    if (!isUnemitted(hit)) return { ...hit, prevailing: null };
    return { ...hit, role: isOwn(hit) ? "available" : "imported", prevailing: prevailingOf(hit.symbol, everywhere) };
  });
}

/** The module that emits the symbol for the others; null: none of these does. */
function prevailingOf(symbol: string, hits: readonly FindHit[]): string | null {
  return hits.find((hit) => hit.symbol === symbol && isEmitted(hit))?.module ?? null;
}

function isEmitted({ role, linkage }: FindHit): boolean {
  return role === "defined" && linkage !== "internal" && linkage !== "private";
}

/**
 * Symbols with several strong definitions. At stages before thin LTO decides, all of them are definitions; afterwards, all but one are copies that
 * are not emitted.
 *
 * @param atInput hits of all modules before thin LTO decides
 */
export function multiplyDefined(atInput: readonly FindHit[], now: readonly FindHit[], stage: Stage): MultiplyDefined[] {
  const modulesOf = new Map<string, string[]>();
  for (const { symbol, module, role, linkage } of atInput) {
    if (role !== "defined" || linkage !== "external") continue;
    modulesOf.set(symbol, [...(modulesOf.get(symbol) ?? []), module]);
  }
  return [...modulesOf]
    .filter(([, modules]) => new Set(modules).size > 1)
    .map(([symbol, modules]) => ({
      symbol,
      modules,
      prevailing: stageInfo(stage)?.prevailingDecided === false ? null : prevailingOf(symbol, now),
    }));
}
