/** LTO: Show Passes. */
import { loadSession } from "../later.js";
import type { FunctionForPasses } from "../passes/which-function.js";
import type { Services } from "../services.js";
import { shownRun } from "./stages.js";
import { symbolTools } from "./symbols.js";

export async function showPasses(services: Services, of?: FunctionForPasses): Promise<void> {
  const { passFunction } = await loadSession();
  await services.passes.open(await passFunction({ ...symbolTools(services.server), shownRun: () => shownRun(services) }, of));
}
