/**
 * The LLVM series that rustc's releases use, and those for which this installation has an engine. LLVM's C++ interface is the same only within
 * major.minor, so each series has its own addon. The other differences are in `llvm-series.json`, which the build scripts read too.
 */
import { existsSync, readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { LtoErrorReport } from "../../protocol/errors.js";
import type { Toolchain } from "../../protocol/units.js";
import { ownFile } from "../base/own-files.js";
import table from "./llvm-series.json";

export interface LlvmSeries {
  /** "22.1" */
  readonly name: string;
  /** The first and last rustc with it, "1.95"; null: the newest known. */
  readonly rustc: { readonly from: string; readonly to: string | null };
  /** An engine for it can be built: `addon/lto/compat` knows what is different in it. */
  readonly engine: boolean;
  /** SONAME of the plain library; toolchains append a suffix to it. */
  readonly library: string;
  /** The version of its symbols, which is defined in the library. */
  readonly symbolVersion: string;
  /**
   * The library has the option that writes use-lists, `-preserve-bc-uselistorder`: since LLVM 22 (llvm#160079). Before, only LLVM's tools have it, so
   * these series have a plugin that writes them.
   */
  readonly useListsOption: boolean;
  /** Debian's; `suite`: where they are if a stable release has none of them, so that the headers are unpacked from there. */
  readonly packages: { readonly headers: string; readonly library: string; readonly suite: string | null };
}

/** Oldest first. */
export const LLVM_SERIES: readonly LlvmSeries[] = table;

/** The series of an LLVM version, "22.1.2-rust-1.95.0-stable"; undefined: none in the table. */
export function seriesOf(version: string): LlvmSeries | undefined {
  return LLVM_SERIES.find(({ name }) => version.startsWith(`${name}.`));
}

/** The series that a user writes as "22" or "22.1"; undefined: none in the table. */
export function seriesNamed(text: string): LlvmSeries | undefined {
  return LLVM_SERIES.find((series) => series.name === text || majorOf(series) === text);
}

/** "22" of "22.1", as in the names of the addon and of Debian's packages. */
export function majorOf({ name }: LlvmSeries): string {
  return name.split(".")[0] ?? name;
}

/** "lto_inspector-22.node" */
export function addonName(series: LlvmSeries): string {
  return `lto_inspector-${majorOf(series)}.node`;
}

/** The plugin for rustc that writes use-lists, which ships with this program; undefined: the series has an option for it. The caller checks whether it exists. */
export function useListsPluginOf(series: LlvmSeries): string | undefined {
  return series.useListsOption ? undefined : join(distFolder(), `lto_inspector_use_lists-${majorOf(series)}.so`);
}

/** The addon of a series: that of `LTO_INSPECTOR_ADDON`, or the one that ships with this program. The caller checks whether it exists. */
export function addonOf(series: LlvmSeries): string {
  const named = process.env["LTO_INSPECTOR_ADDON"];
  return named ?? join(distFolder(), addonName(series));
}

/**
 * The series for which this installation has an engine, oldest first. The addon in `LTO_INSPECTOR_ADDON` counts for the series in its name; without
 * one, for all.
 */
export function seriesWithEngine(): readonly LlvmSeries[] {
  const named = process.env["LTO_INSPECTOR_ADDON"];
  if (named === undefined) {
    const files = new Set(existsSync(distFolder()) ? readdirSync(distFolder()) : []);
    return LLVM_SERIES.filter((series) => files.has(addonName(series)));
  }
  const own = LLVM_SERIES.filter((series) => basename(named) === addonName(series));
  return own.length > 0 ? own : LLVM_SERIES;
}

function distFolder(): string {
  return dirname(ownFile("engine-host.js"));
}

/** Why a toolchain cannot be used; undefined: it can. */
export function whyUnusable(toolchain: Toolchain, engines: readonly LlvmSeries[] = seriesWithEngine()): LtoErrorReport | undefined {
  const { rustc, release, llvmVersion } = toolchain;
  if (llvmVersion === "") {
    return { name: "NoToolchain", message: `${rustc} does not report its LLVM version.`, file: rustc, help: supportedToolchains(engines) };
  }
  return whyNoEngine(`rustc ${release} uses`, llvmVersion, rustc, engines);
}

/** Why no engine of this installation can load an LLVM; undefined: one can. @param whose "rustc 1.99.0 uses", "/usr/lib/libLLVM.so is" */
export function whyNoEngine(
  whose: string,
  llvmVersion: string,
  file: string | undefined,
  engines: readonly LlvmSeries[] = seriesWithEngine(),
): LtoErrorReport | undefined {
  const series = seriesOf(llvmVersion) ?? seriesNamed(llvmVersion);
  if (series !== undefined && engines.includes(series)) return undefined;
  const message = `${whose} LLVM ${llvmVersion}; this build has ${enginesInWords(engines)}.`;
  const command = series === undefined ? undefined : buildCommand(series);
  const help = command === undefined ? supportedToolchains(engines) : `Build one: \`${command}\`.`;
  return { name: series === undefined ? "NoToolchain" : "NoAddon", message, ...(file === undefined ? {} : { file }), help };
}

/** The command that builds the engine of a series, if this program runs from its source folder; undefined: it cannot be built here. */
export function buildCommand(series: LlvmSeries): string | undefined {
  if (!series.engine || !existsSync(join(distFolder(), "..", "addon", "CMakeLists.txt"))) return undefined;
  return `npm run build:addon -- --llvm ${majorOf(series)}`;
}

/** "engines for LLVM 19 and 22" */
export function enginesInWords(engines: readonly LlvmSeries[]): string {
  const majors = engines.map(majorOf);
  if (majors.length < 2) return majors.length === 0 ? "no engine" : `an engine for LLVM ${majors.join("")}`;
  return `engines for LLVM ${majors.slice(0, -1).join(", ")} and ${majors.at(-1) ?? ""}`;
}

function supportedToolchains(engines: readonly LlvmSeries[]): string {
  if (engines.length === 0) return "Build one with `npm run build:addon` (or run `npm start`, which does this).";
  return `Use a toolchain with one of these: rustc ${engines.map(releasesOf).join(", ")}.`;
}

/** The releases of rustc that use a series: "1.95 to 1.98". */
export function releasesOf({ rustc: { from, to } }: LlvmSeries): string {
  return to === null ? `${from} or later` : `${from} to ${to}`;
}
