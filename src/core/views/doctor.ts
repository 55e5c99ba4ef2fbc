/** `doctor`: toolchains, the libLLVM that each would load (loaded for real in an engine process), the addon, problems and how to fix them. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { EngineInfo } from "../../protocol/engine/library.js";
import type { LtoErrorReport } from "../../protocol/errors.js";
import type { DoctorReport, EngineReport, LoadedLibrary, ToolchainReport } from "../../protocol/reports.js";
import type { Toolchain } from "../../protocol/units.js";
import type { CoreContext } from "../engine/core-context.js";
import { chooseLibrary, type ChosenLibrary } from "../engine/libllvm.js";
import { findNewestEngine } from "../engine/pool.js";
import { llvmArguments, toolchainProfile } from "../pipelines/toolchain-profile.js";
import { engineOn } from "../replay/reading-engine.js";
import { LtoError, reportOf } from "../base/errors.js";
import { lockAddon } from "../base/lock-addon.js";
import { ownFile } from "../base/own-files.js";
import { findSupervisor } from "../base/process.js";
import { addonOf, buildCommand, LLVM_SERIES, releasesOf, seriesOf, seriesWithEngine } from "../machine/llvm-series.js";
import { detectToolchain, findToolchains, INSTALL_RUST, lookAtToolchain, type FoundToolchain } from "../machine/toolchain.js";

export interface ExamineOptions {
  /** Runs the toolchain that Cargo uses in the folder, even if the workspace chooses it by path. Default: no program of the workspace is run. */
  readonly runToolchain?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Examines this machine, and what Cargo would use in a folder. */
export async function examine(core: CoreContext, folder: string, options: ExamineOptions = {}): Promise<DoctorReport> {
  const problems: LtoErrorReport[] = [];
  const addon = addonReport(problems);
  const here = await toolchainHere(resolve(folder), problems, options);
  const toolchains: ToolchainReport[] = [];
  for (const { toolchain, problem } of withHere(here, await findToolchains(process.env, options.signal, resolve(folder)))) {
    const usedHere = here?.rustc === toolchain.rustc;
    toolchains.push(problem === null ? await toolchainReport(core, toolchain, usedHere) : { toolchain, usedHere, library: null, problem });
  }
  problems.push(
    ...toolchains.flatMap(({ problem, usedHere }) => (problem === null || (!usedHere && toolchains.length > 1) ? [] : [problem])),
  );
  if (toolchains.length === 0) problems.push({ name: "NoToolchain", message: "No Rust compiler was found.", help: INSTALL_RUST });
  return {
    schema: 1,
    command: "doctor",
    folder: resolve(folder),
    node: process.version,
    addon,
    engines: engineReports(toolchains.map(({ toolchain }) => toolchain)),
    toolchains,
    systemLibrary: await systemReport(core),
    store: { root: core.layout.root, exists: existsSync(core.layout.root) },
    usable: addon.problem === null && toolchains.some((toolchain) => toolchain.library !== null),
    problems,
  };
}

function addonReport(problems: LtoErrorReport[]): DoctorReport["addon"] {
  try {
    const files = findNewestEngine();
    lockAddon();
    if (process.platform === "linux" && findSupervisor() === undefined) problems.push(noSupervisor());
    return { path: files.addon, problem: null };
  } catch (error) {
    const problem = reportOf(error, "Looking for the native engine");
    problems.push(problem);
    return { path: problem.file ?? null, problem };
  }
}

function engineReports(toolchains: readonly Toolchain[]): EngineReport[] {
  const existing = seriesWithEngine();
  return LLVM_SERIES.flatMap((series) => {
    const there = existing.includes(series);
    const usedBy = toolchains.filter(({ llvmVersion }) => seriesOf(llvmVersion) === series).map(({ release }) => release);
    if (!there && usedBy.length === 0) return [];
    return {
      series: series.name,
      rustc: releasesOf(series),
      addon: there ? addonOf(series) : null,
      usedBy,
      build: there ? null : (buildCommand(series) ?? null),
    };
  });
}

function noSupervisor(): LtoErrorReport {
  const file = ownFile("lto-inspector-supervise");
  return {
    name: "NoAddon",
    message: `${file} is missing or not executable. Without it, Cargo and rustc keep running after a capture is killed.`,
    file,
    help: "Build it with `npm run build:addon`, or install LTO Inspector again.",
  };
}

/** null: none was found, or it was not run; `problems` says which. */
async function toolchainHere(
  folder: string,
  problems: LtoErrorReport[],
  { runToolchain, signal }: ExamineOptions,
): Promise<Toolchain | null> {
  try {
    if (runToolchain === true) return await detectToolchain(folder, { signal });
    const { toolchain, notRun } = await lookAtToolchain(folder, { signal });
    if (notRun === null) return toolchain;
    problems.push(notRun);
    return null;
  } catch (error) {
    if (!(error instanceof LtoError) || error.report.name === "Cancelled") throw error;
    problems.push(error.report);
    return null;
  }
}

/** Adds the toolchain that the workspace chooses by path, which is not among the machine's own. */
function withHere(here: Toolchain | null, found: readonly FoundToolchain[]): readonly FoundToolchain[] {
  if (here === null || found.some(({ toolchain }) => toolchain.rustc === here.rustc)) return found;
  return [{ toolchain: here, problem: null }, ...found];
}

async function toolchainReport(core: CoreContext, toolchain: Toolchain, usedHere: boolean): Promise<ToolchainReport> {
  try {
    const args = llvmArguments(toolchainProfile(toolchain.release), []);
    return { toolchain, usedHere, library: await load(core, await chooseLibrary("auto", toolchain), args), problem: null };
  } catch (error) {
    return { toolchain, usedHere, library: null, problem: reportOf(error, `Loading the libLLVM of rustc ${toolchain.release}`) };
  }
}

async function systemReport(core: CoreContext): Promise<LoadedLibrary | null> {
  try {
    return await load(core, await chooseLibrary("system", null), llvmArguments(toolchainProfile(null), []));
  } catch {
    return null;
  }
}

async function load(core: CoreContext, library: ChosenLibrary, args: readonly string[]): Promise<LoadedLibrary> {
  const { version, revision, compiledAgainst, targets }: EngineInfo = await engineOn(core, library, args).info();
  return { path: library.path, version, revision, compiledAgainst, targets };
}
