/** What commands on symbols share: which symbol is meant, and what their later part is given of the client. */
import type { SymbolTools } from "../calls/pick-symbol.js";
import { currentFilters } from "../documents/filters.js";
import type { Server } from "../server.js";
import type { CguNode } from "../trees/cgu-nodes.js";
import { pickOne } from "./picks.js";

/** A node of the tree, or a function of a list of decisions. */
export type SymbolChoice = CguNode | { readonly kind: "symbol"; readonly symbol: string };

export function symbolTools(server: Server): SymbolTools {
  return { ask: (title, name, params) => server.askWithProgress(title, name, params), filters: currentFilters, pickOne };
}

/** undefined: no symbol is meant. */
export function symbolOf(of: SymbolChoice | undefined): string | undefined {
  if (of?.kind === "symbol") return of.symbol;
  return of?.kind === "function" ? (of.row.right ?? of.row.left ?? undefined) : undefined;
}
