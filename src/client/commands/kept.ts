/** LTO: Why Is It Kept?, from the palette, a function's row, or a list of decisions. */
import { openStage, type StageChoice } from "../documents/compare.js";
import { loadSession } from "../later.js";
import { showInformation } from "../messages.js";
import type { Services } from "../services.js";
import { shownRun } from "./stages.js";
import { symbolOf, type SymbolChoice } from "./symbol-choice.js";
import { symbolTools } from "./symbols.js";

export async function whyKept(services: Services, of?: SymbolChoice): Promise<void> {
  const { server } = services;
  const run = shownRun(services);
  const { showWhyKept } = await loadSession();
  const tools = {
    ...symbolTools(server),
    openDefinition: (place: Omit<StageChoice, "subject">) => openStage(server, { subject: { run: run.id }, ...place }),
    showInformation,
  };
  await showWhyKept(tools, run, symbolOf(of));
}
