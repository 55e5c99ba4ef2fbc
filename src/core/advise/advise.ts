/** `advise`: what a build's LTO costs and gives under other settings, each measured. */
import { chmod } from "node:fs/promises";
import type { AdviseReport, AdvisedSetting, CriterionResults, FailedSetting } from "../../protocol/advise.js";
import { endsTheRun, LtoError, reportOf } from "../base/errors.js";
import type { CoreContext } from "../engine/core-context.js";
import { calleeChanges, symbolChanges } from "../explain/size/compare-sizes.js";
import { checkedOf } from "../explain/size/unit-sizes.js";
import type { UnitSource } from "../replay/producer.js";
import { summaryOf } from "../replay/unit-summary.js";
import { whileInUse } from "../store/in-use.js";
import { benchmark, requirePlace, type Benchmarked, type BenchmarkHooks, type BenchmarkOptions } from "./benchmark.js";
import { requireOwnBuild, requireSameSources } from "./build-setting.js";
import { compareEstimates, estimatesOf, type Estimates } from "./criterion.js";
import { SettingMeter, type MeasuredSetting, type MeasureHooks } from "./measure-setting.js";
import { noiseWarnings, pinnedTo } from "./noise.js";
import type { ReplayOptions } from "./replay-setting.js";
import { AS_BUILT, DEFAULT_SETTINGS, needsBuild, settingOf, type Setting } from "./settings.js";

export interface AdviseOptions extends ReplayOptions {
  /** As they were given; empty: the usual ones. */
  readonly settings: readonly string[];
  /** null: nothing is run. */
  readonly bench: BenchmarkOptions | null;
  /** The processors that programs are pinned to, as taskset takes them; absent: all. */
  readonly pin?: string | undefined;
  /** Builds with it: a rustup toolchain's name, or the path of a rustc; absent: the workspace's own. */
  readonly toolchain?: string;
}

export interface AdviseHooks {
  readonly signal?: AbortSignal | undefined;
  /** What is being done, as a sentence's beginning: "lto=fat: building". */
  readonly progress?: (text: string) => void;
}

/**
 * Measures the build's own settings first, then each of the others.
 *
 * @throws LtoError Usage for a setting that is not understood or a benchmark that fails; IncompleteUnit if the capture cannot be linked again; FilesChanged
 * if the sources are not those of the capture and a setting has to be built; Cancelled
 */
export async function adviseUnit(
  core: CoreContext,
  source: UnitSource,
  options: AdviseOptions,
  hooks: AdviseHooks = {},
): Promise<AdviseReport> {
  const settings = settingsOf(source, options.settings);
  if (options.pin !== undefined && options.bench === null) {
    throw new LtoError({
      name: "Usage",
      message: "--pin is of the programs that --bench runs, and there is no --bench.",
      help: "Add --bench, or leave --pin out.",
    });
  }
  const bench = options.bench === null ? null : { ...options.bench, before: await pinnedTo(options.pin ?? null) };
  if (bench !== null) requirePlace(bench.command);
  return whileInUse(core.layout, { making: true }, async () => {
    const { rows, failed, estimates } = await measureAll(core, source, settings, { ...options, bench }, hooks);
    const noise = bench === null ? [] : await noiseWarnings();
    const ran = bench === null ? null : await runPrograms(rows, estimates, bench, hooks);
    return {
      schema: 1,
      command: "advise",
      unit: summaryOf(source.unit),
      settings: comparedRows(rows, ran?.benchmarked?.results ?? []),
      failed,
      bench: ran?.benchmarked?.setup ?? null,
      criterion: ran?.criterion ?? null,
      inlining: checkedOf(rows.flatMap(({ measured }) => measured.inlined ?? [])),
      notVaried: NOT_VARIED,
      warnings: [...new Set([...rows.flatMap(({ warnings }) => warnings), ...noise])],
    };
  });
}

/** In words of the profile and of rustc. */
const NOT_VARIED = ["target-cpu", "panic", "debug", "profile-use", "linker"];

/** The build's own first. @throws LtoError Usage */
function settingsOf({ unit }: UnitSource, texts: readonly string[]): Setting[] {
  const named = texts.length === 0 ? DEFAULT_SETTINGS : texts;
  return [AS_BUILT, ...named.map((text) => settingOf(text, unit))];
}

