/** Bitcode that the loaded LLVM cannot read, or might misread, because a newer LLVM wrote it. */
import { errorRow } from "../../protocol/error-table.js";
import type { EngineInfo } from "../../protocol/engine/library.js";
import type { Producer } from "../../protocol/engine/modules.js";
import { isNewer } from "../../protocol/llvm-versions.js";
import type { EngineClient } from "./client.js";
import { sharedLibrary, systemLibrary } from "./libllvm.js";
import { identifyLibrary } from "./library-identity.js";
import { isLtoError, LtoError } from "../base/errors.js";
import { buildCommand, enginesInWords, majorOf, releasesOf, seriesOf, seriesWithEngine, type LlvmSeries } from "../machine/llvm-series.js";
import { findToolchains } from "../machine/toolchain.js";

interface Written {
  readonly name: string;
  readonly file: string;
  readonly producer: Producer;
}

/**
 * Rejects newer bitcode, which LLVM may misread. Older bitcode is accepted, because LLVM upgrades it.
 *
 * @throws LtoError ForeignLlvm for the first module of a newer LLVM, with both versions and a library that can read it
 */
export async function refuseNewer(modules: readonly Written[], info: EngineInfo): Promise<void> {
  const newer = modules.find(({ producer }) => isNewer(producer.version, info.version));
  if (newer !== undefined) throw await foreign(newer.producer.version, info, newer.file, newer.name, "");
}

/**
 * If a file could not be parsed because a newer LLVM wrote it, returns an error with both versions and a library that can read it. Returns any
 * other error unchanged.
 */
export async function explainUnreadable(error: unknown, engine: EngineClient): Promise<unknown> {
  if (!isLtoError(error) || errorRow(error.report.name).unparsed !== true || error.report.file === undefined) return error;
  const { file, module, message } = error.report;
  const info = await engine.info();
  const writtenBy = (await producerOf(file, engine))?.version ?? versionIn(message);
  if (writtenBy === undefined || !isNewer(writtenBy, info.version)) return error;
  return foreign(writtenBy, info, file, module, ` ${message}`);
}

async function foreign(writtenBy: string, info: EngineInfo, file: string, module: string | undefined, said: string): Promise<LtoError> {
  return new LtoError({
    name: "ForeignLlvm",
    message: `${file} was written by LLVM ${writtenBy}; the loaded library is LLVM ${info.version}, which is older and may misread it.${said}`,
    file,
    ...(module === undefined ? {} : { module }),
    help: await whatReads(writtenBy),
  });
}

/** Names the library that can read what an LLVM wrote, and the engine that loads it: first those that can be used as they are. */
async function whatReads(version: string): Promise<string> {
  const installed = (await findToolchains()).filter(({ toolchain }) => !isNewer(version, toolchain.llvmVersion));
  const said = installed.map(async ({ toolchain, problem }) => {
    const library = await sharedLibrary(toolchain);
    if (library === undefined) return [];
    const whose = `${library} (rustc ${toolchain.release})`;
    if (problem !== null) return [{ usable: false, help: `${whose} can read it. ${problem.message} ${problem.help ?? ""}`.trimEnd() }];
    return [{ usable: true, help: `${whose} can read it${withEngine(toolchain.llvmVersion)}: name it with --llvm.` }];
  });
  const toolchains = (await Promise.all(said)).flat();
  const found = toolchains.find(({ usable }) => usable)?.help ?? (await systemReads(version)) ?? toolchains[0]?.help;
  if (found !== undefined) return found;
  const series = seriesOf(version);
  const releases = series === undefined ? "" : ` (rustc ${releasesOf(series)})`;
  return `Only LLVM ${version} or newer can read it${releases}, and none is installed here. ${engineFor(series)}`;
}

/** The system's newest libLLVM with an engine, if it can read what an LLVM wrote. */
async function systemReads(writtenBy: string): Promise<string | undefined> {
  const library = await systemLibrary();
  if (library === null) return undefined;
  const { version } = await identifyLibrary(library);
  return isNewer(writtenBy, version) ? undefined : `${library} can read it${withEngine(version)}: add --llvm system.`;
}

/** ", with the engine for LLVM 22" */
function withEngine(version: string): string {
  const series = seriesOf(version);
  return series === undefined ? "" : `, with the engine for LLVM ${majorOf(series)}`;
}

function engineFor(series: LlvmSeries | undefined): string {
  const engines = seriesWithEngine();
  if (series !== undefined && engines.includes(series)) return `This build has the engine for it: install such a toolchain.`;
  const command = series === undefined ? undefined : buildCommand(series);
  const without = `This build has ${enginesInWords(engines)}: build the crate with a toolchain that uses such an LLVM`;
  return command === undefined ? `${without}.` : `${without}, or install such a toolchain and build its engine: \`${command}\`.`;
}

async function producerOf(file: string, engine: EngineClient): Promise<Producer | undefined> {
  const result = await engine.request("readModules", { files: [file], members: "all" }).catch(() => undefined);
  return result?.modules[0]?.producer;
}

function versionIn(message: string): string | undefined {
  return /LLVM\s?(\d+\.\d+\.\d+[\w.-]*)/.exec(message)?.[1];
}
