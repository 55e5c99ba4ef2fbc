/** LTO: Why Is It Kept? and LTO: Show Assembly, from the palette, a function's row, or a list of decisions. */
import type { KeptTools } from "../calls/kept.js";
import { openStage } from "../documents/compare.js";
import { currentFilters } from "../documents/filters.js";
import { loadSession } from "../later.js";
import { showInformation } from "../messages.js";
import type { Services } from "../services.js";
import type { CguNode } from "../trees/cgu-nodes.js";
import { pickOne } from "./picks.js";
import { shownRun } from "./stages.js";

/** A node of the tree, or a function of a list of decisions. */
export type KeptOf = CguNode | { readonly kind: "symbol"; readonly symbol: string };

export async function whyKept(services: Services, of?: KeptOf): Promise<void> {
  const run = shownRun(services);
  const { showWhyKept } = await loadSession();
  await showWhyKept(toolsOf(services, run.id), run, symbolOf(of));
}

export async function showAssembly(services: Services, of?: KeptOf): Promise<void> {
  const run = shownRun(services);
  const session = await loadSession();
  await session.showAssembly(toolsOf(services, run.id), run, symbolOf(of));
}

function toolsOf({ server }: Services, run: string): KeptTools {
  return {
    ask: (title, name, params) => server.askWithProgress(title, name, params),
    filters: currentFilters,
    openDefinition: (place) => openStage(server, { subject: { run }, ...place }),
    ...{ pickOne, showInformation },
  };
}

function symbolOf(of: KeptOf | undefined): string | undefined {
  if (of?.kind === "symbol") return of.symbol;
  return of?.kind === "function" ? (of.row.right ?? of.row.left ?? undefined) : undefined;
}
