/** The figure for all stages and all objects, as `verify` makes them, without its comparisons. */
import { createCore, closeCore } from "../../src/core/engine/core-context.js";
import { PRODUCERS } from "../../src/core/producers/registry.js";
import { eachModule } from "../../src/core/replay/each-module.js";
import { Objects } from "../../src/core/replay/objects.js";
import { openUnit } from "../../src/core/replay/open.js";
import { THIN_STAGES } from "../../src/protocol/stages.js";
import { BenchFailure } from "../lib/failure.js";
import { ProcessSampler } from "../lib/measured.js";
import { forgetStages, type Subject } from "./subject.js";

export interface WithObjects {
  /** From the start of the engine to its end, seconds. */
  readonly seconds: number;
  /** Processor time of this process and the engine's, seconds. */
  readonly cpuSeconds: number;
  /** The time that the workers spent on code generation, saving objects included, seconds. */
  readonly codegenSeconds: number;
  readonly enginePeakBytes: number;
}

/** A first run that makes everything, with nothing in the store. */
export async function coldWithObjects(subject: Subject, threads: number): Promise<WithObjects> {
  await forgetStages(subject);
  const sampler = new ProcessSampler(process.pid);
  sampler.sample();
  const before = sampler.cpuSeconds;
  const started = performance.now();
  const core = createCore({ storeRoot: subject.store, threads });
  let codegenSeconds = 0;
  let enginePeakBytes = 0;
  try {
    const source = PRODUCERS.sourceOf({ ...subject.manifest });
    const open = await openUnit(core, source, { llvm: "auto", overrides: {}, keysFile: null });
    const { modules } = open.analyzed.result;
    const objects = new Objects(open);
    await objects.lookUp(modules.map(({ name }) => name));
    await eachModule({ core, open, hooks: {}, what: "The bench", doing: "Replaying" }, modules, {
      make: ({ name }) => objects.make(name, THIN_STAGES),
      made: ({ name }, { object, stages: { timings, peakMemoryBytes } }) => {
        if (object === null) throw new BenchFailure(`No object was made of ${name}.`, "Use an x86-64 Linux toolchain.");
        for (const { activity, durationMicros } of timings) if (activity === "LLVM_module_codegen") codegenSeconds += durationMicros / 1e6;
        enginePeakBytes = Math.max(enginePeakBytes, peakMemoryBytes);
        return Promise.resolve();
      },
      failed: ({ name }, error) => {
        throw new BenchFailure(`${name}: ${error.message}`, "Fix what it reports.");
      },
    });
    await objects.settle();
    await open.close();
    sampler.sample();
  } finally {
    sampler.stop();
    await closeCore(core);
  }
  return { seconds: (performance.now() - started) / 1000, cpuSeconds: sampler.cpuSeconds - before, codegenSeconds, enginePeakBytes };
}
