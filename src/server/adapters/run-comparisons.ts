/** Comparisons of two runs of one unit. */
import { compareRuns } from "../../core/ir/llvms/compare-llvm.js";
import { runComparisonDocument } from "../../core/views/run-comparison-document.js";
import type { requests } from "../../protocol/requests/all.js";
import type { ParamsOf, ResultOf } from "../../protocol/requests/declare.js";
import type { Call } from "./calls.js";
import { notARun } from "./runs.js";
import type { ServerState } from "./state.js";

type CompareRuns = typeof requests.compareRuns;

export function compareTwoRuns(
  { workbench }: ServerState,
  { from, to }: ParamsOf<CompareRuns>,
  call: Call,
): Promise<ResultOf<CompareRuns>> {
  const { core, subjects } = workbench;
  return workbench.use(() =>
    subjects.use({ run: from }, ({ report: older, name }) =>
      subjects.use({ run: to }, async ({ report: newer }) => {
        if (older === null || newer === null) throw notARun(name);
        const progress = (done: number, total: number): void => {
          call.report(`${done} of ${total} codegen units`, (100 * done) / Math.max(1, total));
        };
        const runs = { from: { run: from, report: older }, to: { run: to, report: newer } };
        return runComparisonDocument(await compareRuns(core, runs, { signal: call.signal, progress }));
      }),
    ),
  );
}
