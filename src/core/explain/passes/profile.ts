/** `profile`: where the time and the memory of LTO go, from the traces of all modules and the times of their stages. */
import type { AnalyzedModule } from "../../../protocol/engine/analysis.js";
import { shortModuleName } from "../../../protocol/module-names.js";
import { pipelineOf } from "../../../protocol/pipelines.js";
import type { ProfileReport } from "../../../protocol/profile.js";
import type { Timing } from "../../../protocol/runs.js";
import { tagsOf } from "../../../protocol/stages.js";
import type { CoreContext } from "../../engine/core-context.js";
import { isLtoError } from "../../base/errors.js";
import { eachModule, withStages } from "../../replay/each-module.js";
import type { OpenUnit } from "../../replay/open.js";
import type { ReplayedBuild, UseHooks, UseUnit } from "../../replay/open-units.js";
import { withoutCopy } from "../calls/chosen.js";
import { Names } from "../rebuild/readable.js";
import { attributed, type ProfiledModule } from "./attribution.js";
import type { ExportedModule } from "./exports.js";
import type { NameOf } from "./rows.js";
import { TimeLimit } from "./time-limit.js";
import { moduleNamed, PassTraces } from "./traces.js";

export interface ProfileOptions {
  /** null: all modules. */
  readonly module: string | null;
  /** Rows of the lists of functions. */
  readonly top: number;
  /** In seconds; absent or null: none. Modules that are not traced by then are listed with what was in progress. */
  readonly timeLimit?: number | null;
}

export interface Profile {
  readonly report: ProfileReport;
  /** For exports. */
  readonly modules: readonly ExportedModule[];
  readonly nameOf: NameOf;
}

/**
 * Traces all modules of a unit, or one. A module that cannot be traced is listed with the reason.
 *
 * @throws LtoError UnknownModule; what opening a unit can throw; Cancelled, FilesChanged, DiskFull
 */
export function profileUnit(
  core: CoreContext,
  use: UseUnit,
  build: ReplayedBuild,
  options: ProfileOptions,
  hooks: UseHooks = {},
): Promise<Profile> {
  return use(build, hooks, async (open) => {
    const only = options.module === null ? null : moduleNamed(open, options.module);
    const chosen = withStages(open.analyzed.result.modules).filter(({ name }) => only === null || name === only);
    const { profiled, notAvailable } = await measured(core, open, chosen, options.timeLimit ?? null, hooks);
    const names = new Names(open.engine, hooks.signal);
    await names.learn(profiled.flatMap(({ trace }) => trace?.functions ?? []));
    const nameOf = (symbol: string): string => withoutCopy(names.of(symbol));
    const found = attributed(profiled, nameOf, options.top);
    const report: ProfileReport = {
      schema: 1,
      command: "profile",
      unit: { id: open.inputs.unit.id, name: open.inputs.unit.name },
      module: only,
      analysisMillis: spanOf(open.analyzed.result.timings),
      ...found,
      notAvailable,
      warnings: [...open.warnings],
    };
    const times = new Map(found.modules.map((time) => [time.module, time]));
    const modules = profiled.flatMap((one) => {
      const time = times.get(one.module);
      return time === undefined ? [] : [{ measured: one, time }];
    });
    return { report, modules, nameOf };
  });
}

interface Measured {
  readonly profiled: readonly ProfiledModule[];
  readonly notAvailable: ProfileReport["notAvailable"];
}

async function measured(
  core: CoreContext,
  open: OpenUnit,
  modules: readonly AnalyzedModule[],
  timeLimit: number | null,
  hooks: UseHooks,
): Promise<Measured> {
  const traces = new PassTraces(open);
  const limit = new TimeLimit(open.engine, timeLimit, hooks.signal);
  const profiled = new Map<string, ProfiledModule>();
  const notAvailable: { module: string; why: string }[] = [];
  const stages = tagsOf(pipelineOf(open.inputs.mode));
  await traces.lookUp(
    modules.map(({ name }) => name),
    hooks.signal,
  );
  try {
    await eachModule({ core, open, hooks, what: "Profiling", doing: "Tracing the passes of" }, modules, {
      make: async ({ name, crate }) => {
        try {
          const made = await open.maker.make(name, stages, limit.signal);
          const one = { module: name, name: shortModuleName(name), crate, stages: made.stages, trace: null };
          profiled.set(name, one);
          return { ...one, trace: await traces.of(name, limit.signal, made.stages.at(-1)) };
        } catch (error) {
          const isLimit = limit.reached && hooks.signal?.aborted !== true && isLtoError(error, "Cancelled");
          throw isLimit ? limit.errorFor(name) : error;
        }
      },
      made: ({ name }, one) => {
        profiled.set(name, one);
        return Promise.resolve();
      },
      failed: ({ name }, { message }) => {
        notAvailable.push({ module: name, why: message });
      },
    });
  } finally {
    limit.end();
    // What was made so far is kept, unless the inputs have changed.
    await traces.settle().catch(() => undefined);
  }
  return { profiled: modules.flatMap(({ name }) => profiled.get(name) ?? []), notAvailable };
}

/** From the first activity to the end of the last one. */
function spanOf(timings: readonly Timing[]): number {
  if (timings.length === 0) return 0;
  const begin = Math.min(...timings.map(({ startMicros }) => startMicros));
  const end = Math.max(...timings.map(({ startMicros, durationMicros }) => startMicros + durationMicros));
  return (end - begin) / 1000;
}
