/** The library and the engine for reading bitcode: any library that is not older can read it; only making stages needs the one that wrote it. */
import type { CoreContext } from "../engine/core-context.js";
import type { EngineClient } from "../engine/client.js";
import { chooseLibrary, type ChosenLibrary } from "../engine/libllvm.js";
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

async function libraryToRead(choice: string): Promise<ChosenLibrary> {
  try {
    return await chooseLibrary(choice, null);
  } catch (error) {
    if (choice !== "auto") throw error;
    const usable = (await findToolchains()).filter(({ problem }) => problem === null).map(({ toolchain }) => toolchain);
    const [newest] = usable.toSorted((one, other) => Number.parseInt(other.llvmVersion, 10) - Number.parseInt(one.llvmVersion, 10));
    if (newest === undefined) throw error;
    return chooseLibrary("auto", newest);
  }
}
