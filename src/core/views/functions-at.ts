/** Which functions of a unit a line of a source file is in. */
import type { FunctionsAt } from "../../protocol/requests/assembly.js";
import { definedSymbols } from "../explain/calls/defined-symbols.js";
import { rustFunctions } from "../language/rust-functions.js";
import { pathOfName } from "../language/rust-paths.js";
import type { OpenUnit } from "../replay/open.js";
import { crateOf, type SourceCrate } from "./source-crate.js";

/** The most names in one message. */
const MOST_NAMES = 200;

export interface LineInSource {
  readonly file: string;
  /** Of the file. */
  readonly text: string;
  /** From 0. */
  readonly line: number;
}

/** @throws LtoError Cancelled, EngineCrashed */
export async function functionsAt(open: OpenUnit, { file, text, line }: LineInSource, signal?: AbortSignal): Promise<FunctionsAt> {
  // Inner functions follow outer ones.
  const around = (await rustFunctions(text)).findLast(({ firstLine, lastLine }) => firstLine <= line + 1 && line + 1 <= lastLine);
  if (around === undefined) return { written: null, names: [] };
  const crate = await crateOf(file);
  const names = crate === undefined ? [] : namesOf([...new Set((await definedSymbols(open, signal)).names.values())], crate, around.path);
  return { written: around.path.join("::"), names: names.slice(0, MOST_NAMES) };
}

/** The names with this path in the crate, or, as a type can be of another module, those of the only path with its end. */
function namesOf(names: readonly string[], { names: crates, modules }: SourceCrate, path: readonly string[]): string[] {
  const last = path.at(-1) ?? "";
  const own = names.flatMap((name) => {
    if (!name.includes(last)) return [];
    const [crate = "", ...rest] = pathOfName(name) ?? [];
    return crates.has(crate) ? { name, path: rest } : [];
  });
  const whole = [...modules, ...path].join("::");
  const exact = own.filter((one) => one.path.join("::") === whole);
  if (exact.length > 0 || path.length === 1) return exact.map(({ name }) => name);
  const end = path.slice(-2).join("::");
  const sameEnd = own.filter((one) => one.path.slice(-2).join("::") === end);
  return new Set(sameEnd.map((one) => one.path.join("::"))).size === 1 ? sameEnd.map(({ name }) => name) : [];
}
