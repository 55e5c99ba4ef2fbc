/** One function of a run between the passes. */
import type { PassesOf } from "../../core/views/function-passes.js";
import type { requests } from "../../protocol/requests/all.js";
import type { ParamsOf, ResultOf } from "../../protocol/requests/declare.js";
import type { PassFunction } from "../../protocol/requests/passes.js";
import type { Call } from "./calls.js";
import { replayedRun } from "./replayed-run.js";
import { progressOf } from "./runs.js";
import type { ServerState } from "./state.js";

type Requests = typeof requests;

export function functionPasses(
  state: ServerState,
  params: ParamsOf<Requests["functionPasses"]>,
  call: Call,
): Promise<ResultOf<Requests["functionPasses"]>> {
  return state.workbench.use(() => state.workbench.passes.view(passesOf(state, params, call)));
}

export function passRuns(state: ServerState, params: ParamsOf<Requests["passRuns"]>, call: Call): Promise<ResultOf<Requests["passRuns"]>> {
  const { text, kind, changed, offset, limit } = params;
  return state.workbench.use(() => state.workbench.passes.runs(passesOf(state, params, call), { text, kind, changed, offset, limit }));
}

export function passStep(state: ServerState, params: ParamsOf<Requests["passStep"]>, call: Call): Promise<ResultOf<Requests["passStep"]>> {
  return state.workbench.use(() => state.workbench.passes.step(passesOf(state, params, call), params));
}

export function passMaker(
  state: ServerState,
  params: ParamsOf<Requests["passMaker"]>,
  call: Call,
): Promise<ResultOf<Requests["passMaker"]>> {
  return state.workbench.use(() => state.workbench.passes.maker(passesOf(state, params, call), params));
}

export function passTexts(
  state: ServerState,
  params: ParamsOf<Requests["passTexts"]>,
  call: Call,
): Promise<ResultOf<Requests["passTexts"]>> {
  return state.workbench.use(() => state.workbench.passes.texts(passesOf(state, params, call), params));
}

function passesOf({ workbench }: ServerState, { run, module, symbol }: PassFunction, call: Call): PassesOf {
  const build = async (): Promise<Awaited<ReturnType<PassesOf["build"]>>> => {
    const { source, choice } = await replayedRun(workbench, run);
    return { source, ...choice };
  };
  return { run, module, symbol, build, hooks: { signal: call.signal, progress: progressOf(call) } };
}
