/** A run of LTO from its inputs to its report, for any pipeline; `runCommand` chooses what it runs on. */
import { join } from "node:path";
import type { AnalyzedModule } from "../../protocol/engine/analysis.js";
import type { SavedStage } from "../../protocol/engine/stages.js";
import type { LtoErrorReport } from "../../protocol/errors.js";
import { hashInName, readableTitle, type ReadableUnitName } from "../../protocol/module-names.js";
import { DEFAULT_COMMAND, pipelineOf, type LtoMode } from "../../protocol/pipelines.js";
import type { Fidelity, ModuleReport, RunOrigin, RunReport, StageReport, Timing, UsedSettings } from "../../protocol/runs.js";
import type { Stage } from "../../protocol/stages.js";
import type { CratePlace, UnitManifest } from "../../protocol/units.js";
import { copyFileWhole } from "../base/atomic-file.js";
import type { CoreContext } from "../engine/core-context.js";
import { activityName } from "../pipelines/toolchain-profile.js";
import { endsTheRun, LtoError, reportOf } from "../base/errors.js";
import { keepKeys } from "./keep-keys.js";
import { eachModule, requireRoom, withStages, type RunHooks } from "./each-module.js";
import type { Overrides } from "./inputs.js";
import { LlvmOutput } from "./llvm-output.js";
import { findModule } from "../pipelines/module-names.js";
import { openUnit, type OpenUnit } from "./open.js";
import type { LtoSource } from "./producer.js";
import { exportStage, prepareOut } from "./out-folder.js";
import { FAILED_REASON, reasonFor } from "../pipelines/reasons.js";
import { RunFolder } from "../store/run-folder.js";
import { originOf } from "./run-origin.js";
import { KEYS_FILE } from "../pipelines/session-folder.js";
import { whileInUse } from "../store/in-use.js";
import { damagedStage } from "../store/store.js";
import { asStored, type MadeStages } from "./stage-maker.js";
import { Marks } from "../store/marks.js";

export interface RunOptions {
  readonly llvm: string;
  readonly overrides: Overrides;
  /** Folder for the stages as files; null: they stay in the store. */
  readonly out: string | null;
  /** Stages to save; empty: the pipeline runs without saving anything. */
  readonly saveTemps: readonly Stage[];
  /** One module only. */
  readonly only: string | null;
  /** Only index, keys and decisions (for fat LTO, the choice of the base module); no stages. */
  readonly analyzeOnly: boolean;
}

/**
 * Runs LTO on a captured unit, in the mode of its build, or on plain files. A module on which the engine fails is reported as failed; the
 * others continue.
 *
 * @param begun the folder of a run that was started already, without `out`; it ends with this run
 * @throws LtoError for inputs that cannot be used, Cancelled, DiskFull, FilesChanged
 */
export function runLto(
  core: CoreContext,
  source: LtoSource,
  options: RunOptions,
  hooks: RunHooks = {},
  begun?: RunFolder,
): Promise<RunReport> {
  return whileInUse(core.layout, { making: true }, () => openAndRun(core, source, options, hooks, begun));
}

async function openAndRun(
  core: CoreContext,
  source: LtoSource,
  options: RunOptions,
  hooks: RunHooks,
  begun: RunFolder | undefined,
): Promise<RunReport> {
  const out = options.out === null ? null : await prepareOut(options.out);
  const run = begun ?? (await RunFolder.create(await core.work.layout(), out));
  const what = `Running ${pipelineOf(modeOf(source)).name} LTO`;
  const output = new LlvmOutput(run.folder, hooks.printed ?? ((): void => undefined));
  const printed = (text: string): void => {
    output.add(null, text);
  };
  let open: OpenUnit;
  try {
    hooks.progress?.({ kind: "opening" });
    open = await openUnit(
      core,
      source,
      { llvm: options.llvm, overrides: options.overrides, keysFile: join(run.folder, KEYS_FILE), printed },
      hooks.signal,
    );
  } catch (error) {
    // A file that is still being written would stay in the folder or prevent its removal.
    await output.settle();
    await (run.started ? endEarly(run, reportOf(error, what)) : run.discard());
    throw error;
  }
  try {
    return await new LtoRun({ core, open, options, out, run, output, hooks }).run(originOf(core.layout, source, options));
  } catch (error) {
    const report = reportOf(error, `Running ${open.inputs.mode} LTO on ${open.inputs.unit.name}`);
    await (run.started ? endEarly(run, report) : run.discard().catch(() => undefined));
    throw error instanceof LtoError ? error : new LtoError(report, { cause: error });
  } finally {
    await open.close();
  }
}

