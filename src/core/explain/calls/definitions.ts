/** Where a function is defined and used at LTO's input: what there is to say of one that nothing calls directly. */
import type { FindHit } from "../../../protocol/engine/symbols.js";
import { isLtoError } from "../../base/errors.js";
import { workThrough } from "../../base/work-list.js";
import type { OpenUnit } from "../../replay/open.js";
import { symbolsNamed } from "./chosen.js";

const MOST_HITS = 200;

/** All modules' definitions of and references to the functions that a name means. @throws LtoError Cancelled, EngineCrashed */
export async function definitionsOf(
  { analyzed, engine }: OpenUnit,
  wanted: string,
  threads: number,
  signal?: AbortSignal,
): Promise<FindHit[]> {
  const hits: FindHit[] = [];
  await workThrough(analyzed.result.modules, threads, async ({ name, file, member }) => {
    const where = { file, module: name, ...(member === null ? {} : { member }) };
    try {
      hits.push(...(await engine.request("find", { files: [where], query: wanted, limit: MOST_HITS }, signal)).hits);
    } catch (error) {
      // A module that cannot be searched has failed in the analysis already.
      if (isLtoError(error, "Cancelled") || isLtoError(error, "EngineCrashed")) throw error;
    }
  });
  const named = symbolsNamed(new Map(hits.map(({ symbol, demangled }) => [symbol, demangled])), wanted);
  const order = new Map(analyzed.result.modules.map(({ name }, index) => [name, index]));
  return hits
    .filter(({ symbol }) => named.has(symbol))
    .sort((left, right) => (order.get(left.module) ?? 0) - (order.get(right.module) ?? 0));
}
