/** Runs, verifications and their history. */
import { PRODUCERS } from "../../core/producers/registry.js";
import { excerpt } from "../../core/store/run-view.js";
import { bytesMade } from "../../core/views/stage-totals.js";
import { pageOf } from "../../core/views/module-rows.js";
import { sourceOfRef } from "../../core/views/named-source.js";
import type { RunProgress } from "../../core/replay/each-module.js";
import { defaultOptions, runCommand } from "../../core/replay/run-command.js";
import { RecordedRun } from "../../core/verify/recorded-run.js";
import { verifyUnit } from "../../core/verify/verify.js";
import { LtoError, reportOf } from "../../core/base/errors.js";
import * as l10n from "../../protocol/l10n.js";
import { DEFAULT_COMMAND, pipelineOf } from "../../protocol/pipelines.js";
import { parseCaptureRef } from "../../protocol/refs.js";
import { outcomeOf } from "../../protocol/verification.js";
import { timeLeft } from "../../protocol/words.js";
import { shortModuleName } from "../../protocol/module-names.js";
import { stageLabel } from "../../protocol/stages.js";
import type { LtoErrorReport } from "../../protocol/errors.js";
import type { RunReport, VerifyReport } from "../../protocol/runs.js";
import type { requests } from "../../protocol/requests/all.js";
import type { ParamsOf, ResultOf } from "../../protocol/requests/declare.js";
import type { ThinChoice } from "../../protocol/requests/runs.js";
import type { Page, RunView, VerifyView } from "../../protocol/views.js";
import type { Call } from "./calls.js";
import type { ServerState } from "./state.js";
import { pathOf } from "./uris.js";

/** The most warnings of a run to log; its report has all of them. */
const LOGGED = 200;

/** The most differences and warnings in one message. */
const SHOWN = 100;

/** Runs LTO in the mode of the unit's build; plain files get thin LTO unless the request names fat LTO. */
export async function thin(state: ServerState, { source, llvm, analyzeOnly }: ThinChoice, call: Call): Promise<RunView> {
  const { workbench } = state;
  return workbench.use(async () => {
    await workbench.stopMeanwhile();
    const { core, history, subjects } = workbench;
    const from = "unit" in source ? await sourceOfRef(core.layout, source.unit) : await PRODUCERS.sourceOfPaths(source.files.map(pathOf));
    let id = "";
    const named = "files" in source ? source.mode : undefined;
    const pipeline = pipelineOf(from.kind === "unit" ? from.unit.mode : (named ?? DEFAULT_COMMAND));
    const options = { ...defaultOptions(pipeline.command), llvm: llvm ?? state.settings.libLLVM, analyzeOnly: analyzeOnly === true };
    const report = await runCommand(core, pipeline.command, from, options, {
      signal: call.signal,
      started: (run) => (id = run),
      progress: progressOf(call),
    });
    subjects.add(id, await history.origin(id), report);
    return ended(state, id, report);
  });
}

/** Keeps the store below its quota, logs the run, and returns what is shown of it. */
async function ended({ workbench, connection, names }: ServerState, id: string, report: RunReport): Promise<RunView> {
  void workbench.keepQuota(bytesMade(report));
  const view = await workbench.history.view(id);
  names.find([view]);
  const pipeline = pipelineOf(view.unit.mode);
  connection.console.info(`${pipeline.title} of ${view.unit.name}: ${view.headline}, in ${view.millis ?? 0} ms.`);
  if (report.llvmOutput !== undefined) connection.console.info(`${view.unit.name}: LLVM's output is in ${report.llvmOutput.file}.`);
  for (const warning of report.warnings.slice(0, LOGGED)) connection.console.warn(`${view.unit.name}: ${warning}`);
  return view;
}

export function beginRun(state: ServerState, { unit }: ParamsOf<typeof requests.beginRun>): Promise<ResultOf<typeof requests.beginRun>> {
  const { workbench } = state;
  return workbench.use(async () => {
    await workbench.stopMeanwhile();
    const source = await sourceOfRef(workbench.core.layout, unit);
    const begun = source.kind === "unit" ? await RecordedRun.begin(workbench.core, source, state.settings.libLLVM) : undefined;
    if (begun === undefined) return { run: null };
    workbench.begun.set(begun.id, begun);
    return { run: await workbench.history.view(begun.id) };
  });
}

export function completeRun(
  state: ServerState,
  { run: id }: ParamsOf<typeof requests.completeRun>,
  call: Call,
): Promise<ResultOf<typeof requests.completeRun>> {
  const { workbench } = state;
  return workbench.use(async () => {
    const begun = workbench.begun.get(id);
    if (begun === undefined) throw notBegun(id);
    workbench.begun.delete(id);
    let keysKept = (): void => undefined;
    workbench.keysComing.set(id, new Promise((resolve) => (keysKept = resolve)));
    try {
      const hooks = { signal: call.signal, progress: progressOf(call), keysKept };
      const { report, verification } = await begun.complete(hooks);
      workbench.subjects.add(id, await workbench.history.origin(id), report);
      return { run: await ended(state, id, report), verification: viewOf(verification) };
    } finally {
      workbench.keysComing.delete(id);
      keysKept();
      // Whatever the result: units and runs show what is known now.
      state.changed({ units: true, runs: true });
    }
  });
}