/** The manifest may not fit on a full disk either: the error that ended the run is what counts. */
async function endEarly(run: RunFolder, error: LtoErrorReport): Promise<void> {
  await run.finish(error.name === "Cancelled" ? "cancelled" : "failed", { error }).catch(() => undefined);
}

function modeOf(source: LtoSource): LtoMode {
  return source.kind === "unit" ? source.unit.mode : (source.mode ?? DEFAULT_COMMAND);
}

interface RunParts {
  readonly core: CoreContext;
  readonly open: OpenUnit;
  readonly options: RunOptions;
  readonly out: string | null;
  readonly run: RunFolder;
  readonly output: LlvmOutput;
  readonly hooks: RunHooks;
}

class LtoRun {
  readonly #core: CoreContext;
  readonly #open: OpenUnit;
  readonly #options: RunOptions;
  readonly #out: string | null;
  readonly #run: RunFolder;
  readonly #output: LlvmOutput;
  readonly #hooks: RunHooks;
  readonly #reports = new Map<string, ModuleReport>();
  readonly #timings: Timing[];
  readonly #warnings: string[];
  /** The stages that the store had at the start. */
  #stored: ReadonlyMap<string, readonly SavedStage[]> = new Map();
  #peak = 0;

  constructor({ core, open, options, out, run, output, hooks }: RunParts) {
    this.#core = core;
    this.#open = open;
    this.#options = options;
    this.#out = out;
    this.#run = run;
    this.#output = output;
    this.#hooks = hooks;
    this.#timings = byWorker(open.analyzed.result.timings, 0);
    this.#warnings = [...open.warnings];
  }

