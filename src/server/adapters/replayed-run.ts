/** What a run was made from, for requests that replay it or read its capture. */
import { PRODUCERS } from "../../core/producers/registry.js";
import type { LtoSource, ReplayChoice } from "../../core/replay/producer.js";
import type { Workbench } from "../../core/views/workbench.js";
import { notARun } from "./runs.js";

export interface ReplayedRun {
  readonly source: LtoSource;
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
  return { source, choice: { llvm, overrides }, workspace: source.kind === "unit" ? source.unit.workspace : "" };
}
