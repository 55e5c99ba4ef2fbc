/** Finds the module on which LLVM crashed while it analysed all modules together. */
import type { AnalyzeParams } from "../../protocol/engine/analysis.js";
import { pipelineOf } from "../../protocol/pipelines.js";
import type { EngineClient } from "../engine/client.js";
import { isLtoError, LtoError, throwIfCancelled } from "../base/errors.js";

/**
 * Analyses the parts of a unit one by one to find the one that crashes LLVM.
 *
 * @returns a crash error that names file and module if a single part crashes on its own; otherwise the error itself
 */
export async function nameCulprit(error: unknown, engine: EngineClient, params: AnalyzeParams, signal?: AbortSignal): Promise<unknown> {
  if (!isLtoError(error, "EngineCrashed")) return error;
  for (const part of partsOf(params)) {
    throwIfCancelled(signal, "The analysis");
    if (!(await crashes(engine, part.params, signal))) continue;
    return new LtoError({
      ...error.report,
      message: `${part.file}: LLVM crashed while it analysed ${part.module ?? "a member of this archive"}. ${error.report.message}`,
      file: part.file,
      ...(part.module === undefined ? {} : { module: part.module }),
      stage: error.report.stage ?? "analysis",
      help: "The bitcode is probably damaged: `lto-inspector store --check` checks captures, and `lto-inspector capture` replaces a damaged one. Nothing else is affected, and the next command starts a new engine.",
    });
  }
  return error;
}

interface Part {
  readonly file: string;
  readonly module?: string;
  readonly params: AnalyzeParams;
}

function* partsOf(params: AnalyzeParams): Generator<Part> {
  const alone = {
    ...params,
    mode: pipelineOf(params.mode).command,
    incremental: false,
    previousKeysFile: null,
    keysFile: null,
  };
  for (const [index, module] of params.local.entries()) {
    yield { file: module.file, module: module.name, params: { ...alone, unit: `${params.unit}/${index}`, local: [module], upstream: [] } };
  }
  for (const [index, archive] of params.upstream.entries()) {
    yield { file: archive.file, params: { ...alone, unit: `${params.unit}/u${index}`, local: [], upstream: [archive] } };
  }
}

async function crashes(engine: EngineClient, params: AnalyzeParams, signal?: AbortSignal): Promise<boolean> {
  try {
    await engine.request("analyze", params, signal);
    await engine.attempt("release", { unit: params.unit });
    return false;
  } catch (error) {
    if (isLtoError(error, "Cancelled")) throw error;
    // Other errors, such as a part with nothing to analyse, are not crashes.
    return isLtoError(error, "EngineCrashed");
  }
}
