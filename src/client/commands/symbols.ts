/** What commands on symbols, which are loaded later, are given of the client. */
import type { SymbolTools } from "../calls/pick-symbol.js";
import { currentFilters } from "../documents/filters.js";
import type { Server } from "../server.js";
import { pickOne } from "./picks.js";

export function symbolTools(server: Server): SymbolTools {
  return { ask: (title, name, params) => server.askWithProgress(title, name, params), filters: currentFilters, pickOne };
}
