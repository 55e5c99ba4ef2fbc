/** LTO: Show Assembly, from the palette, a function's row, or a list of decisions. */
import { loadSession } from "../later.js";
import type { Services } from "../services.js";
import { shownRun } from "./stages.js";
import { symbolOf, symbolTools, type SymbolChoice } from "./symbols.js";

export async function showAssembly(services: Services, of?: SymbolChoice): Promise<void> {
  const run = shownRun(services);
  const session = await loadSession();
  await session.showAssembly(symbolTools(services.server), run, symbolOf(of));
}
