/** The loop over the modules of an open unit, which a run and a verification share: room on the disk, order, progress, cancelling, and whose an error is. */
import type { AnalyzedModule } from "../../protocol/engine/analysis.js";
import type { LtoErrorReport } from "../../protocol/errors.js";
import type { Stage } from "../../protocol/stages.js";
import { estimateBytes, requireSpace } from "../base/disk-space.js";
import { endsTheRun, reportOf, throwIfCancelled } from "../base/errors.js";
import { workThrough } from "../base/work-list.js";
import type { Core } from "../engine/core.js";
import type { OpenUnit } from "./open.js";

/** What is reported while a run goes on. */
export type RunProgress =
  | { readonly kind: "opening" }
  | { readonly kind: "stage"; readonly module: string; readonly stage: Stage; readonly done: number; readonly total: number }
  | { readonly kind: "module"; readonly module: string; readonly done: number; readonly total: number };

export interface RunHooks {
  readonly progress?: (progress: RunProgress) => void;
  /** Of a run that is kept: called with its id when its inputs have been accepted. */
  readonly started?: (run: string) => void;
  /** Called with what LLVM prints because its arguments ask for it: whole lines, a heading before those of each module. */
  readonly printed?: (text: string) => void;
  readonly signal?: AbortSignal;
}

/** What is gone through. */
export interface ModuleLoop {
  readonly core: Core;
  readonly open: OpenUnit;
  readonly hooks: RunHooks;
  /** "The run", in what is said of a cancellation. */
  readonly what: string;
  /** "Optimising", of one module, in what is said of a fault. */
  readonly doing: string;
  /** Modules processed in parallel; default: the engine's number of threads. */
  readonly workers?: number;
}

/** What is done with each module. */
export interface ModuleWork<T> {
  /** An error of it that is this module's alone goes to `failed`; any other ends the loop. */
  readonly make: (module: AnalyzedModule, worker: number) => Promise<T>;
  /** Every error of it ends the loop. */
  readonly made?: (module: AnalyzedModule, made: T) => Promise<void>;
  readonly failed: (module: AnalyzedModule, error: LtoErrorReport) => Promise<void> | void;
}

/**
 * Works through modules, the biggest first, so that none of them is left for last; what comes out does not depend on the order.
 *
 * @throws LtoError Cancelled, and every error that is not a single module's
 */
export async function eachModule<T>(loop: ModuleLoop, modules: readonly AnalyzedModule[], work: ModuleWork<T>): Promise<void> {
  const { core, open, hooks, workers = core.engines.threads } = loop;
  const ordered = [...modules].sort((left, right) => right.bytes - left.bytes);
  const total = ordered.length;
  let done = 0;
  const quiet = open.engine.onProgress(({ unit, module, stage }) => {
    if (unit === open.analyzed.unit) hooks.progress?.({ kind: "stage", module, stage, done, total });
  });
  const one = async (module: AnalyzedModule, worker: number): Promise<void> => {
    throwIfCancelled(hooks.signal, loop.what);
    await attempt(loop, module, worker, work);
    done += 1;
    hooks.progress?.({ kind: "module", module: module.name, done, total });
  };
  try {
    await workThrough(ordered, workers, one);
  } finally {
    quiet();
  }
}

async function attempt<T>({ doing }: ModuleLoop, module: AnalyzedModule, worker: number, work: ModuleWork<T>): Promise<void> {
  let made: T;
  try {
    made = await work.make(module, worker);
  } catch (error) {
    if (endsTheRun(error)) throw error;
    await work.failed(module, reportOf(error, `${doing} ${module.name}`));
    return;
  }
  await work.made?.(module, made);
}

/** Those that have stages of their own: of fat LTO the base module alone. */
export function withStages(modules: readonly AnalyzedModule[]): readonly AnalyzedModule[] {
  return modules.filter((module) => module.reason !== "linked-into-base");
}

/**
 * Whether a folder's disk has room for stages of some modules.
 *
 * @param stages how many of each
 * @throws LtoError DiskFull
 */
export async function requireRoom(
  folder: string,
  { analyzed }: OpenUnit,
  modules: readonly AnalyzedModule[],
  stages: number,
): Promise<void> {
  const sizes = modules.map((module) => stageBytes(module, analyzed.result.modules));
  await requireSpace(folder, estimateBytes(sizes, stages));
}

/** About the size of a module's stages: the base module of fat LTO holds all others. */
function stageBytes(module: AnalyzedModule, modules: readonly AnalyzedModule[]): number {
  if (module.reason !== "base-module") return module.bytes;
  return modules.reduce((sum, { bytes }) => sum + bytes, 0);
}
