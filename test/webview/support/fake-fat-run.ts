/** A run of fat LTO: one module that the others are linked into, with its stages and measurements. */
import type { ModuleReport, RunReport, StageReport, Timing } from "../../../src/protocol/runs.js";
import { FAT_STAGES } from "../../../src/protocol/stages.js";
import { fakeRun, type FakeRun } from "./fake-run.js";

const MILLIS = [2100, 27, 4300];

/** @param count the number of modules, including the base module */
export function fakeFatRun(count: number): FakeRun {
  const { report, manifest } = fakeRun({ modules: count });
  const modules = report.modules.map((module, index) => linked(module, index === 0));
  const [base, ...others] = modules.map(({ name }) => name);
  const fat: RunReport = {
    ...report,
    command: "fat",
    unit: { ...report.unit, mode: "fat" },
    modules,
    timings: timingsOf(base ?? "", others),
  };
  return { report: fat, manifest: { ...manifest, unit: fat.unit } };
}

function linked(module: ModuleReport, base: boolean): ModuleReport {
  const detail = base ? "Fat LTO links all modules into one: this is the one." : "Fat LTO links all modules into one.";
  const reason = { kind: base ? "base-module" : "linked-into-base", detail } as const;
  return {
    ...module,
    verdict: "linked",
    reason,
    key: null,
    previousKey: null,
    fromStore: false,
    stages: base ? FAT_STAGES.map(stageOf) : [],
  };
}

function stageOf(stage: StageReport["stage"], index: number): StageReport {
  const instructions = [410_000, 409_000, 180_000][index] ?? 0;
  const millis = MILLIS[index] ?? 0;
  return { stage, file: null, bytes: instructions * 5, instructions, functions: 5000 - index * 1500, millis, sameAsPrevious: false };
}

/** As the engine measures: an activity is reported when it ends, so an enclosing one follows those that it contains. */
function timingsOf(base: string, others: readonly string[]): readonly Timing[] {
  const [link = 0, restrict = 0, passes = 0] = MILLIS.map((millis) => millis * 1000);
  const of = (activity: string, argument: string | null, startMicros: number, durationMicros: number): Timing => ({
    ...{ activity, argument, thread: 0, startMicros, durationMicros },
  });
  const [start, saving] = [200_000, 350_000];
  const each = Math.floor((link * 0.9) / Math.max(1, others.length));
  const restriction = start + link + saving;
  return [
    of("lto_generate_symbols_below_threshold", null, 90_000, 60_000),
    ...others.map((name, index) => of("LLVM_fat_lto_link_module", name, start + 0.1 * link + index * each, each - 100)),
    of("lto.input", base, start, link),
    of("lto.after-restriction", base, restriction, restrict),
    of("LLVM_fat_lto_build_monolithic_module", null, start, link + restrict + 2 * saving),
    of("LLVM_lto_optimize", base, restriction + restrict + saving + 1000, passes),
  ];
}
