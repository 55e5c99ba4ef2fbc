/** Requests of the client: charts of a run. */
import type { ModuleFilter, StageTotal } from "../views.js";
import type { Timeline } from "../timeline.js";
import { request } from "./declare.js";

export const dashboardRequests = {
  /** Threads × modules × stages. Combines short activities that are close together, to return at most `bars` bars. */
  timeline: request<{ readonly run: string; readonly bars: number; readonly from?: number; readonly to?: number }, Timeline>(
    "lto/timeline",
  ),
  stageTotals: request<{ readonly run: string; readonly filter?: ModuleFilter }, { readonly stages: readonly StageTotal[] }>(
    "lto/stageTotals",
  ),
} as const;
