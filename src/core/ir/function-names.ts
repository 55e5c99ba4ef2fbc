/** Finds the function that the user means, in two stages at once. Mirrors `findFunction` of addon/lto/ir/lookup.cpp. */
import type { FunctionInfo } from "../../protocol/engine/ir.js";
import { LtoError } from "../base/errors.js";
import { withoutPromotionSuffix } from "./stage-changes.js";

const MOST_CANDIDATES = 10;

/** A function by the name that both stages share: its symbol without a promotion suffix. */
interface Candidate {
  readonly stem: string;
  readonly readable: string;
  readonly symbols: readonly string[];
  readonly defined: boolean;
}

/**
 * The symbols of the one function that a name refers to: a symbol (with or without `.llvm.<n>`), a readable name, the end of a readable path, or a
 * part of either.
 *
 * @param functions the functions of both stages
 * @throws LtoError UnknownFunction with the candidates
 */
export function findFunction(functions: readonly FunctionInfo[], wanted: string): ReadonlySet<string> {
  const exact = functions.find((info) => info.name === wanted);
  const candidates = candidatesOf(functions);
  const stem = withoutPromotionSuffix(wanted);
  const tiers: ((candidate: Candidate) => boolean)[] = [
    (candidate) => candidate.stem === (exact === undefined ? stem : withoutPromotionSuffix(exact.name)),
    (candidate) => candidate.readable === wanted.replace(/ \(\.llvm\.\d+\)$/, ""),
    (candidate) => candidate.readable.endsWith(`::${wanted}`),
    (candidate) => candidate.readable.includes(wanted) || candidate.stem.includes(wanted),
  ];
  for (const matches of tiers) {
    const found = candidates.filter(matches);
    if (found.length === 0) continue;
    const defined = found.filter((candidate) => candidate.defined);
    const only = found.length === 1 ? found[0] : defined.length === 1 ? defined[0] : undefined;
    if (only !== undefined) return new Set(only.symbols);
    throw unknown(
      `${wanted} names ${found.length} functions of the module: ${listed(found)}.`,
      "Give the symbol of the function you mean.",
    );
  }
  const last = (wanted.split("::").at(-1) ?? wanted).toLowerCase();
  const alike = candidates.filter((candidate) => candidate.readable.toLowerCase().includes(last));
  throw unknown(
    `Neither stage of the module has a function named ${wanted}.`,
    alike.length === 0
      ? "`lto-inspector find UNIT SYMBOL` says which modules have it; without --function, `diff` lists what changed."
      : `Names that look alike: ${listed(alike)}.`,
  );
}

function candidatesOf(functions: readonly FunctionInfo[]): Candidate[] {
  const found = new Map<string, { stem: string; readable: string; symbols: string[]; defined: boolean }>();
  for (const info of functions) {
    const stem = withoutPromotionSuffix(info.name);
    const known = found.get(stem) ?? { stem, readable: info.demangled.replace(/ \(\.llvm\.\d+\)$/, ""), symbols: [], defined: false };
    known.symbols.push(info.name);
    known.defined ||= !info.declaration;
    found.set(stem, known);
  }
  return [...found.values()];
}

function listed(candidates: readonly Candidate[]): string {
  const shown = candidates
    .slice(0, MOST_CANDIDATES)
    .map(({ readable, stem }) => (readable === stem ? stem : `${readable} (${stem})`))
    .join(", ");
  return candidates.length > MOST_CANDIDATES ? `${shown} and ${candidates.length - MOST_CANDIDATES} more` : shown;
}

function unknown(message: string, help: string): LtoError {
  return new LtoError({ name: "UnknownFunction", message, help });
}
