/**
 * `compare-llvm`: replays a unit with its own LLVM and with a newer one, and shows the first stage and function that differ. The newer LLVM reads
 * both sides: it upgrades the older bitcode while it reads, so what is only another way of writing the same does not count. What the upgrade itself
 * changes is reported separately.
 */
import { existsSync } from "node:fs";
import type { CompareLlvmReport, DifferenceKind, LlvmFunctionDiff, LlvmStageTotal } from "../../../protocol/llvm-comparison.js";
import { isNewer } from "../../../protocol/llvm-versions.js";
import { pipelineOf, type Pipeline, type Stage } from "../../../protocol/pipelines.js";
import type { ModuleReport, RunReport } from "../../../protocol/runs.js";
import { LtoError, throwIfCancelled } from "../../base/errors.js";
import { workThrough } from "../../base/work-list.js";
import type { CoreContext } from "../../engine/core-context.js";
import type { EngineClient } from "../../engine/client.js";
import type { ChosenLibrary } from "../../engine/libllvm.js";
import { identifyLibrary } from "../../engine/library-identity.js";
import { seriesOf } from "../../machine/llvm-series.js";
import type { RunHooks, RunProgress } from "../../replay/each-module.js";
import { chooseEngine, refuseIncomplete, type LtoSource } from "../../replay/producer.js";
import { engineOfRun } from "../../replay/reading-engine.js";
import { defaultOptions, runCommand } from "../../replay/run-command.js";
import { whileInUse } from "../../store/in-use.js";
import { functionPatch, type DiffOptions } from "../diff.js";
import { compareModule, type ComparedModule, type ComparedStage } from "./compare-module.js";
import { ReadingTally } from "./reading-changes.js";

export interface CompareLlvmOptions {
  /** The LLVM to compare with: "auto" (the unit's own), "system" or a path. */
  readonly llvm: string;
  /** The newer one. */
  readonly to: ChosenLibrary;
  /** One module only: its name, or a unique part of it. */
  readonly module: string | null;
  /** The function whose text to compare; needs a module. */
  readonly function: (Pick<DiffOptions, "filters" | "demangle"> & { readonly name: string; readonly stage: string | null }) | null;
}

export type CompareLlvmProgress =
  | { readonly kind: "run"; readonly side: "from" | "to"; readonly llvm: string; readonly progress: RunProgress }
  | { readonly kind: "comparing"; readonly done: number; readonly total: number };

export interface CompareLlvmHooks {
  readonly progress?: (progress: CompareLlvmProgress) => void;
  readonly signal?: AbortSignal;
}

/** Characters of a module's text; longer ones are left out of what reading changes. */
const TEXT_LIMIT = 64 * 1024 * 1024;

/** @throws LtoError Usage for the unit's own library, ForeignLlvm for an older one, and as `runLto` */
export async function compareLlvm(
  core: CoreContext,
  source: LtoSource,
  options: CompareLlvmOptions,
  hooks: CompareLlvmHooks = {},
): Promise<CompareLlvmReport> {
  refuseIncomplete(source);
  const own = await refuseOther(core, source, options, hooks.signal);
  return whileInUse(core.layout, { making: true }, async () => {
    const sides = {
      from: { llvm: options.llvm, version: own },
      to: { llvm: options.to.path, version: (await identifyLibrary(options.to.path)).version },
    };
    const from = await replay(core, source, "from", sides.from, options, hooks);
    const to = await replay(core, source, "to", sides.to, options, hooks);
    const comparing = (done: number, total: number): void => hooks.progress?.({ kind: "comparing", done, total });
    const { signal } = hooks;
    return new Comparison(core, { from, to }, options.function, {
      progress: comparing,
      ...(signal === undefined ? {} : { signal }),
    }).report();
  });
}

/** A run with its report. */
export interface ReportedRun {
  readonly run: string;
  readonly report: RunReport;
}

/** Two runs of one unit; `to` has the newer LLVM, or the same one. */
export interface TwoRuns {
  readonly from: ReportedRun;
  readonly to: ReportedRun;
}