  async run(origin: RunOrigin): Promise<RunReport> {
    const { modules } = this.#open.analyzed.result;
    for (const module of modules) this.#reports.set(module.name, this.#plain(module));
    const chosen = this.#chosen(withStages(modules));
    await this.#run.start(this.#open.inputs.unit, origin);
    this.#hooks.started?.(this.#run.id);
    await this.#keepKeys();
    await this.#estimate(chosen);
    try {
      await this.#makeAll(chosen);
    } catch (error) {
      // If the run ends early, the stages made so far are kept, unless the inputs have changed.
      await this.#open.maker.settle().catch(() => undefined);
      throw error;
    }
    await this.#open.maker.settle();
    await this.#exportKeys();
    const { output, warnings } = await this.#output.finish(this.#out);
    this.#warnings.push(...warnings);
    const report = { ...this.#report(modules, await this.#fidelity()), ...(output === null ? {} : { llvmOutput: output }) };
    await this.#run.finish("done", { report });
    return report;
  }

  async #keepKeys(): Promise<void> {
    if (!pipelineOf(this.#open.inputs.mode).keys) return;
    await keepKeys(this.#core, this.#open, this.#run.folder, this.#hooks.signal);
    this.#hooks.keysKept?.();
  }

  #chosen(modules: readonly AnalyzedModule[]): readonly AnalyzedModule[] {
    if (this.#options.only !== null) {
      const name = findModule(
        modules.map((module) => module.name),
        this.#options.only,
      );
      return this.#options.analyzeOnly ? [] : modules.filter((module) => module.name === name);
    }
    return this.#options.analyzeOnly ? [] : modules;
  }

  /** Stages that the store already has need no new space there, but a copy in --out does. */
  async #estimate(chosen: readonly AnalyzedModule[]): Promise<void> {
    const { saveTemps } = this.#options;
    await this.#lookUp(chosen);
    const missing = chosen.filter(({ name }) => !this.#stored.has(name));
    await requireRoom((await this.#core.work.layout()).blobs, this.#open, missing, saveTemps.length);
    if (this.#out !== null) await requireRoom(this.#out, this.#open, chosen, saveTemps.length);
  }

  async #lookUp(chosen: readonly AnalyzedModule[]): Promise<void> {
    const { saveTemps } = this.#options;
    // Stages from the store print nothing.
    if (saveTemps.length === 0 || this.#open.prints) return;
    const names = chosen.map(({ name }) => name);
    const unlisten = this.#core.store.onDamage((file) => this.#warnings.push(damagedStage(file)));
    try {
      this.#stored = await this.#open.maker.storedOf(names, saveTemps, this.#hooks.signal);
    } finally {
      unlisten();
    }
  }

  async #makeAll(chosen: readonly AnalyzedModule[]): Promise<void> {
    const isKept = (module: string): boolean => this.#stored.has(module);
    const loop = { core: this.#core, open: this.#open, hooks: this.#hooks, what: "The run", doing: "Optimising", isKept };
    await eachModule(this.#open.prints ? { ...loop, workers: 1 } : loop, chosen, {
      make: (module, worker) => this.#makeOne(module, worker),
      failed: async (module, error) => {
        const before = await this.#stagesBefore(module.name, error.stage);
        this.#reports.set(module.name, failedReport({ ...this.#plain(module), ...before }, error));
      },
    });
  }

  #plain(module: AnalyzedModule): ModuleReport {
    return plainReport(module, this.#open.readable.get(module.name), placeOf(module, this.#open.inputs.manifest));
  }

  async #makeOne(module: AnalyzedModule, worker: number): Promise<void> {
    const stored = this.#stored.get(module.name);
    const made = stored === undefined ? await this.#make(module.name) : asStored(stored);
    this.#note(made, worker);
    const stages = await this.#stageReports(module.name, made.stages);
    this.#reports.set(module.name, { ...this.#plain(module), fromStore: made.fromStore, stages });
    await this.#run.saved(module.name, made.stages);
  }

  #make(module: string): Promise<MadeStages> {
    const { maker, engine, prints } = this.#open;
    const { saveTemps } = this.#options;
    const { signal } = this.#hooks;
    if (!prints) return maker.make(module, saveTemps, signal);
    const print = (text: string): void => {
      this.#output.add(module, text);
    };
    return engine.printing(print, () => maker.makeAgain(module, saveTemps, signal));
  }

  /** The module before the stage in which the engine failed, which shows the cause. */
  async #stagesBefore(module: string, failed: string | undefined): Promise<Pick<ModuleReport, "stages" | "fromStore">> {
    const none = { stages: [], fromStore: false };
    const stages = this.#options.saveTemps.slice(
      0,
      Math.max(
        0,
        this.#options.saveTemps.findIndex((stage) => stage === failed),
      ),
    );
    if (stages.length === 0) return none;
    try {
      const made = await this.#open.maker.make(module, stages, this.#hooks.signal);
      return { stages: await this.#stageReports(module, made.stages), fromStore: made.fromStore };
    } catch (error) {
      if (endsTheRun(error)) throw error;
      return none;
    }
  }

  #note(made: MadeStages, worker: number): void {
    this.#timings.push(...byWorker(made.timings, worker));
    this.#warnings.push(...made.diagnostics);
    this.#peak = Math.max(this.#peak, made.peakMemoryBytes);
  }

