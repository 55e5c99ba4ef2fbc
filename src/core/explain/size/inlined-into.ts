/** What LTO inlined into each function that it made: the known part of the reasons for a function's size. */
import type { CallsNotAvailable, Compared } from "../../../protocol/calls.js";
import type { InlineLedger } from "../../../protocol/engine/calls.js";
import type { InlinedFunction } from "../../../protocol/size.js";
import type { CoreContext } from "../../engine/core-context.js";
import { crateOfReadable } from "../../pipelines/readable-crate.js";
import type { RunHooks } from "../../replay/each-module.js";
import { openUnit, type OpenUnit } from "../../replay/open.js";
import type { LtoSource } from "../../replay/producer.js";
import { inlineDecisions } from "../calls/call-rows.js";
import { gatherLedgers } from "../calls/gather.js";
import { symbolFates } from "../fate/symbol-fates.js";
import { Names } from "../rebuild/readable.js";

export interface InlinedInto {
  /** By the mangled name of a function that is emitted; null: several modules emit one, and inlined others into it. */
  readonly functions: ReadonlyMap<string, readonly InlinedFunction[] | null>;
  readonly code: Compared;
  readonly notAvailable: readonly CallsNotAvailable[];
}

type Hooks = Pick<RunHooks, "progress" | "signal">;

/** How many calls of each function were inlined, by its mangled name. */
type Counts = ReadonlyMap<string, number>;

/** @throws LtoError what opening a unit and making a stage can throw */
export async function inlinedInto(core: CoreContext, source: LtoSource, llvm: string, hooks: Hooks): Promise<InlinedInto> {
  hooks.progress?.({ kind: "opening" });
  const open = await openUnit(core, source, { llvm, overrides: {}, keysFile: null }, hooks.signal);
  try {
    return await inlinedIn(core, open, hooks);
  } finally {
    await open.close();
  }
}

/** Of a unit that is open, with its settings. @throws LtoError what making a stage can throw */
export async function inlinedIn(core: CoreContext, open: OpenUnit, hooks: Hooks): Promise<InlinedInto> {
  const { ledgers, code, notAvailable } = await gatherLedgers(core, open, null, hooks);
  const counted = countsOf(ledgers);
  const names = new Names(open.engine, hooks.signal);
  await names.learn([...counted.values()].flatMap((counts) => (counts === null ? [] : [...counts.keys()])));
  const functions = new Map([...counted].map(([symbol, counts]) => [symbol, counts === null ? null : rowsOf(counts, names)]));
  return { functions, code, notAvailable };
}

/** Of the functions that are emitted; copies for inlining alone are not. */
export function countsOf(ledgers: readonly InlineLedger[]): Map<string, Counts | null> {
  const all = new Map<string, Counts | null>();
  for (const ledger of ledgers) {
    const own = new Map<string, Map<string, number>>();
    for (const { symbol, isVariable, fate } of symbolFates(ledger)) {
      if (!isVariable && (fate === "kept" || fate === "kept-local")) own.set(symbol, new Map());
    }
    for (const { caller, callee, inlined, times } of inlineDecisions(ledger)) {
      const counts = own.get(caller);
      if (inlined && callee !== null && counts !== undefined) counts.set(callee, (counts.get(callee) ?? 0) + times);
    }
    for (const [symbol, counts] of own) {
      const other = all.get(symbol);
      all.set(symbol, other === undefined || (other !== null && areEqual(other, counts)) ? counts : null);
    }
  }
  return all;
}

function areEqual(left: Counts, right: Counts): boolean {
  return left.size === right.size && [...left].every(([symbol, times]) => right.get(symbol) === times);
}

function rowsOf(counts: Counts, names: Names): InlinedFunction[] {
  return [...counts]
    .map(([symbol, times]) => {
      const name = names.of(symbol);
      return { name, symbol, crate: crateOfReadable(name) ?? null, times };
    })
    .sort((left, right) =>
      left.times === right.times ? Number(left.name > right.name) - Number(left.name < right.name) : right.times - left.times,
    );
}
