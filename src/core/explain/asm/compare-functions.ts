/** Compares the assembly of functions in two builds. Pure functions. */
import type { AssemblyDifference, AssemblyFigures, AssemblyLine, FunctionAssembly } from "../../../protocol/asm.js";
import { linesDiff } from "../../ir/function-diff.js";
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

/** Pairs functions by their readable names; copies of one name in the order of their modules. */
export function pairsOf(before: FoundFunctions, after: FoundFunctions): AssembledPair[] {
  const left = byName(before.functions);
  const right = byName(after.functions);
  return [...new Set([...right.keys(), ...left.keys()])].flatMap((name) => {
    const [earlier, later] = [left.get(name) ?? [], right.get(name) ?? []];
    return Array.from({ length: Math.max(earlier.length, later.length) }, (_, index) => ({
      name,
      before: comparedOf(earlier[index], before),
      after: comparedOf(later[index], after),
    }));
  });
}

export function differenceOf({ name, before, after }: AssembledPair): AssemblyDifference {
  const textsOf = (one: ComparedFunction | null): string[] => (one?.lines ?? []).map(({ text }) => text);
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

function byName(functions: readonly FunctionAssembly[]): Map<string, FunctionAssembly[]> {
  const found = new Map<string, FunctionAssembly[]>();
  for (const one of functions) {
    const name = withoutCopy(one.name);
    found.set(name, [...(found.get(name) ?? []), one]);
  }
  return found;
}
