/** Why symbols are kept. */
import { whyKept as ask } from "../../core/explain/kept/why-kept.js";
import { PRODUCERS } from "../../core/producers/registry.js";
import { keptView } from "../../core/views/kept-view.js";
import type { requests } from "../../protocol/requests/all.js";
import type { ParamsOf, ResultOf } from "../../protocol/requests/declare.js";
import type { Call } from "./calls.js";
import { notARun, progressOf } from "./runs.js";
import type { ServerState } from "./state.js";

export function whyKept(
  { workbench }: ServerState,
  { run, symbol }: ParamsOf<typeof requests.whyKept>,
  call: Call,
): Promise<ResultOf<typeof requests.whyKept>> {
  return workbench.use(async () => {
    const { core, history } = workbench;
    const origin = await history.origin(run);
    if (origin === undefined) throw notARun(run);
    const source = await PRODUCERS.sourceOfRun(core.layout, origin);
    const options = { llvm: origin.llvm, overrides: origin.overrides, symbol, stage: null };
    return keptView(await ask(core, source, options, { signal: call.signal, progress: progressOf(call) }));
  });
}
