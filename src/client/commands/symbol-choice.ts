/** Which symbol a row or a list of decisions means. */
import type { CguNode } from "../trees/cgu-nodes.js";

/** A node of the tree, or a function of a list of decisions or a page; without a run, of the shown one. */
export type SymbolChoice = CguNode | { readonly kind: "symbol"; readonly symbol: string; readonly run?: string };

/** undefined: no symbol is meant. */
export function symbolOf(of: SymbolChoice | undefined): string | undefined {
  if (of?.kind === "symbol") return of.symbol;
  return of?.kind === "function" ? (of.row.right ?? of.row.left ?? undefined) : undefined;
}
