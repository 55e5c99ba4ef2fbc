/** Measures one setting: builds it if only a build has it, replays LTO, and reads the output. */
import type { AdvisedSetting } from "../../protocol/advise.js";
import { formatCaptureRef } from "../../protocol/refs.js";
import type { OutputSizes } from "../../protocol/size.js";
import { LtoError } from "../base/errors.js";
import type { CoreContext } from "../engine/core-context.js";
import type { Measured } from "../explain/size/compare-sizes.js";
import { fileSizes, withInlined } from "../explain/size/unit-sizes.js";
import { PRODUCERS } from "../producers/registry.js";
import { chooseEngine, type UnitSource } from "../replay/producer.js";
import { buildSetting, type BuildHooks } from "./build-setting.js";
import type { KeptProgram } from "./kept.js";
import { replaySetting, type ReplayOptions } from "./replay-setting.js";
import { isOfImports, needsBuild, snippetOf, type Setting } from "./settings.js";

/** What does not depend on the other settings. */
export interface MeasuredSetting {
  readonly row: Omit<AdvisedSetting, "sameOutputAs" | "symbols" | "inlined" | "benchmark">;
  /** SHA-256 of the output. */
  readonly digest: string;
  /** For comparisons with other settings. */
  readonly measured: Measured;
  readonly warnings: readonly string[];
}

export interface MeasureHooks extends BuildHooks {
  /** What is being done. */
  readonly progress: (text: string) => void;
}

/** Measures settings of one captured unit. */
export class SettingMeter {
  readonly #core: CoreContext;
  readonly #source: UnitSource;
  readonly #options: ReplayOptions;

  constructor(core: CoreContext, source: UnitSource, options: ReplayOptions) {
    this.#core = core;
    this.#source = source;
    this.#options = options;
  }

  /**
   * @throws LtoError Usage if rustc does no LTO with these settings and others are of LTO alone; IncompleteUnit if the output cannot be linked again;
   * BuildFailed; Cancelled
   */
  async measure(setting: Setting, hooks: MeasureHooks): Promise<MeasuredSetting> {
    if (!needsBuild(setting)) return this.#replayed(setting, this.#source, null, hooks);
    const begun = performance.now();
    const built = await buildSetting(this.#core.layout, this.#source.unit, setting.build, hooks);
    const buildMillis = performance.now() - begun;
    if ("unit" in built) return this.#replayed(setting, PRODUCERS.sourceOf(built.unit), buildMillis, hooks);
    if (setting.llvmArgs.length === 0 && setting.ltoLevel === null) return this.#built(setting, built.output, buildMillis, hooks);
    throw new LtoError({
      name: "Usage",
      message: `With \`${setting.name}\`, rustc does no LTO, so there is nothing to replay with other options.`,
      help: "Leave out the options of LTO, or choose another `lto`.",
    });
  }

  /** @param buildMillis null: the captured build is replayed */
  async #replayed(setting: Setting, source: UnitSource, buildMillis: number | null, hooks: MeasureHooks): Promise<MeasuredSetting> {
    const { unit } = source;
    const { name, ltoLevel, llvmArgs } = setting;
    const replay = await replaySetting(this.#core, source, setting, this.#options, {
      ...(hooks.signal === undefined ? {} : { signal: hooks.signal }),
      progress: (one) => {
        hooks.progress(one.kind === "opening" ? "analysing" : `${one.done} of ${one.total} modules`);
      },
    });
    const { ltoMillis, linkMillis, peakMemoryBytes, output, kept, edits, inlined } = replay;
    const sizes = await this.#sizesOf(output, hooks.signal);
    const isOwn = ltoLevel === null && llvmArgs.length === 0;
    return {
      row: {
        ...{ name, by: buildMillis === null ? "replayed" : "captured", unit: formatCaptureRef(unit) },
        ...{ lto: unit.mode, optLevel: ltoLevel ?? unit.settings.optLevel, llvmArgs },
        ...{ buildMillis, ltoMillis, linkMillis, peakMemoryBytes, edits, output, kept },
        // With other options, the capture's output is not what is expected.
        identical: isOwn ? replay.identical : null,
        snippet: snippetOf(setting, this.#source.unit.profile),
        ...shownSizes(sizes),
      },
      digest: replay.digest,
      measured: { sizes: inlined === null ? sizes : withInlined(sizes, inlined), inlined },
      warnings: [...replay.warnings, ...warningsOf(setting)],
    };
  }

  async #built(
    setting: Setting,
    { file: output, digest }: KeptProgram,
    buildMillis: number,
    hooks: MeasureHooks,
  ): Promise<MeasuredSetting> {
    const { unit } = this.#source;
    const sizes = await this.#sizesOf(output, hooks.signal);
    return {
      row: {
        ...{ name: setting.name, by: "built", unit: null, lto: "off", optLevel: setting.build.optLevel ?? unit.settings.optLevel },
        ...{ llvmArgs: [], buildMillis, ltoMillis: null, linkMillis: null, peakMemoryBytes: null, edits: null },
        ...{ identical: null, output, kept: false, snippet: snippetOf(setting, unit.profile) },
        ...shownSizes(sizes),
      },
      digest,
      measured: { sizes, inlined: null },
      warnings: [],
    };
  }

  async #sizesOf(output: string, signal: AbortSignal | undefined): Promise<OutputSizes> {
    const { engine } = await chooseEngine(this.#core, this.#source, { llvm: this.#options.llvm, overrides: {} }, signal);
    return fileSizes(engine, output, output, signal);
  }
}

function shownSizes({
  bytes,
  sections,
  crates,
}: OutputSizes): Pick<MeasuredSetting["row"], "fileBytes" | "textBytes" | "sections" | "crates"> {
  const inFile = sections.filter((section) => section.inFile);
  return {
    fileBytes: bytes,
    textBytes: inFile.reduce((sum, section) => sum + (section.code ? section.bytes : 0), 0),
    sections: inFile.map((section) => ({ name: section.name, bytes: section.bytes })),
    crates: crates.map((one) => ({ crate: one.crate, bytes: one.bytes })),
  };
}

function warningsOf({ name, ltoLevel, llvmArgs }: Setting): string[] {
  if (ltoLevel === null && llvmArgs.every(isOfImports)) return [];
  return [`\`${name}\` is a setting of LTO and code generation alone: what rustc optimised before LTO is as the build left it.`];
}
