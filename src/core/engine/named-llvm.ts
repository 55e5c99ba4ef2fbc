/** The libLLVM that the user names in words: an LLVM series, a toolchain, `system`, or a path. */
import { stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import type { Toolchain } from "../../protocol/units.js";
import { LtoError } from "../base/errors.js";
import { majorOf, releasesOf, seriesNamed, seriesOf, seriesWithEngine, whyNoEngine, type LlvmSeries } from "../machine/llvm-series.js";
import { describeRustc, findToolchains, type FoundToolchain } from "../machine/toolchain.js";
import { chooseLibrary, systemLibraryOf, type ChosenLibrary } from "./libllvm.js";

/**
 * Finds the library that the user means.
 *
 * @param wanted "22" or "22.1" (a toolchain's library of that series, or else the system's), the name of a rustup toolchain or a rustc release,
 * `system`, or the path of a libLLVM, a rustc or a toolchain's folder
 * @throws LtoError NoLibLlvm, NoAddon, NoToolchain
 */
export async function libraryNamed(wanted: string, signal?: AbortSignal): Promise<ChosenLibrary> {
  if (wanted === "system") return chooseLibrary("system", null);
  if (wanted.includes("/")) return libraryAt(resolve(wanted), signal);
  const series = seriesNamed(wanted);
  const toolchains = await findToolchains(process.env, signal);
  return series === undefined ? ofToolchain(wanted.replace(/^\+/, ""), toolchains) : ofSeries(series, toolchains);
}

async function libraryAt(path: string, signal: AbortSignal | undefined): Promise<ChosenLibrary> {
  const isFolder = (await stat(path).catch(() => undefined))?.isDirectory() === true;
  const rustc = isFolder ? join(path, "bin", "rustc") : path;
  if (!isFolder && basename(path) !== "rustc") return chooseLibrary(path, null);
  return chooseLibrary("auto", await describeRustc(rustc, { cwd: dirname(rustc), signal }));
}

/** A toolchain's libLLVM is what rustc would use: a released toolchain's, and of these the newest. */
async function ofSeries(series: LlvmSeries, toolchains: readonly FoundToolchain[]): Promise<ChosenLibrary> {
  const why = whyNoEngine("You asked for", series.name, undefined);
  if (why !== undefined) throw new LtoError(why);
  const [newest] = toolchains
    .filter(({ toolchain, problem }) => problem === null && seriesOf(toolchain.llvmVersion) === series)
    .sort(byPreference);
  if (newest !== undefined) return chooseLibrary("auto", newest.toolchain);
  const system = await systemLibraryOf(series);
  if (system !== null) return chooseLibrary(system, null);
  throw new LtoError({
    name: "NoLibLlvm",
    message: `No libLLVM of LLVM ${series.name} is installed here: no toolchain has one, and neither has the system.`,
    help: `Install a toolchain that uses it (rustc ${releasesOf(series)}), or on Debian and Ubuntu \`apt-get install ${series.packages.library}\`; or name a file.`,
  });
}

function byPreference({ toolchain: one }: FoundToolchain, { toolchain: other }: FoundToolchain): number {
  const [unreleased, otherUnreleased] = [one, other].map(({ release }) => release.includes("-"));
  return unreleased === otherUnreleased ? patchOf(other) - patchOf(one) : unreleased === true ? 1 : -1;
}

/** 2 of "22.1.2-rust-1.95.0-stable". */
function patchOf({ llvmVersion }: Toolchain): number {
  return Number.parseInt(llvmVersion.split(".")[2] ?? "0", 10);
}

async function ofToolchain(wanted: string, toolchains: readonly FoundToolchain[]): Promise<ChosenLibrary> {
  const found =
    toolchains.find(({ toolchain }) => namesOf(toolchain).some((name) => name === wanted || name.startsWith(`${wanted}-`))) ??
    toolchains.find(({ toolchain }) => toolchain.release.startsWith(`${wanted}.`));
  if (found !== undefined) return chooseLibrary("auto", found.toolchain);
  const known = toolchains.flatMap(({ toolchain, problem }) => (problem === null ? (namesOf(toolchain)[0] ?? []) : []));
  throw new LtoError({
    name: "NoToolchain",
    message: `${wanted} is neither an LLVM series nor a toolchain of this machine.`,
    help: `Name a series (${seriesWithEngine().map(majorOf).join(", ")}), a toolchain${known.length === 0 ? "" : ` (${known.join(", ")})`}, \`system\`, or the path of a libLLVM or a rustc.`,
  });
}

/** "1.95.0", and for rustup's toolchains "stable-x86_64-unknown-linux-gnu". */
function namesOf({ sysroot, release }: Toolchain): string[] {
  return [...(basename(dirname(sysroot)) === "toolchains" ? [basename(sysroot)] : []), release];
}
