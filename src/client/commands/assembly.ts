/** The commands on assembly, all of which are loaded with the session. */
import type { AssemblyCommands, AssemblyTools } from "../assembly/commands.js";
import { loadSession } from "../later.js";
import { showInformation } from "../messages.js";
import type { Services } from "../services.js";
import { shownRun } from "./stages.js";
import { symbolTools } from "./symbols.js";

export async function withAssembly(
  services: Services,
  work: (commands: AssemblyCommands, tools: AssemblyTools) => Promise<void>,
): Promise<void> {
  const { assemblyCommands } = await loadSession();
  await work(assemblyCommands, { ...symbolTools(services.server), showInformation, shownRun: () => shownRun(services) });
}
