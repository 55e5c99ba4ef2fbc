/** The figures of the speed bench: the measurements, and what they are compared with. */
import fs from "node:fs/promises";
import path from "node:path";
import { createCore } from "../../src/core/engine/core-context.js";
import { openUnit, type OpenUnit } from "../../src/core/replay/open.js";
import type { RunReport } from "../../src/protocol/runs.js";
import { THIN_STAGES } from "../../src/protocol/stages.js";
import type { Measured } from "../lib/measured.js";
import { median } from "../lib/statistics.js";
import { forgetStages, inspector, type Subject } from "./subject.js";
import { PRODUCERS } from "../../src/core/producers/registry.js";

export interface ThinRunFigure {
  /** The whole command, seconds. */
  readonly seconds: number;
  readonly enginePeakBytes: number;
  readonly treePeakBytes: number;
  readonly fromStore: number;
  readonly modules: number;
}

/** `thin`, as the user runs it. */
export async function thinRun(subject: Subject, unit: string, args: readonly string[]): Promise<ThinRunFigure> {
  const file = path.join(subject.store, "speed-report.json");
  const measured: Measured = await inspector(subject, ["thin", unit, "--json", file, ...args]);
  const report = JSON.parse(await fs.readFile(file, "utf8")) as RunReport;
  return {
    seconds: measured.seconds,
    enginePeakBytes: report.peakMemoryBytes,
    treePeakBytes: measured.treePeakBytes,
    fromStore: report.modules.filter((module) => module.fromStore).length,
    modules: report.modules.length,
  };
}

/** A first run, with nothing in the store. */
export async function coldThin(subject: Subject, threads: number, saveTemps: "all" | "none"): Promise<ThinRunFigure> {
  await forgetStages(subject);
  return thinRun(subject, subject.before, ["--threads", String(threads), "--save-temps", saveTemps]);
}

export interface WarmFigures {
  /** Index, keys and decisions again, in a running engine: seconds. */
  readonly analyze: number;
  /** The overhead of one module's six stages over its passes: the largest of the tried modules, seconds. */
  readonly onDemand: number;
}

/** The modules to make on demand: small, medium and large ones. */
const TRIED = [0.02, 0.25, 0.5, 0.75, 0.98];

/** The figures of a long-lived program (the server): the engine is running, and the unit is known. */
export async function warm(subject: Subject, times: number): Promise<WarmFigures> {
  await forgetStages(subject);
  const core = createCore({ storeRoot: subject.store });
  const open = async (): Promise<OpenUnit> =>
    openUnit(core, PRODUCERS.sourceOf({ ...subject.manifest }), { llvm: "auto", overrides: {}, keysFile: null });
  const analyses: number[] = [];
  try {
    await (await open()).close();
    for (let index = 0; index < times; index += 1) {
      const started = performance.now();
      const unit = await open();
      analyses.push((performance.now() - started) / 1000);
      await unit.close();
    }
    const unit = await open();
    const beyond = await onDemand(unit);
    await unit.close();
    return { analyze: median(analyses), onDemand: Math.max(...beyond) };
  } finally {
    await core.engines.close();
  }
}

async function onDemand({ analyzed, maker }: OpenUnit): Promise<number[]> {
  const modules = [...analyzed.result.modules].sort((left, right) => left.bytes - right.bytes);
  const beyond: number[] = [];
  for (const place of TRIED) {
    const module = modules[Math.floor(place * (modules.length - 1))];
    if (module === undefined) continue;
    const started = performance.now();
    const made = await maker.make(module.name, THIN_STAGES);
    const whole = (performance.now() - started) / 1000;
    const passes = made.timings
      .filter(({ activity }) => activity === "LLVM_lto_optimize")
      .reduce((sum, { durationMicros }) => sum + durationMicros / 1e6, 0);
    beyond.push(whole - passes);
  }
  return beyond;
}
