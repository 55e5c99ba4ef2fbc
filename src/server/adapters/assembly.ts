/** Assembly of functions of runs. */
import { explainAssembly } from "../../core/explain/asm/explain-assembly.js";
import { assemblyView } from "../../core/views/assembly-view.js";
import type { requests } from "../../protocol/requests/all.js";
import type { ParamsOf, ResultOf } from "../../protocol/requests/declare.js";
import type { Call } from "./calls.js";
import { replayedRun } from "./replayed-run.js";
import { progressOf } from "./runs.js";
import type { ServerState } from "./state.js";

export function assembly(
  { workbench }: ServerState,
  { run, symbol }: ParamsOf<typeof requests.assembly>,
  call: Call,
): Promise<ResultOf<typeof requests.assembly>> {
  return workbench.use(async () => {
    const { source, choice, workspace } = await replayedRun(workbench, run);
    const options = { ...choice, function: symbol, module: null, raw: false, against: null };
    const report = await explainAssembly(workbench.core, source, options, { signal: call.signal, progress: progressOf(call) });
    return assemblyView(report, workspace);
  });
}
