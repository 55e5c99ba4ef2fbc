/** `advise`: what a build's LTO costs and gives under other settings, each measured. */
import { chmod } from "node:fs/promises";
import type { AdviseReport, AdvisedSetting, BenchmarkResult, BenchmarkSetup, FailedSetting } from "../../protocol/advise.js";
import { formatCaptureRef } from "../../protocol/refs.js";
import type { OutputSizes } from "../../protocol/size.js";
import { endsTheRun, LtoError, reportOf } from "../base/errors.js";
import type { CoreContext } from "../engine/core-context.js";
import { fileSizes } from "../explain/size/unit-sizes.js";
import { RustcArguments } from "../pipelines/rustc-args.js";
import { PRODUCERS } from "../producers/registry.js";
import { chooseEngine, type UnitSource } from "../replay/producer.js";
import { summaryOf } from "../replay/unit-summary.js";
import { whileInUse } from "../store/in-use.js";
import { benchmark, requirePlace, requireSuccess, type BenchmarkOptions } from "./benchmark.js";
import { buildSetting, requireOwnBuild, requireSameSources, type BuildHooks } from "./build-setting.js";
import { replaySetting } from "./replay-setting.js";
import { AS_BUILT, DEFAULT_SETTINGS, isOfImports, needsBuild, parseSetting, snippetOf, withoutOwn, type Setting } from "./settings.js";

export interface AdviseOptions {
  /** "auto", "system" or a path. */
  readonly llvm: string;
  /** As they were given; empty: the usual ones. */
  readonly settings: readonly string[];
  /** null: nothing is run. */
  readonly bench: BenchmarkOptions | null;
  /** Builds with it: a rustup toolchain's name, or the path of a rustc; absent: the workspace's own. */
  readonly toolchain?: string;
}

export interface AdviseHooks {
  readonly signal?: AbortSignal | undefined;
  /** What is being done, as a sentence's beginning: "lto=fat: building". */
  readonly progress?: (text: string) => void;
}

/** A setting without what depends on the others. */
type Row = Omit<AdvisedSetting, "sameOutputAs" | "benchmark"> & { readonly digest: string };

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
  const named = options.settings.length === 0 ? DEFAULT_SETTINGS : options.settings;
  const { unit } = source;
  const codegenUnits = new RustcArguments(unit.commandLine).codegen("codegen-units");
  const settings = [AS_BUILT, ...named.map((text) => withoutOwn(parseSetting(text), unit, codegenUnits))];
  if (options.bench !== null) requirePlace(options.bench.command);
  return whileInUse(core.layout, { making: true }, () => new Advice(core, source, options, hooks).report(settings));
}

class Advice {
  readonly #core: CoreContext;
  readonly #source: UnitSource;
  readonly #options: AdviseOptions;
  readonly #hooks: AdviseHooks;
  readonly #warnings = new Set<string>();

  constructor(core: CoreContext, source: UnitSource, options: AdviseOptions, hooks: AdviseHooks) {
    this.#core = core;
    this.#source = source;
    this.#options = options;
    this.#hooks = hooks;
  }

