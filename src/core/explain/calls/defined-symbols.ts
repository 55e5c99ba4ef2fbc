/** What the modules of a unit define when LTO begins, from the symbol tables of their files, which is kept as long as the unit is open. */
import { SharedWork } from "../../base/shared-work.js";
import type { OpenUnit } from "../../replay/open.js";
import { Names } from "../rebuild/readable.js";

/** Files and symbols per message: no message between processes may be unbounded in size. */
const FILES_AT_ONCE = 32;
const SYMBOLS_AT_ONCE = 20_000;

export interface DefinedSymbols {
  /** Symbol → readable name. */
  readonly names: ReadonlyMap<string, string>;
  /** Symbol → the modules that define it. */
  readonly modules: ReadonlyMap<string, readonly string[]>;
}

const known = new WeakMap<OpenUnit, SharedWork<DefinedSymbols>>();

/** Functions, variables and aliases; those of a module that cannot be read are missing. @throws LtoError Cancelled, EngineCrashed */
export function definedSymbols(open: OpenUnit, signal?: AbortSignal): Promise<DefinedSymbols> {
  let work = known.get(open);
  if (work?.joinable !== true) {
    work = new SharedWork("Reading symbols", (stop) => read(open, stop));
    known.set(open, work);
    work.done.catch(() => known.delete(open));
  }
  return work.join(signal);
}

async function read({ analyzed, engine }: OpenUnit, signal: AbortSignal): Promise<DefinedSymbols> {
  const modules = new Map<string, string[]>();
  const all = analyzed.result.modules;
  for (let first = 0; first < all.length; first += FILES_AT_ONCE) {
    const part = all.slice(first, first + FILES_AT_ONCE);
    const files = part.map(({ name, file, member }) => ({ file, module: name, ...(member === null ? {} : { member }) }));
    const { symbols } = await engine.request("definedSymbols", { files }, signal);
    for (const [index, { name }] of part.entries()) {
      for (const symbol of symbols[index] ?? []) modules.set(symbol, [...(modules.get(symbol) ?? []), name]);
    }
  }
  const names = new Names(engine, signal);
  const found = [...modules.keys()];
  for (let first = 0; first < found.length; first += SYMBOLS_AT_ONCE) await names.learn(found.slice(first, first + SYMBOLS_AT_ONCE));
  return { modules, names: new Map(found.map((symbol) => [symbol, names.of(symbol)])) };
}
