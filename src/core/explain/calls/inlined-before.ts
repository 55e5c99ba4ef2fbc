/** Functions that the compiler inlined before LTO: they are not in the bitcode any more, but debug info can still name them. */
import type { AnalyzedModule } from "../../../protocol/engine/analysis.js";
import type { OriginsResult } from "../../../protocol/engine/origins.js";
import { isLtoError } from "../../base/errors.js";
import { workThrough } from "../../base/work-list.js";
import type { OpenUnit } from "../../replay/open.js";
import { symbolsNamed } from "./chosen.js";

/**
 * Looks in the program's own crates and its dependencies, and in the standard library only if none of them has it.
 *
 * @returns the symbols of the functions into which the named one was inlined; empty without debug info
 */
export async function inlinedBefore(open: OpenUnit, wanted: string, threads: number, signal?: AbortSignal): Promise<ReadonlySet<string>> {
  const standard = new Set(open.inputs.manifest?.upstream.filter(({ place }) => place === "std").map(({ file }) => file));
  const { modules } = open.analyzed.result;
  for (const part of [modules.filter(({ file }) => !standard.has(file)), modules.filter(({ file }) => standard.has(file))]) {
    const into = await searched(open, part, wanted, threads, signal);
    if (into.size > 0) return into;
  }
  return new Set();
}

async function searched(
  { engine }: OpenUnit,
  modules: readonly AnalyzedModule[],
  wanted: string,
  threads: number,
  signal?: AbortSignal,
): Promise<Set<string>> {
  const into = new Set<string>();
  await workThrough(modules, threads, async ({ file, member }) => {
    try {
      const origins = await engine.request("origins", { file, ...(member === null ? {} : { member }) }, signal);
      for (const symbol of holders(origins, wanted)) into.add(symbol);
    } catch (error) {
      if (isLtoError(error, "Cancelled")) throw error;
      // A module that cannot be read has failed in the analysis already.
    }
  });
  return into;
}

function holders({ written, functions }: OriginsResult, wanted: string): string[] {
  const named = symbolsNamed(new Map(written.map(({ symbol, name }) => [symbol, name])), wanted);
  const isNamed = written.map(({ symbol }) => named.has(symbol));
  return functions
    .filter(({ parts }) => parts.some((part) => part.depth > 0 && isNamed[part.written] === true))
    .map(({ symbol }) => symbol);
}
