/** What passes say about one function of a run. */
import { explainRemarks } from "../../core/explain/remarks/explain-remarks.js";
import { PRODUCERS } from "../../core/producers/registry.js";
import { functionRemarksOf } from "../../core/views/function-remarks.js";
import type { requests } from "../../protocol/requests/all.js";
import type { ParamsOf, ResultOf } from "../../protocol/requests/declare.js";
import type { Call } from "./calls.js";
import { notARun, progressOf } from "./runs.js";
import type { ServerState } from "./state.js";

export function functionRemarks(
  { workbench }: ServerState,
  { run, name }: ParamsOf<typeof requests.functionRemarks>,
  call: Call,
): Promise<ResultOf<typeof requests.functionRemarks>> {
  return workbench.use(async () => {
    const { core, history } = workbench;
    const origin = await history.origin(run);
    if (origin === undefined) throw notARun(run);
    const source = await PRODUCERS.sourceOfRun(core.layout, origin);
    const options = { llvm: origin.llvm, overrides: origin.overrides, function: name, exact: true, module: null, passes: [], kinds: [] };
    const report = await explainRemarks(core, source, options, { signal: call.signal, progress: progressOf(call) });
    return functionRemarksOf(report, source.kind === "unit" ? source.unit.workspace : "");
  });
}
