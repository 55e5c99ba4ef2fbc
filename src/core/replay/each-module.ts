/** The loop over the modules of an open unit, shared by runs and verifications: disk space, order, progress, cancellation, and attribution of errors. */
import type { AnalyzedModule } from "../../protocol/engine/analysis.js";
import type { LtoErrorReport } from "../../protocol/errors.js";
import type { Stage } from "../../protocol/stages.js";
import { estimateBytes, requireSpace } from "../base/disk-space.js";
import { endsTheRun, reportOf, throwIfCancelled } from "../base/errors.js";
import { workThrough } from "../base/work-list.js";
import type { CoreContext } from "../engine/core-context.js";
import { expectedCosts, longestFirst } from "./expected-cost.js";
import type { OpenUnit } from "./open.js";

/** Progress of a run. */
export type RunProgress =
  | { readonly kind: "opening" }
  | (ModuleProgress & { readonly kind: "stage"; readonly stage: Stage })
  | (ModuleProgress & { readonly kind: "module" });

interface ModuleProgress {
  readonly module: string;
  /** Modules. */
  readonly done: number;
  readonly total: number;
  /** The work that is done, from 0 to 1: modules count by their expected cost. */
  readonly share: number;
}

export interface RunHooks {
  readonly progress?: (progress: RunProgress) => void;
  /** For a run that the store keeps: called with its id once its inputs are accepted. */
  readonly started?: (run: string) => void;
  /** Called once the run has stored the components of its keys, which explain it: before its stages are made. */
  readonly keysKept?: () => void;
  /** Called with LLVM's output if its arguments ask for any: whole lines, with a heading per module. */
  readonly printed?: (text: string) => void;
  readonly signal?: AbortSignal;
}

/** What a loop over modules runs on. */
export interface ModuleLoop {
  readonly core: CoreContext;
  readonly open: OpenUnit;
  readonly hooks: RunHooks;
  /** The subject of the cancellation message, such as "The run". */
  readonly what: string;
  /** The verb of a module's error message, such as "Optimising". */
  readonly doing: string;
  /** Whether the store has what is made of a module, which then takes no time. */
  readonly isKept?: (module: string) => boolean;
  /** Modules processed in parallel; default: the engine's number of threads. */
  readonly workers?: number;
}

/** The work for each module. */
export interface ModuleWork<T> {
  /** An error of this module alone goes to `failed`; any other ends the loop. */
  readonly make: (module: AnalyzedModule, worker: number) => Promise<T>;
  /** Any error here ends the loop. */
  readonly made?: (module: AnalyzedModule, made: T) => Promise<void>;
  readonly failed: (module: AnalyzedModule, error: LtoErrorReport) => Promise<void> | void;
}

/**
 * Processes modules, the longest first, so that no long one runs alone at the end. The result does not depend on the order.
 *
 * @throws LtoError Cancelled, and every error that does not concern a single module
 */
export async function eachModule<T>(loop: ModuleLoop, modules: readonly AnalyzedModule[], work: ModuleWork<T>): Promise<void> {
  const { core, open, hooks, workers = core.engines.threads } = loop;
  const costs = expectedCosts(modules, await earlierTimes(open), loop.isKept);
  const ordered = longestFirst(modules, costs);
  const costOf = ({ name }: AnalyzedModule): number => costs.get(name) ?? 0;
  const total = ordered.length;
  const allCosts = ordered.reduce((sum, module) => sum + costOf(module), 0);
  let [done, doneCosts] = [0, 0];
  // Sums of fractions can be off by a little.
  const progress = () => ({ done, total, share: done === total ? 1 : Math.min(1, doneCosts / Math.max(Number.MIN_VALUE, allCosts)) });
  const quiet = open.engine.onProgress(({ unit, module, stage }) => {
    if (unit === open.analyzed.unit) hooks.progress?.({ kind: "stage", module, stage, ...progress() });
  });
  const one = async (module: AnalyzedModule, worker: number): Promise<void> => {
    throwIfCancelled(hooks.signal, loop.what);
    await attempt(loop, module, worker, work);
    done += 1;
    doneCosts += costOf(module);
    hooks.progress?.({ kind: "module", module: module.name, ...progress() });
  };
  try {
    await workThrough(ordered, workers, one);
  } finally {
    quiet();
    await open.times.keep();
  }
}

/** Where LLVM prints, the modules' order is that of the output, which must not depend on earlier runs. */
async function earlierTimes({ prints, times }: OpenUnit): Promise<ReadonlyMap<string, number>> {
  return prints ? new Map() : times.all();
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

/** The modules that have stages: in fat LTO, only the base module. */
export function withStages(modules: readonly AnalyzedModule[]): readonly AnalyzedModule[] {
  return modules.filter((module) => module.reason !== "linked-into-base");
}

/**
 * Checks that a folder's disk has space for the stages of some modules.
 *
 * @param stages the number of stages per module
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

/** The approximate size of a module's stages: the base module of fat LTO contains all others. */
function stageBytes(module: AnalyzedModule, modules: readonly AnalyzedModule[]): number {
  if (module.reason !== "base-module") return module.bytes;
  return modules.reduce((sum, { bytes }) => sum + bytes, 0);
}
