/** Several copies of one symbol: which is imported, which was given up, and which prevails. Pure functions. */
import type { FindHit } from "../../protocol/engine/symbols.js";
import type { FoundSymbol, MultiplyDefined } from "../../protocol/ir.js";
import { stageInfo, type Stage } from "../../protocol/stages.js";

/** Whether copies that are `available_externally` at this stage can have been imported. */
export function mayBeImported(stage: Stage): boolean {
  return stageInfo(stage)?.imported === true;
}

/** Whether a hit is a copy that is not emitted: then it is to be known whether the module itself defined it. */
export function isUnemitted({ role }: FindHit): boolean {
  return role === "imported";
}

/**
 * The hits with what their copies are for.
 *
 * @param isOwn whether the module defined the symbol before anything was imported into it
 * @param everywhere hits of all modules, whichever were asked for
 */
export function copiesOf(hits: readonly FindHit[], isOwn: (hit: FindHit) => boolean, everywhere: readonly FindHit[]): FoundSymbol[] {
  return hits.map((hit) => {
    if (!isUnemitted(hit)) return { ...hit, prevailing: null };
    return { ...hit, role: isOwn(hit) ? "available" : "imported", prevailing: prevailingOf(hit.symbol, everywhere) };
  });
}

/** The module that emits a symbol for others; null: none of these does. */
function prevailingOf(symbol: string, hits: readonly FindHit[]): string | null {
  return hits.find((hit) => hit.symbol === symbol && isEmitted(hit))?.module ?? null;
}

function isEmitted({ role, linkage }: FindHit): boolean {
  return role === "defined" && linkage !== "internal" && linkage !== "private";
}

/**
 * Symbols with several strong definitions. Once thin LTO has decided, all but one of these are copies that are not emitted; at the stages before, all are
 * definitions.
 *
 * @param atInput hits of all modules before anything was decided
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
