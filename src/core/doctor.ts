/** `doctor`: toolchains, the libLLVM that each would load (really loaded in an engine process), the addon, problems and their mends. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { EngineInfo } from "../protocol/engine.js";
import type { LtoErrorReport } from "../protocol/errors.js";
import type { DoctorReport, LoadedLibrary, ToolchainReport } from "../protocol/reports.js";
import type { Toolchain } from "../protocol/units.js";
import type { Core } from "./core.js";
import { chooseLibrary, systemLibrary } from "./engine/libllvm.js";
import { findEngineFiles } from "./engine/pool.js";
import { llvmArguments, toolchainProfile } from "./engine/toolchain-profile.js";
import { LtoError, reportOf } from "./errors.js";
import { detectToolchain, findToolchains, INSTALL_RUST } from "./workspace/toolchain.js";

/** Looks at this machine, and at what Cargo would use in a folder. */
export async function examine(core: Core, folder: string, signal?: AbortSignal): Promise<DoctorReport> {
  const problems: LtoErrorReport[] = [];
  const addon = addonReport(problems);
  const here = await toolchainHere(folder, problems, signal);
  const toolchains: ToolchainReport[] = [];
  for (const { toolchain, unusableBecause } of await findToolchains(process.env, signal)) {
    const usedHere = here?.rustc === toolchain.rustc;
    toolchains.push(
      unusableBecause === null
        ? await toolchainReport(core, toolchain, usedHere)
        : { toolchain, usedHere, library: null, problem: { name: "NoToolchain", message: unusableBecause, mend: INSTALL_RUST } },
    );
  }
  problems.push(
    ...toolchains.flatMap(({ problem, usedHere }) => (problem === null || (!usedHere && toolchains.length > 1) ? [] : [problem])),
  );
  if (toolchains.length === 0) problems.push({ name: "NoToolchain", message: "No Rust compiler was found.", mend: INSTALL_RUST });
  return {
    schema: 1,
    command: "doctor",
    folder: resolve(folder),
    node: process.version,
    addon,
    toolchains,
    systemLibrary: await systemReport(core),
    store: { root: core.layout.root, exists: existsSync(core.layout.root) },
    usable: addon.problem === null && toolchains.some((toolchain) => toolchain.library !== null),
    problems,
  };
}

function addonReport(problems: LtoErrorReport[]): DoctorReport["addon"] {
  try {
    const files = findEngineFiles();
    return { path: files.addon, problem: null };
  } catch (error) {
    const problem = reportOf(error, "Looking for the native engine");
    problems.push(problem);
    return { path: problem.file ?? null, problem };
  }
}

async function toolchainHere(folder: string, problems: LtoErrorReport[], signal?: AbortSignal): Promise<Toolchain | null> {
  try {
    return await detectToolchain(resolve(folder), { signal });
  } catch (error) {
    if (!(error instanceof LtoError) || error.report.name === "Cancelled") throw error;
    problems.push(error.report);
    return null;
  }
}

async function toolchainReport(core: Core, toolchain: Toolchain, usedHere: boolean): Promise<ToolchainReport> {
  try {
    const { path, expectedVersion } = await chooseLibrary("auto", toolchain);
    const args = llvmArguments(toolchainProfile(toolchain.release), []);
    return { toolchain, usedHere, library: await load(core, path, expectedVersion, args), problem: null };
  } catch (error) {
    return { toolchain, usedHere, library: null, problem: reportOf(error, `Loading the libLLVM of rustc ${toolchain.release}`) };
  }
}

async function systemReport(core: Core): Promise<LoadedLibrary | null> {
  const path = await systemLibrary();
  if (path === null) return null;
  return load(core, path, null, llvmArguments(toolchainProfile(null), [])).catch(() => null);
}

async function load(core: Core, path: string, expectedVersion: string | null, args: readonly string[]): Promise<LoadedLibrary> {
  const engine = core.engines.engine({ library: path, expectedVersion, llvmArguments: args });
  const { version, revision, compiledAgainst, targets }: EngineInfo = await engine.info();
  return { path, version, revision, compiledAgainst, targets };
}
