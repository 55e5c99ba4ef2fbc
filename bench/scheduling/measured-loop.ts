/** One run over all modules, with the time that each kept its worker busy. */
import type { AnalyzedModule } from "../../src/protocol/engine/analysis.js";
import type { Timing } from "../../src/protocol/runs.js";
import { stagesOf } from "../../src/protocol/stages.js";
import { closeCore, createCore } from "../../src/core/engine/core-context.js";
import { eachModule, withStages } from "../../src/core/replay/each-module.js";
import { openUnit } from "../../src/core/replay/open.js";
import type { LtoSource } from "../../src/core/replay/producer.js";
import { BenchFailure } from "../lib/failure.js";

export interface MeasuredModule {
  readonly module: AnalyzedModule;
  readonly start: number;
  /** From then until its worker is free for the next, which now and then includes writing the records of many modules. */
  readonly millis: number;
  /** The engine's own timings, from its first activity to its last. */
  readonly engineMillis: number;
}

export interface MeasuredLoop {
  /** In the order in which they were started. */
  readonly modules: readonly MeasuredModule[];
  /** From the start of the first to the end of the last. */
  readonly millis: number;
  /** What was known of earlier runs. */
  readonly earlier: ReadonlyMap<string, number>;
}

/** @param store its stages must be missing, or the modules would only be looked up */
export async function measuredLoop(store: string, source: LtoSource, workers: number): Promise<MeasuredLoop> {
  const core = createCore({ storeRoot: store, threads: workers });
  try {
    const overrides = source.kind === "unit" ? {} : { preserve: ["main"] };
    const open = await openUnit(core, source, { llvm: source.kind === "unit" ? "auto" : "system", overrides, keysFile: null });
    const earlier = await open.times.all();
    const begun = new Map<string, number>();
    const modules: MeasuredModule[] = [];
    let end = 0;
    await eachModule({ core, open, hooks: {}, what: "The bench", doing: "Replaying" }, withStages(open.analyzed.result.modules), {
      make: ({ name }) => {
        begun.set(name, performance.now());
        return open.maker.make(name, stagesOf(open.inputs.mode));
      },
      made: (module, { timings }) => {
        end = performance.now();
        const start = begun.get(module.name) ?? end;
        modules.push({ module, start, millis: end - start, engineMillis: spanOf(timings) });
        return Promise.resolve();
      },
      failed: ({ name }, error) => {
        throw new BenchFailure(`${name}: ${error.message}`, "Fix what it reports.");
      },
    });
    await open.maker.settle();
    await open.close();
    modules.sort((left, right) => left.start - right.start);
    return { modules, millis: end - (modules[0]?.start ?? end), earlier };
  } finally {
    await closeCore(core);
  }
}

function spanOf(timings: readonly Timing[]): number {
  const begin = Math.min(...timings.map(({ startMicros }) => startMicros));
  return (Math.max(...timings.map(({ startMicros, durationMicros }) => startMicros + durationMicros)) - begin) / 1000;
}
