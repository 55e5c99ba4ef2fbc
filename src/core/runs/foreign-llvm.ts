/** Bitcode that the loaded LLVM cannot read because another LLVM wrote it. */
import type { Producer } from "../../protocol/engine.js";
import type { EngineClient } from "../engine/client.js";
import { toolchainLibrary } from "../engine/libllvm.js";
import { isLtoError, LtoError } from "../errors.js";
import { findToolchains } from "../workspace/toolchain.js";

/**
 * When a file could not be parsed because a newer LLVM wrote it, says so with both versions and the library that would read it; any other error is
 * returned as it is.
 */
export async function explainUnreadable(error: unknown, engine: EngineClient): Promise<unknown> {
  const unreadable = isLtoError(error, "ParseBitcode") || isLtoError(error, "LoadBitcode") || isLtoError(error, "LtoBitcodeFromRlib");
  const foreign = isLtoError(error, "ForeignLlvm");
  if (!unreadable && !foreign) return error;
  const { file } = error.report;
  if (file === undefined) return error;
  const producer = await producerOf(file, engine);
  const { version } = await engine.info();
  const writtenBy = producer?.version ?? versionIn(error.report.message);
  if (writtenBy === undefined || (!foreign && !isNewer(writtenBy, version))) return error;
  const reader = await readerOf(writtenBy);
  return new LtoError({
    ...error.report,
    name: "ForeignLlvm",
    message: `${file} was written by LLVM ${writtenBy}; the loaded library is LLVM ${version} (${engine.spec.library}), which cannot read it. ${error.report.message}`,
    mend:
      reader === undefined
        ? `Only LLVM ${writtenBy} or a newer one reads it, and none is installed here: build the crate with a toolchain of LLVM ${version}.`
        : `${reader} would read it: name it with --llvm.`,
  });
}

async function producerOf(file: string, engine: EngineClient): Promise<Producer | undefined> {
  const result = await engine.request("readModules", { files: [file], members: "all" }).catch(() => undefined);
  return result?.modules[0]?.producer;
}

function versionIn(message: string): string | undefined {
  return /LLVM\s?(\d+\.\d+\.\d+[\w.-]*)/.exec(message)?.[1];
}

function isNewer(producer: string, reader: string): boolean {
  const [left = 0, right = 0] = [producer, reader].map((version) => Number.parseInt(version, 10));
  return left > right;
}

/** The libLLVM of an installed toolchain that is as new as the producer. */
async function readerOf(version: string): Promise<string | undefined> {
  for (const { toolchain } of await findToolchains()) {
    if (isNewer(version, toolchain.llvmVersion)) continue;
    const library = await toolchainLibrary(toolchain).catch(() => undefined);
    if (library !== undefined) return library;
  }
  return undefined;
}