interface ComparisonHooks {
  readonly progress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * Compares two runs that the store has.
 *
 * @throws LtoError IncompleteUnit if stages of a run are no longer in the store, ForeignLlvm if `to` has the older LLVM
 */
export async function compareRuns(core: CoreContext, { from, to }: TwoRuns, hooks: ComparisonHooks = {}): Promise<CompareLlvmReport> {
  const [older, newer] = [from.report.llvm.version, to.report.llvm.version];
  if (isNewer(older, newer)) throw olderLlvm(to.report.llvm.path, newer, older);
  for (const { run, report } of [from, to]) {
    const files = report.modules.flatMap(({ stages }) => stages.flatMap(({ file }) => file ?? []));
    const gone = files.find((file) => !existsSync(file));
    if (gone === undefined) continue;
    throw new LtoError({
      name: "IncompleteUnit",
      message: `Stages of the run ${run} are no longer in the store.`,
      file: gone,
      help: "Compare the LLVM versions of the unit again, which makes them.",
    });
  }
  return new Comparison(core, { from, to }, null, hooks).report();
}

function olderLlvm(path: string, version: string, written: string): LtoError {
  return new LtoError({
    name: "ForeignLlvm",
    message: `${path} is LLVM ${version}, which is older than LLVM ${written} and may misread its bitcode.`,
    file: path,
    help: `Name LLVM ${seriesOf(written)?.name ?? written} or newer: a newer LLVM reads what older ones wrote.`,
  });
}

/** Refuses the unit's own library and an older one before anything is replayed. @returns the version of the unit's own LLVM */
async function refuseOther(core: CoreContext, source: LtoSource, { llvm, to }: CompareLlvmOptions, signal?: AbortSignal): Promise<string> {
  const { engine } = await chooseEngine(core, source, { llvm, overrides: {} }, signal);
  const { library } = engine.spec;
  const [{ version: own }, { version }] = await Promise.all([identifyLibrary(library), identifyLibrary(to.path)]);
  const written = source.kind === "unit" ? source.unit.toolchain.llvmVersion : own;
  const older = [written, own].find((one) => isNewer(one, version));
  if (older !== undefined) {
    throw olderLlvm(to.path, version, older);
  }
  if (library !== to.path) return own;
  throw new LtoError({
    name: "Usage",
    message: `${to.path} (LLVM ${version}) is on both sides: it is the LLVM that the unit is replayed with anyway.`,
    file: to.path,
    help: "Name another LLVM; `lto-inspector doctor` lists the installed ones.",
  });
}

async function replay(
  core: CoreContext,
  source: LtoSource,
  side: "from" | "to",
  { llvm, version }: { readonly llvm: string; readonly version: string },
  { module }: CompareLlvmOptions,
  { progress, signal }: CompareLlvmHooks,
): Promise<ReportedRun> {
  const command = pipelineOf(source.kind === "unit" ? source.unit.mode : (source.mode ?? "thin")).command;
  let run = "";
  const hooks: RunHooks = {
    started: (id) => (run = id),
    progress: (one) => progress?.({ kind: "run", side, llvm: version, progress: one }),
    ...(signal === undefined ? {} : { signal }),
  };
  const report = await runCommand(core, command, source, { ...defaultOptions(command), llvm, only: module }, hooks);
  return { run, report };
}

class Comparison {
  readonly #core: CoreContext;
  readonly #from: ReportedRun;
  readonly #to: ReportedRun;
  readonly #function: CompareLlvmOptions["function"];
  readonly #hooks: ComparisonHooks;
  readonly #pipeline: Pipeline;
  /** Newer than the other one, which it reads too. */
  readonly #reader: EngineClient;
  readonly #older: EngineClient;

  constructor(core: CoreContext, { from, to }: TwoRuns, wanted: CompareLlvmOptions["function"], hooks: ComparisonHooks) {
    this.#core = core;
    this.#from = from;
    this.#to = to;
    this.#function = wanted;
    this.#hooks = hooks;
    this.#pipeline = pipelineOf(from.report.unit.mode);
    this.#reader = engineOfRun(core, to.report);
    this.#older = engineOfRun(core, from.report);
  }

