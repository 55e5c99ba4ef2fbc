/** What passes say about one function of a run. */
import { explainRemarks } from "../../core/explain/remarks/explain-remarks.js";
import { functionRemarksOf } from "../../core/views/function-remarks.js";
import type { requests } from "../../protocol/requests/all.js";
import type { ParamsOf, ResultOf } from "../../protocol/requests/declare.js";
import type { Call } from "./calls.js";
import { replayedRun } from "./replayed-run.js";
import { progressOf } from "./runs.js";
import type { ServerState } from "./state.js";

export function functionRemarks(
  { workbench }: ServerState,
  { run, name }: ParamsOf<typeof requests.functionRemarks>,
  call: Call,
): Promise<ResultOf<typeof requests.functionRemarks>> {
  return workbench.use(async () => {
    const { source, choice, workspace } = await replayedRun(workbench, run);
    const options = { ...choice, function: name, exact: true, module: null, passes: [], kinds: [] };
    const report = await explainRemarks(workbench.core, source, options, { signal: call.signal, progress: progressOf(call) });
    return functionRemarksOf(report, workspace);
  });
}