function notBegun(id: string): LtoError {
  return new LtoError({
    name: "UnknownRun",
    message: `The run ${id} was not started here, or it was completed already.`,
    help: "Run thin LTO again.",
  });
}

export async function verify(state: ServerState, { unit, background }: ParamsOf<typeof requests.verify>, call: Call): Promise<VerifyView> {
  const { workbench } = state;
  return workbench.use(async () => {
    const { core } = workbench;
    const named = PRODUCERS.sourceOf(await PRODUCERS.unitNamed(core.layout, unit));
    const engines = background === true ? core.engines.inBackground() : undefined;
    try {
      const hooks = { signal: call.signal, progress: progressOf(call) };
      // Nobody asked for code generation, which takes nearly as long as the passes.
      const options = { llvm: state.settings.libLLVM, machineCode: background !== true };
      return viewOf(await verifyUnit(engines === undefined ? core : { ...core, engines }, named, options, hooks));
    } finally {
      await engines?.close();
      // Whatever the result: units and runs show what is known now.
      state.changed({ units: true, runs: true });
    }
  });
}

function viewOf(report: VerifyReport): VerifyView {
  const { llvm, stages, keys, decisions, preservedSymbols, objects, binary, linked = null, different, warnings } = report;
  const outcome = outcomeOf(report);
  return {
    ...{ unit: report.unit, llvm, outcome, verified: outcome === "verified", stages, keys, decisions, preservedSymbols, linked },
    ...(objects === undefined ? {} : { objects }),
    ...(binary === undefined ? {} : { binary }),
    different: excerpt(different, SHOWN),
    warnings: excerpt(warnings, SHOWN),
  };
}

export async function listRuns(state: ServerState, params: ParamsOf<typeof requests.runs>): Promise<Page<RunView>> {
  const { workbench, names } = state;
  const { unit, scope } = params;
  // First what can take long, so that the list is that of now.
  const isOwn = scope === undefined ? () => true : await workbench.catalog.ownRuns();
  const runs = await workbench.history.list();
  const isOf = ({ source, unit: { id } }: RunView): boolean =>
    unit === undefined || id === unit || parseCaptureRef(id)?.id === unit || ("unit" in source && source.unit === unit);
  const chosen = runs.filter((run) => isOf(run) && isOwn(run) === (scope !== "elsewhere"));
  const page = pageOf([...chosen.filter(({ pinned }) => pinned), ...chosen.filter(({ pinned }) => !pinned)], params);
  if (scope !== "elsewhere") names.find(page.rows);
  return page;
}

export async function noteRun(
  state: ServerState,
  { run, ...notes }: ParamsOf<typeof requests.noteRun>,
): Promise<ResultOf<typeof requests.noteRun>> {
  const { history } = state.workbench;
  await history.note(run, notes);
  return history.view(run);
}

export async function deleteRuns(
  state: ServerState,
  { runs }: ParamsOf<typeof requests.deleteRuns>,
): Promise<ResultOf<typeof requests.deleteRuns>> {
  const { workbench } = state;
  const { history, deleted: restorable } = workbench;
  const deleted: string[] = [];
  let failed: LtoErrorReport | null = null;
  for (const run of runs) {
    try {
      await history.delete(run);
      restorable.add(run);
      deleted.push(run);
    } catch (error) {
      failed ??= reportOf(error, `Deleting the run ${run}`);
    }
  }
  workbench.forgetOpen();
  return { deleted, failed };
}

export async function restoreRuns(
  { workbench }: ServerState,
  { runs }: ParamsOf<typeof requests.restoreRuns>,
): Promise<ResultOf<typeof requests.restoreRuns>> {
  for (const run of runs) {
    await workbench.history.restore(run);
    workbench.deleted.delete(run);
  }
  return {};
}

export async function purgeRuns(
  { workbench }: ServerState,
  { runs }: ParamsOf<typeof requests.purgeRuns>,
): Promise<ResultOf<typeof requests.purgeRuns>> {
  await workbench.history.purge(runs);
  for (const run of runs) workbench.deleted.delete(run);
  return {};
}

export async function removeRun(state: ServerState, { run }: ParamsOf<typeof requests.removeRun>): Promise<Record<string, never>> {
  await state.workbench.history.remove(run);
  state.workbench.forgetOpen();
  return {};
}

/** @throws LtoError NothingToInspect if a subject is not a run */
export function notARun(name: string): LtoError {
  return new LtoError({ name: "NothingToInspect", message: `${name} was not run.`, help: "Run thin LTO first." });
}

/** Progress by the work that is done, with the time left once it can be told. */
export function progressOf(call: Call): (progress: RunProgress) => void {
  const from = performance.now();
  return (progress) => {
    if (progress.kind === "opening") {
      call.report(l10n.t("Analysing"), 0);
      return;
    }
    const { done, total, module, share } = progress;
    const stage = progress.kind === "stage" ? ` · ${stageLabel(progress.stage)}` : "";
    const left = timeLeft((performance.now() - from) / 1000, share);
    call.report(`${l10n.t("{0} of {1}", done, total)}: ${shortModuleName(module)}${stage}${left}`, 100 * share);
  };
}
