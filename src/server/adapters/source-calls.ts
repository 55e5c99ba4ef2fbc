/** Calls as rows of the Calls view and at the lines of source files. */
import { writeFileWhole } from "../../core/base/atomic-file.js";
import { sarifLog } from "../../core/explain/calls/sarif.js";
import { explainCallsAndFates } from "../../core/explain/fate/calls-and-fates.js";
import { prepareRustFunctions } from "../../core/language/rust-functions.js";
import { CallHierarchy } from "../../core/views/call-hierarchy.js";
import { CallTree } from "../../core/views/call-tree.js";
import { CallIndex } from "../../core/views/source-calls.js";
import { FunctionLives } from "../../core/views/function-life.js";
import type { CallsReport } from "../../protocol/calls.js";
import { inEnglish } from "../../protocol/l10n.js";
import type { requests } from "../../protocol/requests/all.js";
import type { CallTotals } from "../../protocol/requests/calls.js";
import type { ParamsOf, ResultOf } from "../../protocol/requests/declare.js";
import { shortModuleName } from "../../protocol/module-names.js";
import { tagsOf, type Stage } from "../../protocol/stages.js";
import type { CratePlace } from "../../protocol/units.js";
import type { Call } from "./calls.js";
import { replayedRun } from "./replayed-run.js";
import { progressOf } from "./runs.js";
import type { ServerState } from "./state.js";
import { pathOf } from "./uris.js";

/** The most modules in one message of which something is not known. */
const SHOWN = 5;

export function explainCalls(
  state: ServerState,
  { run }: ParamsOf<typeof requests.explainCalls>,
  call: Call,
): Promise<ResultOf<typeof requests.explainCalls>> {
  const { workbench } = state;
  return workbench.use(async () => {
    const { source, choice, workspace } = await replayedRun(workbench, run);
    const options = { ...choice, before: true } as const;
    // Meanwhile. What cannot be prepared says why to whoever asks for it.
    void prepareRustFunctions().catch(() => undefined);
    const found = await explainCallsAndFates(workbench.core, source, options, { signal: call.signal, progress: progressOf(call) });
    const { places, stage } = await shapeOf(state, run);
    const index = new CallIndex(found.calls, workspace, found.before);
    const tree = new CallTree({ ...found, workspace, places });
    state.calls = {
      run,
      found,
      workspace,
      index,
      hierarchy: new CallHierarchy({ calls: found.calls, index, workspace, stage }),
      tree,
      functions: new FunctionLives({ ...found, workspace }),
    };
    void tree.prepare(() => state.calls?.tree === tree).catch(() => undefined);
    return totalsOf(found.calls);
  });
}

/** The crates of a run, and its last stage before the passes. */
function shapeOf(
  { workbench }: ServerState,
  run: string,
): Promise<{ readonly places: ReadonlyMap<string, CratePlace>; readonly stage: Stage }> {
  return workbench.subjects.use({ run }, async (open) => {
    const places = new Map((await open.rows()).map(({ crate, place }) => [crate, place]));
    return { places, stage: tagsOf(open.stages.pipeline).at(-2) ?? open.stages.pipeline.optimized };
  });
}

function totalsOf({ imports, calls, checked, notAvailable }: CallsReport): CallTotals {
  const times = (verdict: CallsReport["calls"][number]["verdict"]): number =>
    calls.filter((row) => row.verdict === verdict).reduce((sum, row) => sum + row.times, 0);
  return {
    imported: imports.filter(({ verdict }) => verdict === "imported").length,
    refused: imports.filter(({ verdict }) => verdict === "refused").length,
    inlined: times("inlined"),
    notInlined: times("not-inlined"),
    checked,
    notAvailable: notAvailable.slice(0, SHOWN).map(({ module, why }) => `${shortModuleName(module)}: ${why}`),
  };
}

export async function sourceCalls(
  { calls }: ServerState,
  { run, uri, text }: ParamsOf<typeof requests.sourceCalls>,
): Promise<ResultOf<typeof requests.sourceCalls>> {
  return calls?.run === run ? calls.index.of(pathOf(uri), text) : null;
}

export function callRows(
  { calls }: ServerState,
  { run, by, text, parent, ...range }: ParamsOf<typeof requests.callRows>,
): Promise<ResultOf<typeof requests.callRows>> {
  return Promise.resolve(calls?.run === run ? calls.tree.page({ by, text }, parent, range) : null);
}

/** A file in a language would differ from one that the command line writes, so it is in English. */
export async function exportCalls(
  { calls, version }: ServerState,
  { run, uri }: ParamsOf<typeof requests.exportCalls>,
): Promise<ResultOf<typeof requests.exportCalls>> {
  if (calls?.run !== run) return null;
  const { found, workspace } = calls;
  const log = inEnglish(() => sarifLog({ report: found.calls, inVain: found.fates.inVain, version, workspace }));
  await writeFileWhole(pathOf(uri), `${JSON.stringify(log)}\n`);
  return { results: log.runs[0].results.length };
}