  async #stageReports(module: string, stages: readonly SavedStage[]): Promise<StageReport[]> {
    const reports: StageReport[] = [];
    for (const { blob, ...saved } of stages) {
      const stored = this.#core.store.blobFile(blob);
      reports.push({ ...saved, file: this.#out === null ? stored : await exportStage(this.#out, module, saved.stage, stored) });
    }
    return reports;
  }

  async #exportKeys(): Promise<void> {
    const { incremental, mode } = this.#open.inputs;
    if (this.#out === null || !incremental || !pipelineOf(mode).keys) return;
    await copyFileWhole(join(this.#run.folder, KEYS_FILE), join(this.#out, KEYS_FILE));
  }

  /** A failed run is not verified. */
  async #fidelity(): Promise<Fidelity> {
    const found = await new Marks(this.#core.layout).fidelityOf(this.#open);
    const failed = [...this.#reports.values()].some(({ verdict }) => verdict === "failed");
    return failed && found === "verified" ? "same LLVM, not verified" : found;
  }

  #report(modules: readonly AnalyzedModule[], fidelity: Fidelity): RunReport {
    const { inputs, llvm, analyzed, profile } = this.#open;
    return {
      schema: 1,
      command: pipelineOf(inputs.mode).command,
      unit: inputs.unit,
      llvm,
      fidelity,
      identity: this.#open.identity,
      deviations: inputs.deviations,
      settings: usedSettings(this.#open, analyzed.result.preservedSymbols),
      modules: modules.flatMap((module) => this.#reports.get(module.name) ?? []),
      ...(inputs.manifest?.outsideLto === undefined ? {} : { outsideLto: inputs.manifest.outsideLto.map(({ crate }) => crate) }),
      timings: this.#timings
        .map((timing) => ({ ...timing, activity: activityName(profile, timing.activity) }))
        .sort((left, right) => left.startMicros - right.startMicros),
      peakMemoryBytes: this.#peak,
      warnings: [...this.#warnings, ...this.#core.work.takeWarning()],
    };
  }
}

/** The engine numbers all threads of its process, and any of them may handle a request. A run has one worker per module processed in parallel. */
function byWorker(timings: readonly Timing[], worker: number): Timing[] {
  return timings.map((timing) => ({ ...timing, thread: worker }));
}

/** Whose crate a module is from; undefined: not known. */
function placeOf({ origin, file }: AnalyzedModule, unit: UnitManifest | null): CratePlace | undefined {
  if (origin === "local" || origin === "allocator") return "workspace";
  return unit?.upstream.find((archive) => archive.file === file)?.place;
}

function plainReport(module: AnalyzedModule, readable: ReadableUnitName | undefined, place: CratePlace | undefined): ModuleReport {
  return {
    name: module.name,
    ...(readable === undefined ? {} : { readable }),
    readableName: readable === undefined ? null : readableTitle(readable),
    exactName: readable === undefined ? hashInName(module.name) === undefined : readable.rustc !== null,
    origin: module.origin,
    crate: module.crate,
    ...(place === undefined ? {} : { place }),
    source: module.member === null ? module.file : `${module.file}(${module.member})`,
    bytes: module.bytes,
    verdict: module.verdict,
    reason: reasonFor(module),
    key: module.key === "" ? null : module.key,
    previousKey: module.previousKey,
    fromStore: false,
    stages: [],
  };
}

function failedReport(base: ModuleReport, error: LtoErrorReport): ModuleReport {
  return { ...base, verdict: "failed", reason: FAILED_REASON, error: { ...error, module: error.module ?? base.name } };
}

function usedSettings(open: OpenUnit, preservedSymbols: number): UsedSettings {
  const { settings } = open.inputs;
  return {
    optLevel: settings.optLevel,
    targetCpu: settings.targetCpu,
    targetFeatures: settings.targetFeatures,
    relocationModel: settings.relocationModel,
    llvmArgs: open.engine.spec.llvmArguments,
    preservedSymbols,
  };
}
