/** The library and the engine for reading bitcode: any library that is not older can read it; only making stages needs the one that wrote it. */
import type { RunReport } from "../../protocol/runs.js";
import type { Toolchain } from "../../protocol/units.js";
import type { CoreContext } from "../engine/core-context.js";
import type { EngineClient } from "../engine/client.js";
import { LtoError } from "../base/errors.js";
import { chooseLibrary, systemLibrary, type ChosenLibrary } from "../engine/libllvm.js";
import { seriesOf, seriesWithEngine, type LlvmSeries } from "../machine/llvm-series.js";
import { findToolchains } from "../machine/toolchain.js";
import { llvmArguments, toolchainProfile } from "../pipelines/toolchain-profile.js";

/** @param llvm "auto", "system" or a path @param added LLVM arguments besides rustc's standard ones */
export async function readingEngine(core: CoreContext, llvm: string, added: readonly string[] = []): Promise<EngineClient> {
  return engineOn(core, await libraryToRead(llvm), llvmArguments(toolchainProfile(null), added));
}

/** The engine process for a library and LLVM arguments. */
export function engineOn(core: CoreContext, library: ChosenLibrary, args: readonly string[]): EngineClient {
  const { path, series, expectedVersion } = library;
  return core.engines.engine({ library: path, series, expectedVersion, llvmArguments: args });
}

/** The engine process of a run: its library and its arguments. @throws LtoError NoAddon, NoLibLlvm */
export function engineOfRun(core: CoreContext, { llvm, settings }: Pick<RunReport, "llvm" | "settings">): EngineClient {
  const series = seriesOf(llvm.version);
  if (series === undefined) {
    throw new LtoError({
      name: "NoLibLlvm",
      message: `The run used LLVM ${llvm.version}, which is none that this version knows.`,
      file: llvm.path,
      help: "Run LTO again.",
    });
  }
  return core.engines.engine({ library: llvm.path, series, expectedVersion: null, llvmArguments: settings.llvmArgs });
}

/** For `auto`, the newest library that an engine can load: the system's, or a toolchain's if that is of a newer series. */
async function libraryToRead(choice: string): Promise<ChosenLibrary> {
  if (choice !== "auto") return chooseLibrary(choice, null);
  const system = (await systemLibrary()) === null ? undefined : await chooseLibrary("system", null);
  const engines = seriesWithEngine();
  // Without an engine for a newer series there is nothing to look for.
  if (system !== undefined && system.series === engines.at(-1)) return system;
  const newest = await newestToolchain(engines.slice(system === undefined ? 0 : engines.indexOf(system.series) + 1));
  if (newest !== undefined) return chooseLibrary("auto", newest);
  return system ?? chooseLibrary("auto", null);
}

/** The installed toolchain with the newest LLVM of these series. @param series oldest first */
async function newestToolchain(series: readonly LlvmSeries[]): Promise<Toolchain | undefined> {
  const place = ({ llvmVersion }: Toolchain): number => series.findIndex(({ name }) => llvmVersion.startsWith(`${name}.`));
  const installed = (await findToolchains()).map(({ toolchain }) => toolchain).filter((toolchain) => place(toolchain) >= 0);
  return installed.toSorted((one, other) => place(other) - place(one))[0];
}
