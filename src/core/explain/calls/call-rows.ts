/** Inline decisions as a ledger packs them, as rows with readable names. */
import type { CallPlace, CallRow } from "../../../protocol/calls.js";
import type { InlineLedger } from "../../../protocol/engine/calls.js";
import { inlineHelp } from "./help.js";
import type { InlineDecision, SymbolPlace } from "./inline-decision.js";

const PLACE = 4;

export function inlineDecisions({ module, fullCosts, calls, texts }: InlineLedger): InlineDecision[] {
  const text = (index: number | null | undefined): string => texts[index ?? -1] ?? "";
  return calls.map((row): InlineDecision => {
    const [caller, callee, inlined, remark, cost = null, threshold = null, reason, times, whole, depth, ...packed] = row;
    const places = unpackPlaces(packed, text);
    return {
      module,
      caller: text(caller),
      callee: callee === -1 ? null : text(callee),
      inlined: inlined === 1,
      remark: text(remark),
      cost,
      costIsLeast: !fullCosts && cost !== null && threshold !== null && cost >= threshold,
      threshold,
      reason: text(reason),
      times: times ?? 1,
      wholeWay: whole === 1,
      places: places.slice(0, depth ?? 0),
      oneOf: places.slice(depth ?? 0),
    };
  });
}

/** @param packed symbol, file, line and column of each place */
export function unpackPlaces(packed: readonly (number | null)[], text: (index: number | null | undefined) => string): SymbolPlace[] {
  const places: SymbolPlace[] = [];
  for (let at = 0; at + PLACE <= packed.length; at += PLACE) {
    const [symbol, file, line, column] = packed.slice(at, at + PLACE);
    places.push({ symbol: text(symbol), file: file === -1 ? null : text(file), line: line ?? 0, column: column ?? 0 });
  }
  return places;
}

/** Every symbol that a row shows. */
export function symbolsOf({ caller, callee, places, oneOf }: InlineDecision): string[] {
  return [caller, ...(callee === null ? [] : [callee]), ...[...places, ...oneOf].map(({ symbol }) => symbol)].filter(
    (symbol) => symbol !== "",
  );
}

export function callRow(decision: InlineDecision, nameOf: (symbol: string) => string): CallRow {
  const { module, caller, callee, inlined, remark, cost, threshold, reason, times, wholeWay } = decision;
  const [at, ...outer] = decision.places.map((place) => callPlace(place, nameOf));
  return {
    caller: nameOf(caller),
    callerSymbol: caller,
    callee: callee === null ? null : nameOf(callee),
    calleeSymbol: callee,
    module,
    at: at?.at ?? null,
    ordinal: at === undefined || at.ordinal === null ? null : { function: at.function, call: at.ordinal },
    inlinedAt: outer,
    wholeWay,
    oneOf: decision.oneOf.map((place) => callPlace(place, nameOf)),
    verdict: inlined ? "inlined" : "not-inlined",
    cost,
    costIsLeast: decision.costIsLeast,
    threshold,
    remark,
    reason,
    times,
    help: inlined ? [] : inlineHelp(decision, nameOf),
  };
}

export function callPlace({ symbol, file, line, column }: SymbolPlace, nameOf: (symbol: string) => string): CallPlace {
  const function_ = symbol === "" ? "" : nameOf(symbol);
  // LLVM's line 0: passes made one call of several.
  if (line === 0) return { function: function_, symbol, at: null, ordinal: null };
  if (file !== null) return { function: function_, symbol, at: { file, line, column }, ordinal: null };
  return { function: function_, symbol, at: null, ordinal: line };
}
