/** Who refers to a root from outside of LTO: crates whose objects are linked as they are. */
import type { KeptRoot } from "../../../protocol/why-kept.js";
import { isLtoError } from "../../base/errors.js";
import type { EngineClient } from "../../engine/client.js";
import type { LtoSource } from "../../replay/producer.js";

/** The most symbols with the same beginning. */
const MOST_HITS = 200;

/**
 * The root, with the crates outside of LTO that refer to it as a further reason. A crate that cannot be read gives none.
 *
 * @throws LtoError Cancelled, EngineCrashed
 */
export async function withUsesOutside(engine: EngineClient, source: LtoSource, root: KeptRoot, signal?: AbortSignal): Promise<KeptRoot> {
  const { symbol } = root;
  if (source.kind !== "unit" || symbol === "") return root;
  const { crates } = await source.producer.outside(source.unit);
  const referring: string[] = [];
  for (const { crate, file } of crates) {
    try {
      const { hits } = await engine.request("findInObjects", { file, query: symbol, limit: MOST_HITS }, signal);
      if (hits.some((hit) => hit.symbol === symbol && hit.role === "referenced")) referring.push(crate);
    } catch (error) {
      if (isLtoError(error, "Cancelled") || isLtoError(error, "EngineCrashed")) throw error;
    }
  }
  const [first] = new Set(referring);
  if (first === undefined) return root;
  return {
    ...root,
    kinds: [...root.kinds, "outside"],
    why: `${root.why}; ${[...new Set(referring)].join(" and ")}, linked without LTO, ${referring.length === 1 ? "refers" : "refer"} to it`,
  };
}
