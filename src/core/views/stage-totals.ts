/** The totals of each stage of a run over all modules. */
import type { RunReport } from "../../protocol/runs.js";
import { pipelineOf, type Pipeline } from "../../protocol/pipelines.js";
import type { StageTotal } from "../../protocol/views.js";

/** @param wanted names of the modules to count; undefined: all */
export function stageTotals(
  report: RunReport,
  wanted?: ReadonlySet<string>,
  pipeline: Pipeline = pipelineOf(report.unit.mode),
): StageTotal[] {
  const modules = wanted === undefined ? report.modules : report.modules.filter(({ name }) => wanted.has(name));
  return pipeline.stages.map(({ tag: stage, label }, index) => {
    const total = { modules: 0, instructions: 0, functions: 0, bytes: 0, changed: 0 };
    const time = { millis: 0, kept: 0 };
    for (const { stages, fromStore } of modules) {
      const made = stages.find((candidate) => candidate.stage === stage);
      if (made === undefined) continue;
      total.modules += 1;
      total.instructions += made.instructions;
      total.functions += made.functions;
      total.bytes += made.bytes;
      time.millis += fromStore ? 0 : made.millis;
      time.kept += fromStore ? 1 : 0;
      total.changed += index > 0 && !made.sameAsPrevious ? 1 : 0;
    }
    return { stage, label, ...total, time };
  });
}

/** The most bytes that a run can have added to the store; equal stages are stored once. */
export function bytesMade({ modules }: RunReport): number {
  const made = modules.filter(({ fromStore }) => !fromStore).flatMap(({ stages }) => stages);
  return made.reduce((sum, { bytes, sameAsPrevious }) => sum + (sameAsPrevious ? 0 : bytes), 0);
}
