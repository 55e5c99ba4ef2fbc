/** Remarks as a ledger packs them, in a form to work with. */
import type { RemarkLedger } from "../../../protocol/engine/calls.js";
import type { RemarkKind } from "../../../protocol/remarks.js";
import { unpackPlaces } from "../calls/call-rows.js";
import type { SymbolPlace } from "../calls/inline-decision.js";

/** `RemarkKind` of addon/lto/calls/pass_remarks.h, in its order. */
export const REMARK_KINDS: readonly RemarkKind[] = ["passed", "missed", "analysis"];

export interface SymbolRemark {
  readonly module: string;
  readonly symbol: string;
  readonly pass: string;
  readonly name: string;
  readonly kind: RemarkKind;
  readonly text: string;
  readonly times: number;
  /** Innermost first. */
  readonly places: readonly SymbolPlace[];
}

export function remarksIn({ module, remarks, texts }: RemarkLedger): SymbolRemark[] {
  const words = (index: number | null | undefined): string => texts[index ?? -1] ?? "";
  return remarks.map(([symbol, pass, name, kind = 2, text, times = 1, ...packed]): SymbolRemark => {
    return {
      module,
      symbol: words(symbol),
      pass: words(pass),
      name: words(name),
      kind: REMARK_KINDS[kind] ?? "analysis",
      text: words(text).trim(),
      times,
      places: unpackPlaces(packed, words),
    };
  });
}
