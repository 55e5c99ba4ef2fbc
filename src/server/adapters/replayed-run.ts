/** What runs and captures are replayed from, for requests that replay them or read a capture. */
import { PRODUCERS } from "../../core/producers/registry.js";
import type { ReplayedBuild } from "../../core/replay/open-units.js";
import type { ReplayChoice } from "../../core/replay/producer.js";
import type { Workbench } from "../../core/views/workbench.js";
import type { Subject } from "../../protocol/uris.js";
import { notARun } from "./runs.js";

export interface ReplayedRun extends Pick<ReplayedBuild, "source"> {
  /** The LLVM and the overrides of the run. */
  readonly choice: ReplayChoice;
  /** The folder that relative paths of debug info start at; empty: not known. */
  readonly workspace: string;
}

/** @throws LtoError NothingToInspect for a run that does not record its inputs, and UnknownRun, UnknownUnit, UnreadableFile */
export async function replayedRun({ core, history }: Workbench, run: string): Promise<ReplayedRun> {
  const origin = await history.origin(run);
  if (origin === undefined) throw notARun(run);
  const source = await PRODUCERS.sourceOfRun(core.layout, origin);
  const { llvm, overrides } = origin;
  return { source, choice: { llvm, overrides }, workspace: workspaceOf(source) };
}

/** A run, or a capture with its own settings. @throws as {@link replayedRun} */
export async function replayed(workbench: Workbench, subject: Subject): Promise<ReplayedRun> {
  if ("run" in subject) return replayedRun(workbench, subject.run);
  const source = PRODUCERS.sourceOf(await PRODUCERS.unitNamed(workbench.core.layout, subject.unit));
  return { source, choice: { llvm: workbench.settings.libLLVM, overrides: {} }, workspace: workspaceOf(source) };
}

function workspaceOf(source: ReplayedBuild["source"]): string {
  return source.kind === "unit" ? source.unit.workspace : "";
}
