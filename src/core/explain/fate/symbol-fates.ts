/** What became of a module's definitions, as a ledger packs it. */
import type { FateKind } from "../../../protocol/fate.js";
import type { InlineLedger } from "../../../protocol/engine/calls.js";
import { inlineDecisions } from "../calls/call-rows.js";

/** `Fate` of addon/lto/calls/fates.h, in its order; undefined: gone, for a reason that follows from the rest. */
const FATES: readonly (FateKind | undefined)[] = ["kept", "kept-local", "kept-copy", "dropped", "new-signature", "merged", undefined];

/** A definition with symbols. */
export interface SymbolFate {
  readonly module: string;
  readonly symbol: string;
  readonly isVariable: boolean;
  /** A copy that is not emitted. */
  readonly isCopy: boolean;
  readonly fate: FateKind;
  readonly pass: string | null;
  readonly into: string | null;
  readonly inlined: number;
  /** Of one that is gone: the pass that removed the last use, and the function in which; null: not noticed. */
  readonly lastUse: { readonly pass: string; readonly user: string } | null;
  readonly users: readonly string[];
}

export function symbolFates(ledger: InlineLedger): SymbolFate[] {
  const text = (index: number | undefined): string => ledger.texts[index ?? -1] ?? "";
  const orNull = (index: number | undefined): string | null => (index === undefined || index < 0 ? null : text(index));
  const inlined = timesInlined(ledger);
  return ledger.symbols.map(([number, variable, state, fate = -1, pass, into, lastUsePass, lastUser, ...users]): SymbolFate => {
    const symbol = text(number);
    const times = inlined.get(symbol) ?? 0;
    return {
      module: ledger.module,
      symbol,
      isVariable: variable === 1,
      isCopy: state === 2,
      fate: FATES[fate] ?? (times > 0 ? "inlined" : users.length === 0 ? "unneeded" : "lost-uses"),
      pass: orNull(pass),
      into: orNull(into),
      inlined: times,
      lastUse: lastUser === undefined || lastUser < 0 ? null : { pass: text(lastUsePass), user: text(lastUser) },
      users: users.map(text),
    };
  });
}

function timesInlined(ledger: InlineLedger): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  for (const { callee, inlined, times: copies } of inlineDecisions(ledger)) {
    if (callee !== null && inlined) times.set(callee, (times.get(callee) ?? 0) + copies);
  }
  return times;
}
