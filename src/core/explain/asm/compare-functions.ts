/** Compares the assembly of functions in two builds. Pure functions. */
import type { AssemblyDifference, AssemblyFigures, AssemblyLine, FunctionAssembly } from "../../../protocol/asm.js";
import { figureWords } from "../../../protocol/asm-words.js";
import { linesDiff } from "../../ir/function-diff.js";
import { withoutPromotionSuffix } from "../../ir/stage-changes.js";
import { withoutCopy } from "../calls/chosen.js";
import type { FoundFunctions } from "./find-functions.js";
import { comparableLines } from "./lines.js";

/** A function in one build. */
export interface ComparedFunction extends AssemblyFigures {
  /** With what differs between any two builds made alike. */
  readonly lines: readonly AssemblyLine[];
}

export interface AssembledPair {
  readonly name: string;
  /** null: the build has no such function. */
  readonly before: ComparedFunction | null;
  readonly after: ComparedFunction | null;
}

/**
 * Pairs functions by their symbols without promotion suffix, and the rest by their readable names: the instances of a generic function can read alike,
 * and a symbol can have another hash in the other build. Copies in several modules are paired in the order of the modules.
 */
export function pairsOf(before: FoundFunctions, after: FoundFunctions): AssembledPair[] {
  const partners = new Map<FunctionAssembly, FunctionAssembly>();
  const alone = new Set(before.functions);
  for (const keyOf of [stemOf, nameOf]) {
    const candidates = grouped([...alone], keyOf);
    for (const one of after.functions) {
      const partner = partners.has(one) ? undefined : candidates.get(keyOf(one))?.shift();
      if (partner === undefined) continue;
      partners.set(one, partner);
      alone.delete(partner);
    }
  }
  const [later, gone] = [grouped(after.functions, nameOf), grouped([...alone], nameOf)];
  return [...new Set([...later.keys(), ...gone.keys()])].flatMap((name) => [
    ...(later.get(name) ?? []).map((one) => ({ name, before: comparedOf(partners.get(one), before), after: comparedOf(one, after) })),
    ...(gone.get(name) ?? []).map((one) => ({ name, before: comparedOf(one, before), after: null })),
  ]);
}

/** Whether the figures or the instructions are others. */
export function differs({ before, after }: AssembledPair): boolean {
  const shown = (one: ComparedFunction | null): readonly string[] => (one === null ? [] : [...figureWords(one), ...textsOf(one)]);
  return (before === null) !== (after === null) || shown(before).join("\n") !== shown(after).join("\n");
}

export function differenceOf({ name, before, after }: AssembledPair): AssemblyDifference {
  const { patch } = linesDiff({ before: textsOf(before), after: textsOf(after) }, { before: `before/${name}`, after: `after/${name}` });
  return { name, before: figuresOf(before), after: figuresOf(after), patch };
}

function comparedOf(one: FunctionAssembly | undefined, { comment, nameOf }: FoundFunctions): ComparedFunction | null {
  return one === undefined ? null : { ...one, lines: comparableLines(one.lines, comment, nameOf) };
}

function figuresOf(one: ComparedFunction | null): AssemblyFigures | null {
  if (one === null) return null;
  const { bytes, stackBytes, spills, reloads, spillBytes, instructions, mix } = one;
  return { bytes, stackBytes, spills, reloads, spillBytes, instructions, mix };
}

function textsOf(one: ComparedFunction | null): string[] {
  return (one?.lines ?? []).map(({ text }) => text);
}

function stemOf({ symbol }: FunctionAssembly): string {
  return withoutPromotionSuffix(symbol);
}

function nameOf({ name }: FunctionAssembly): string {
  return withoutCopy(name);
}

function grouped<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const found = new Map<string, T[]>();
  for (const item of items) found.set(keyOf(item), [...(found.get(keyOf(item)) ?? []), item]);
  return found;
}
