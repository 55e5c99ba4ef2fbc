/** Assembly of functions of runs, alone and beside another build's. */
import { compareAssembly as compare, explainAssembly } from "../../core/explain/asm/explain-assembly.js";
import { makeWhole } from "../../core/explain/asm/read-assembly.js";
import { isLtoError, messageOf } from "../../core/base/errors.js";
import type { ReplayedBuild } from "../../core/replay/open-units.js";
import type { Workbench } from "../../core/views/workbench.js";
import { assemblyView, comparisonView } from "../../core/views/assembly-view.js";
import { pipelineOf } from "../../protocol/pipelines.js";
import type { requests } from "../../protocol/requests/all.js";
import type { ParamsOf, ResultOf } from "../../protocol/requests/declare.js";
import type { Subject } from "../../protocol/uris.js";
import { functionsAt as find } from "../../core/views/functions-at.js";
import { isLaterBuild, type BuildMoment } from "./build-order.js";
import type { Call } from "./calls.js";
import { replayed, replayedRun, type ReplayedRun } from "./replayed-run.js";
import { progressOf } from "./runs.js";
import type { ServerState } from "./state.js";
import { pathOf } from "./uris.js";

export function assembly(
  state: ServerState,
  { run, symbol, module }: ParamsOf<typeof requests.assembly>,
  call: Call,
): Promise<ResultOf<typeof requests.assembly>> {
  const { workbench } = state;
  return workbench.use(async () => {
    const { core, openUnits } = workbench;
    const { source, choice, workspace } = await replayedRun(workbench, run);
    const build = { source, ...choice };
    const options = { function: symbol, module: module ?? null, raw: false, against: null };
    const shownAlone = (modules: readonly string[]): void => {
      makeWholeMeanwhile(state, build, modules);
    };
    // Fat LTO's module is the whole program, which is not generated unless somebody waits for it.
    const isProgram = source.kind === "unit" && !pipelineOf(source.unit.mode).keys;
    const hooks = { signal: call.signal, progress: progressOf(call), ...(isProgram ? { wholeNext: true } : { shownAlone }) };
    return assemblyView(await explainAssembly(core, openUnits.use, build, options, hooks), workspace);
  });
}

/** While the function is read, the rest of its modules is generated. If that is aborted, the next function is generated alone too. */
function makeWholeMeanwhile({ workbench, connection }: ServerState, build: ReplayedBuild, modules: readonly string[]): void {
  workbench
    .meanwhile((signal) => workbench.openUnits.use(build, { signal }, (open) => makeWhole(open, modules, signal)))
    .catch((error: unknown) => {
      if (!workbench.retired && !isLtoError(error, "Cancelled")) {
        connection.console.warn(`The assembly of whole modules was not kept: ${messageOf(error)}`);
      }
    });
}

export function compareAssembly(
  { workbench }: ServerState,
  { run, symbol, module, against }: ParamsOf<typeof requests.compareAssembly>,
  call: Call,
): Promise<ResultOf<typeof requests.compareAssembly>> {
  return workbench.use(async () => {
    const { core, openUnits } = workbench;
    const [own, other] = [await replayedRun(workbench, run), await replayed(workbench, against)];
    const builds = { build: { source: own.source, ...own.choice }, against: { source: other.source, ...other.choice } };
    const hooks = { signal: call.signal, progress: progressOf(call) };
    const compared = await compare(core, openUnits.use, builds, { function: symbol, module: module ?? null }, hooks);
    const isLater = isLaterBuild(await momentOf(workbench, { run }, own), await momentOf(workbench, against, other));
    const { pairs, ...found } = comparisonView(compared, { before: other.workspace, after: own.workspace });
    return { isLater, ...found, pairs: isLater ? pairs : pairs.map(({ name, left, right }) => ({ name, left: right, right: left })) };
  });
}

async function momentOf({ history }: Workbench, subject: Subject, { source }: ReplayedRun): Promise<BuildMoment> {
  return {
    capturedAt: source.kind === "unit" ? source.unit.capturedAt : null,
    startedAt: "run" in subject ? (await history.view(subject.run)).startedAt : null,
  };
}

export function functionsAt(
  { workbench }: ServerState,
  { run, uri, text, line }: ParamsOf<typeof requests.functionsAt>,
  call: Call,
): Promise<ResultOf<typeof requests.functionsAt>> {
  return workbench.use(async () => {
    const { source, choice } = await replayedRun(workbench, run);
    const hooks = { signal: call.signal, progress: progressOf(call) };
    const at = { file: pathOf(uri), text, line };
    return workbench.openUnits.use({ source, ...choice }, hooks, (open) => find(open, at, call.signal));
  });
}
