/**
 * Stages by tag and by the user's spelling. Only src/protocol/pipelines.ts defines stages; the functions here take the pipelines to search, so that
 * they also work with lists that have other stages.
 */
import { ALL_PIPELINES, pipelineOf, PIPELINES, type LtoMode, type Pipeline, type Stage, type StageInfo } from "./pipelines.js";

export type { LtoMode, Stage } from "./pipelines.js";

/** The tags of a pipeline, in the order in which the engine makes the stages. */
export function tagsOf({ stages }: Pick<Pipeline, "stages">): readonly Stage[] {
  return stages.map(({ tag }) => tag);
}

/** The tags of thin LTO's stages, in the engine's order. */
export const THIN_STAGES = tagsOf(PIPELINES.thin);

/** The tags of fat LTO's stages. */
export const FAT_STAGES = tagsOf(PIPELINES.fat);

/** The stages that a mode of LTO has, in order. */
export function stagesOf(mode: LtoMode): readonly Stage[] {
  return tagsOf(pipelineOf(mode));
}

/** All stages of the given pipelines, without duplicates. */
export function allStages(pipelines: readonly Pipeline[] = ALL_PIPELINES): readonly StageInfo[] {
  const byTag = new Map<Stage, StageInfo>();
  for (const { stages } of pipelines) for (const info of stages) if (!byTag.has(info.tag)) byTag.set(info.tag, info);
  return [...byTag.values()];
}

/** The definition of a stage; undefined: no pipeline has it. */
export function stageInfo(tag: Stage, pipelines: readonly Pipeline[] = ALL_PIPELINES): StageInfo | undefined {
  for (const { stages } of pipelines) {
    const info = stages.find((one) => one.tag === tag);
    if (info !== undefined) return info;
  }
  return undefined;
}

/** The pipeline with this stage; undefined: none has it. */
export function pipelineWith(tag: Stage, pipelines: readonly Pipeline[] = ALL_PIPELINES): Pipeline | undefined {
  return pipelines.find(({ stages }) => stages.some((one) => one.tag === tag));
}

/** The stage before another in a pipeline; undefined: there is none. */
export function stageBefore(tag: Stage, { stages }: Pick<Pipeline, "stages">): Stage | undefined {
  return stages[stages.findIndex((one) => one.tag === tag) - 1]?.tag;
}

/** "Import": a stage in the user interface. */
export function stageLabel(tag: Stage, pipelines?: readonly Pipeline[]): string {
  return stageInfo(tag, pipelines)?.label ?? tag;
}

/** "import": a stage on the command line. */
export function stageShort(tag: Stage, pipelines?: readonly Pipeline[]): string {
  return stageInfo(tag, pipelines)?.short ?? tag;
}

/**
 * Reads a stage as the user spells it: rustc's tag, or the short spelling in the given pipeline.
 *
 * @returns undefined if it has no such stage
 */
export function parseStage(text: string, { stages }: Pick<Pipeline, "stages">): Stage | undefined {
  return stages.find(({ tag, short }) => tag === text || short === text)?.tag;
}