  async report(): Promise<CompareLlvmReport> {
    const pairs = this.#pairs();
    const compared = new Map<string, ComparedModule>();
    const tally = this.#upgrades() ? new ReadingTally() : undefined;
    await workThrough(pairs, this.#core.engines.threads, async (pair) => {
      throwIfCancelled(this.#hooks.signal, "Comparing the stages");
      await this.#tallyReading(pair.from, tally);
      compared.set(pair.from.name, await compareModule(this.#reader, pair, this.#pipeline, this.#hooks.signal));
      this.#hooks.progress?.(compared.size, pairs.length);
    });
    const modules = pairs.flatMap(({ from }) => compared.get(from.name) ?? []);
    const stages = this.#pipeline.stages.map(({ tag }) => totalOf(tag, modules));
    return {
      schema: 1,
      command: "compare-llvm",
      unit: this.#from.report.unit,
      from: { run: this.#from.run, llvm: this.#from.report.llvm },
      to: { run: this.#to.run, llvm: this.#to.report.llvm },
      reading: tally?.result() ?? null,
      stages,
      modules: modules.map(({ module }) => module),
      function: await this.#functionDiff(pairs, modules),
      different: modules.some(
        ({ module: { first, imports } }) => first !== null || (imports?.onlyFrom.length ?? 0) + (imports?.onlyTo.length ?? 0) > 0,
      ),
      warnings: warningsOf(this.#from.report, this.#to.report),
    };
  }

  /** The modules that have stages, in rustc's order. */
  #pairs(): { from: ModuleReport; to: ModuleReport }[] {
    const others = new Map(this.#to.report.modules.map((module) => [module.name, module]));
    return this.#from.report.modules.flatMap((from) => {
      const to = others.get(from.name);
      const worked = from.stages.length > 0 || from.error !== undefined || to?.error !== undefined;
      return to === undefined || !worked ? [] : [{ from, to }];
    });
  }

  /** Within a series, LLVM writes and reads the same. */
  #upgrades(): boolean {
    return seriesOf(this.#from.report.llvm.version) !== seriesOf(this.#to.report.llvm.version);
  }

  async #tallyReading({ stages }: ModuleReport, tally: ReadingTally | undefined): Promise<void> {
    const file = stages[0]?.file ?? undefined;
    if (tally === undefined || file === undefined) return;
    const [older, newer] = await Promise.all(
      [this.#older, this.#reader].map((engine) => engine.request("print", { file, limit: TEXT_LIMIT }, this.#hooks.signal)),
    );
    if (older?.truncated === false && newer?.truncated === false) tally.add(older.text, newer.text);
  }

  async #functionDiff(
    pairs: readonly { readonly from: ModuleReport; readonly to: ModuleReport }[],
    modules: readonly ComparedModule[],
  ): Promise<LlvmFunctionDiff | null> {
    const wanted = this.#function;
    const [pair, compared] = [pairs[0], modules[0]];
    if (wanted === null || pair === undefined || compared === undefined) return null;
    const stage = wanted.stage ?? compared.module.first ?? this.#pipeline.optimized;
    const files = [pair.from, pair.to].map(({ stages }) => stages.find((one) => one.stage === stage)?.file ?? undefined);
    const [from, to] = files;
    if (from === undefined || to === undefined) {
      throw new LtoError({
        name: "IncompleteUnit",
        message: `One of the two LLVMs made no stage ${stage} of ${pair.from.name}.`,
        module: pair.from.name,
        stage,
        help: "Compare an earlier stage.",
      });
    }
    const names = { before: `LLVM ${this.#from.report.llvm.version}`, after: `LLVM ${this.#to.report.llvm.version}` };
    const { name, patch } = await functionPatch(
      this.#reader,
      { from, to },
      { ...wanted, function: wanted.name, names },
      this.#hooks.signal,
    );
    return { name, module: pair.from.name, stage, patch };
  }
}

const NO_KINDS: Readonly<Record<DifferenceKind, number>> = { instructions: 0, flags: 0, header: 0, attributes: 0, metadata: 0 };

function totalOf(stage: Stage, modules: readonly ComparedModule[]): LlvmStageTotal {
  const changed = { ...NO_KINDS };
  const total = { modules: 0, differentModules: 0, same: 0, onlyFrom: 0, onlyTo: 0 };
  const [instructions, bytes] = [
    { from: 0, to: 0 },
    { from: 0, to: 0 },
  ];
  for (const { module, stages } of modules) {
    const made = module.stages.find((one) => one.stage === stage);
    const compared = stages.find((one) => one.stage === stage);
    if (made === undefined || compared === undefined) continue;
    total.modules += 1;
    total.differentModules += made.different > 0 ? 1 : 0;
    total.same += compared.changes.unchanged;
    total.onlyFrom += count(compared, "removed");
    total.onlyTo += count(compared, "added");
    for (const kind of compared.kinds.values()) changed[kind] += 1;
    for (const side of ["from", "to"] as const) {
      instructions[side] += made.instructions[side];
      bytes[side] += made.bytes[side];
    }
  }
  return { stage, ...total, changed, instructions, bytes };
}

function count({ changes }: ComparedStage, change: "added" | "removed"): number {
  return changes.functions.filter((one) => one.change === change).length;
}

/** Warnings of the unit are in both reports; that the newer LLVM is not the producer is what was asked for. */
function warningsOf(from: RunReport, to: RunReport): string[] {
  return [...new Set([...from.warnings, ...to.warnings])].filter((warning) => !warning.startsWith("OTHER LLVM: "));
}