interface MeasuredSettings {
  readonly rows: readonly MeasuredSetting[];
  readonly failed: readonly FailedSetting[];
  /** Criterion's, of the first program; empty if it is not used. */
  readonly estimates: Estimates;
}

async function measureAll(
  core: CoreContext,
  source: UnitSource,
  settings: readonly Setting[],
  options: AdviseOptions,
  hooks: AdviseHooks,
): Promise<MeasuredSettings> {
  const { unit } = source;
  const hooksOf = ({ name }: Setting): MeasureHooks => ({
    signal: hooks.signal,
    toolchain: options.toolchain,
    progress: (text) => hooks.progress?.(`${name}: ${text}`),
  });
  const sameSources = (): Promise<void> => requireSameSources(core.layout, unit, hooksOf(AS_BUILT));
  const builds = settings.some(needsBuild);
  if (builds) {
    await requireOwnBuild(unit);
    await sameSources();
  }
  const meter = new SettingMeter(core, source, options);
  const rows: MeasuredSetting[] = [];
  const failed: FailedSetting[] = [];
  let estimates: Estimates = new Map();
  for (const setting of settings) {
    try {
      const measured = await meter.measure(setting, hooksOf(setting));
      rows.push(measured);
      // Before hours of builds, whether the command works.
      if (setting === AS_BUILT && options.bench !== null) estimates = await tryCommand(measured, options.bench, hooks);
    } catch (error) {
      // Without the build's own settings, there is nothing to compare with.
      if (endsTheRun(error) || setting === AS_BUILT) throw error;
      failed.push({ name: setting.name, error: reportOf(error, `Measuring ${setting.name}`) });
    }
  }
  // A source may have been saved while the others were built.
  if (builds) await sameSources();
  return { rows, failed, estimates };
}

/** @throws LtoError Usage */
async function tryCommand({ row }: MeasuredSetting, bench: BenchmarkOptions, { signal, progress }: AdviseHooks): Promise<Estimates> {
  progress?.("trying the command");
  await chmod(row.output, 0o755);
  return estimatesOf(row, bench, signal);
}

interface RanPrograms {
  /** In the order of {@link programsOf}; null: Criterion measured them. */
  readonly benchmarked: Benchmarked | null;
  readonly criterion: CriterionResults | null;
}

/** Runs each program, however many settings have it. */
async function runPrograms(
  rows: readonly MeasuredSetting[],
  estimates: Estimates,
  bench: BenchmarkOptions,
  { signal, progress }: AdviseHooks,
): Promise<RanPrograms> {
  const programs = programsOf(rows).map(({ row }) => row);
  for (const { output } of programs) await chmod(output, 0o755);
  const hooks: BenchmarkHooks = { signal, progress: (round, rounds) => progress?.(`running: round ${round + 1} of ${rounds}`) };
  if (estimates.size === 0) return { benchmarked: await benchmark(programs, bench, hooks), criterion: null };
  return { benchmarked: null, criterion: await compareEstimates(programs, bench, hooks) };
}

/** The first settings that have them. */
function programsOf(rows: readonly MeasuredSetting[]): MeasuredSetting[] {
  return rows.filter(({ digest }, index) => rows.findIndex((other) => other.digest === digest) === index);
}

/** How many functions differ is for `size --against`; these are the reasons for the sum. */
const MOST_CHANGES = 20;

/** @param results of the programs, in their order */
function comparedRows(rows: readonly MeasuredSetting[], results: Benchmarked["results"]): AdvisedSetting[] {
  const programs = programsOf(rows);
  const [first] = rows;
  return rows.map((one) => {
    const program = programs.findIndex(({ digest }) => digest === one.digest);
    const original = programs[program];
    return {
      ...one.row,
      sameOutputAs: original === undefined || original === one ? null : original.row.name,
      ...(first === undefined || first === one ? { symbols: [], inlined: null } : changesOf(first, one)),
      benchmark: results[program] ?? null,
    };
  });
}

function changesOf(
  { measured: before }: MeasuredSetting,
  { measured: after }: MeasuredSetting,
): Pick<AdvisedSetting, "symbols" | "inlined"> {
  return {
    symbols: symbolChanges(before, after).slice(0, MOST_CHANGES),
    inlined: before.inlined === null || after.inlined === null ? null : calleeChanges(before.inlined, after.inlined).slice(0, MOST_CHANGES),
  };
}
