/** Lists units, and searches again on request. */
import { pageOf } from "../../core/views/module-rows.js";
import type { requests } from "../../protocol/requests/all.js";
import type { ParamsOf, ResultOf } from "../../protocol/requests/declare.js";
import type { UnitView } from "../../protocol/views.js";
import type { ServerState } from "./state.js";

type Units = typeof requests.units;

export async function listUnits({ workbench }: ServerState, params: ParamsOf<Units>): Promise<ResultOf<Units>> {
  const { units, folders } = await workbench.catalog.list(params.all === true);
  return { ...pageOf(units, params), folders };
}

export function showUnit({ workbench }: ServerState, { unit }: ParamsOf<typeof requests.unit>): Promise<UnitView> {
  return workbench.catalog.view(unit);
}

/** Reads everything again, and says whether units were added or removed. */
export async function refresh(state: ServerState): Promise<{ changed: boolean }> {
  const { workbench } = state;
  const before = fingerprint((await workbench.catalog.list(true)).units);
  workbench.refresh();
  const changed = fingerprint((await workbench.catalog.list(true)).units) !== before;
  if (changed) state.changed({ units: true, runs: true });
  return { changed };
}

function fingerprint(units: readonly UnitView[]): string {
  return JSON.stringify(units.map(({ captureRef, madeAt, complete }) => [captureRef, madeAt, complete]));
}
