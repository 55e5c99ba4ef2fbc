/** Why symbols are kept. */
import { whyKept as ask } from "../../core/explain/kept/why-kept.js";
import { keptView } from "../../core/views/kept-view.js";
import type { requests } from "../../protocol/requests/all.js";
import type { ParamsOf, ResultOf } from "../../protocol/requests/declare.js";
import type { Call } from "./calls.js";
import { replayedRun } from "./replayed-run.js";
import { progressOf } from "./runs.js";
import type { ServerState } from "./state.js";

export function whyKept(
  { workbench }: ServerState,
  { run, symbol }: ParamsOf<typeof requests.whyKept>,
  call: Call,
): Promise<ResultOf<typeof requests.whyKept>> {
  return workbench.use(async () => {
    const { source, choice } = await replayedRun(workbench, run);
    return keptView(
      await ask(workbench.core, source, { ...choice, symbol, stage: null }, { signal: call.signal, progress: progressOf(call) }),
    );
  });
}