  async report(settings: readonly Setting[]): Promise<AdviseReport> {
    const { unit } = this.#source;
    const builds = settings.some(needsBuild);
    if (builds) {
      await requireOwnBuild(unit);
      await requireSameSources(this.#core.layout, unit, this.#building(AS_BUILT.name));
    }
    const rows: Row[] = [];
    const failed: FailedSetting[] = [];
    for (const setting of settings) {
      try {
        rows.push(await this.#measure(setting));
        if (setting === AS_BUILT) await this.#tryCommand(rows);
      } catch (error) {
        // Without the build's own settings, there is nothing to compare with.
        if (endsTheRun(error) || setting === AS_BUILT) throw error;
        failed.push({ name: setting.name, error: reportOf(error, `Measuring ${setting.name}`) });
      }
    }
    // A source may have been saved while the others were built.
    if (builds) await requireSameSources(this.#core.layout, unit, this.#building(AS_BUILT.name));
    const { bench } = this.#options;
    const benchmarked = bench === null ? null : await this.#benchmark(rows, bench);
    return {
      schema: 1,
      command: "advise",
      unit: summaryOf(this.#source.unit),
      settings: rows.map((row, index) => {
        const { digest, ...shown } = row;
        const first = rows.findIndex((other) => other.digest === digest);
        return {
          ...shown,
          sameOutputAs: first < index ? (rows[first]?.name ?? null) : null,
          benchmark: benchmarked?.results.get(digest) ?? null,
        };
      }),
      failed,
      bench: benchmarked?.setup ?? null,
      notVaried: NOT_VARIED,
      warnings: [...this.#warnings],
    };
  }

  /** Before hours of builds, whether the command works. @throws LtoError Usage */
  async #tryCommand([first]: readonly Row[]): Promise<void> {
    const { bench } = this.#options;
    if (bench === null || first === undefined) return;
    await chmod(first.output, 0o755);
    await requireSuccess(first, bench, this.#hooks.signal);
  }

  #building(name: string): BuildHooks {
    return {
      signal: this.#hooks.signal,
      toolchain: this.#options.toolchain,
      progress: (message) => this.#hooks.progress?.(`${name}: ${message}`),
    };
  }

  async #measure(setting: Setting): Promise<Row> {
    const { unit } = this.#source;
    if (!needsBuild(setting)) return this.#replay(setting, this.#source, null);
    const begun = performance.now();
    const built = await buildSetting(this.#core.layout, unit, setting.build, this.#building(setting.name));
    const buildMillis = performance.now() - begun;
    if ("unit" in built) return this.#replay(setting, PRODUCERS.sourceOf(built.unit), buildMillis);
    if (setting.llvmArgs.length > 0 || setting.ltoLevel !== null) {
      throw new LtoError({
        name: "Usage",
        message: `With \`${setting.name}\`, rustc does no LTO, so there is nothing to replay with other options.`,
        help: "Leave out the options of LTO, or choose another `lto`.",
      });
    }
    const { file: output, digest } = built.output;
    return {
      ...{ name: setting.name, by: "built", unit: null, lto: "off", optLevel: setting.build.optLevel ?? unit.settings.optLevel },
      ...{ llvmArgs: [], buildMillis, ltoMillis: null, linkMillis: null, peakMemoryBytes: null, identical: null, output, kept: false },
      snippet: snippetOf(setting, unit.profile),
      ...(await this.#sizes(output)),
      digest,
    };
  }

  /** @param buildMillis null: the captured build is replayed */
  async #replay(setting: Setting, source: UnitSource, buildMillis: number | null): Promise<Row> {
    const { signal } = this.#hooks;
    const { unit } = source;
    const { ltoLevel, llvmArgs } = setting;
    const made = await replaySetting(this.#core, source, setting, this.#options.llvm, {
      ...(signal === undefined ? {} : { signal }),
      progress: (one) => {
        const done = one.kind === "opening" ? "analysing" : `${one.done} of ${one.total} modules`;
        this.#hooks.progress?.(`${setting.name}: ${done}`);
      },
    });
    for (const warning of made.warnings) this.#warnings.add(warning);
    if (ltoLevel !== null || !llvmArgs.every(isOfImports)) {
      this.#warnings.add(
        `\`${setting.name}\` is a setting of LTO and code generation alone: what rustc optimised before LTO is as the build left it.`,
      );
    }
    // With other options, the capture's output is not what is expected.
    const by = buildMillis === null ? "replayed" : "captured";
    const isOwn = ltoLevel === null && llvmArgs.length === 0;
    return {
      ...{ name: setting.name, by, unit: formatCaptureRef(unit), lto: unit.mode, optLevel: ltoLevel ?? unit.settings.optLevel, llvmArgs },
      ...{
        buildMillis,
        ltoMillis: made.ltoMillis,
        linkMillis: made.linkMillis,
        peakMemoryBytes: made.peakMemoryBytes,
        identical: isOwn ? made.identical : null,
      },
      ...{ output: made.output, kept: made.kept, snippet: snippetOf(setting, unit.profile) },
      ...(await this.#sizes(made.output)),
      digest: made.digest,
    };
  }

  async #sizes(output: string): Promise<Pick<Row, "fileBytes" | "textBytes" | "sections" | "crates">> {
    const { engine } = await chooseEngine(this.#core, this.#source, { llvm: this.#options.llvm, overrides: {} }, this.#hooks.signal);
    const { bytes, sections, crates }: OutputSizes = await fileSizes(engine, output, output, this.#hooks.signal);
    const inFile = sections.filter((section) => section.inFile);
    return {
      fileBytes: bytes,
      textBytes: inFile.reduce((sum, section) => sum + (section.code ? section.bytes : 0), 0),
      sections: inFile.map((section) => ({ name: section.name, bytes: section.bytes })),
      crates: crates.map((one) => ({ crate: one.crate, bytes: one.bytes })),
    };
  }

  /** Runs each program once, however many settings have it. @returns results by the digests of programs */
  async #benchmark(
    rows: readonly Row[],
    bench: BenchmarkOptions,
  ): Promise<{ readonly setup: BenchmarkSetup; readonly results: ReadonlyMap<string, BenchmarkResult> }> {
    const programs = rows.filter((row, index) => rows.findIndex(({ digest }) => digest === row.digest) === index);
    for (const { output } of programs) await chmod(output, 0o755);
    const { setup, results } = await benchmark(programs, bench, {
      signal: this.#hooks.signal,
      progress: (round, rounds) => this.#hooks.progress?.(`running: round ${round + 1} of ${rounds}`),
    });
    return {
      setup,
      results: new Map(programs.flatMap(({ digest }, index) => (results[index] === undefined ? [] : [[digest, results[index]]]))),
    };
  }
}

/** In words of the profile and of rustc. */
const NOT_VARIED = ["target-cpu", "panic", "debug", "profile-use", "linker"];
