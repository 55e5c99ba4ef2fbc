/** What differs between the linked outputs of two builds. */
import type { InlinedFunction, InliningChange, OutputSizes, SizeChange, SizesAgainst, SymbolChange } from "../../../protocol/size.js";
import type { UnitManifest } from "../../../protocol/units.js";
import { summaryOf } from "../../replay/unit-summary.js";
import type { InlinedInto } from "./inlined-into.js";

/** An output, and what was inlined into its functions; null: not asked for. */
export interface Measured {
  readonly sizes: OutputSizes;
  readonly inlined: InlinedInto | null;
}

/** @param unit the earlier one */
export function comparedWith(unit: UnitManifest, before: Measured, after: Measured): SizesAgainst {
  const sizes = [before.sizes, after.sizes] as const;
  return {
    unit: summaryOf(unit),
    bytes: before.sizes.bytes,
    sections: changes(sizes[0].sections, sizes[1].sections, ({ name }) => name),
    crates: changes(sizes[0].crates, sizes[1].crates, ({ crate }) => crate ?? ""),
    symbols: symbolChanges(before, after),
  };
}

/** What differs, the largest difference first. */
export function symbolChanges(before: Measured, after: Measured): SymbolChange[] {
  // Not by mangled names: they contain hashes that change with the compiler's options.
  return withInlining(
    changes(before.sizes.symbols, after.sizes.symbols, ({ name }) => name),
    before,
    after,
  );
}

/** Calls by the function that they call, over all functions that are emitted, where their number differs. */
export function calleeChanges(before: InlinedInto, after: InlinedInto): InliningChange[] {
  const [earlier, later] = [before, after].map(({ functions }) => timesByName([...functions.values()].flatMap((list) => list ?? [])));
  return inliningChanges(earlier ?? new Map(), later ?? new Map());
}

/** Adds what was inlined more or less often to symbols, where it is known of both builds. */
function withInlining(symbols: readonly SizeChange[], before: Measured, after: Measured): SymbolChange[] {
  if (before.inlined === null || after.inlined === null) return [...symbols];
  const [earlier, later] = [inlinedByName(before.sizes), inlinedByName(after.sizes)];
  return symbols.map((change) => {
    const sides = [earlier.get(change.name), later.get(change.name)] as const;
    if (sides[0] === undefined || sides[1] === undefined) return change;
    return { ...change, inlined: inliningChanges(sides[0], sides[1]) };
  });
}

/** Calls by the callee's readable name, of each readable name that belongs to one function and is known. */
function inlinedByName({ symbols }: OutputSizes): Map<string, ReadonlyMap<string, number>> {
  const found = new Map<string, ReadonlyMap<string, number>>();
  const seen = new Set<string>();
  for (const { name, inlined } of symbols) {
    if (seen.has(name)) found.delete(name);
    else if (inlined !== undefined && inlined !== null) found.set(name, timesByName(inlined));
    seen.add(name);
  }
  return found;
}

function timesByName(inlined: readonly InlinedFunction[]): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  for (const one of inlined) times.set(one.name, (times.get(one.name) ?? 0) + one.times);
  return times;
}

function inliningChanges(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): InliningChange[] {
  return [...new Set([...before.keys(), ...after.keys()])]
    .map((name) => ({ name, before: before.get(name) ?? 0, after: after.get(name) ?? 0 }))
    .filter((one) => one.before !== one.after)
    .sort((left, right) => Math.abs(right.after - right.before) - Math.abs(left.after - left.before));
}

/** Sums by name that differ, the largest difference first. */
function changes<T extends { readonly bytes: number }>(
  before: readonly T[],
  after: readonly T[],
  nameOf: (one: T) => string,
): SizeChange[] {
  const sums = new Map<string, { before: number; after: number }>();
  const add = (list: readonly T[], side: "before" | "after"): void => {
    for (const one of list) {
      const sum = sums.get(nameOf(one)) ?? { before: 0, after: 0 };
      sum[side] += one.bytes;
      sums.set(nameOf(one), sum);
    }
  };
  add(before, "before");
  add(after, "after");
  return [...sums]
    .map(([name, sum]) => ({ name, ...sum }))
    .filter((sum) => sum.before !== sum.after)
    .sort((left, right) => Math.abs(right.after - right.before) - Math.abs(left.after - left.before));
}
