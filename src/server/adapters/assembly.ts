/** Assembly of functions of runs. */
import { explainAssembly } from "../../core/explain/asm/explain-assembly.js";
import { PRODUCERS } from "../../core/producers/registry.js";
import { assemblyView } from "../../core/views/assembly-view.js";
import type { requests } from "../../protocol/requests/all.js";
import type { ParamsOf, ResultOf } from "../../protocol/requests/declare.js";
import type { Call } from "./calls.js";
import { notARun, progressOf } from "./runs.js";
import type { ServerState } from "./state.js";

export function assembly(
  { workbench }: ServerState,
  { run, symbol }: ParamsOf<typeof requests.assembly>,
  call: Call,
): Promise<ResultOf<typeof requests.assembly>> {
  return workbench.use(async () => {
    const { core, history } = workbench;
    const origin = await history.origin(run);
    if (origin === undefined) throw notARun(run);
    const source = await PRODUCERS.sourceOfRun(core.layout, origin);
    const options = { llvm: origin.llvm, function: symbol, module: null, raw: false, against: null };
    const report = await explainAssembly(core, source, options, { signal: call.signal, progress: progressOf(call) });
    return assemblyView(report, source.kind === "unit" ? source.unit.workspace : "");
  });
}
