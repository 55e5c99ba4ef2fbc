/**
 * The choice of libLLVM: by default that of the toolchain that produced the bitcode, the system's on request (or if there is no
 * toolchain), or one that the user names. Only the same library gives the same bytes and keys. Files are only read for this, not run or loaded.
 */
import { readdir, realpath } from "node:fs/promises";
import { dirname, isAbsolute, join, resolve } from "node:path";
import type { Producer } from "../../protocol/engine/modules.js";
import type { Toolchain } from "../../protocol/units.js";
import { isLtoError, LtoError } from "../base/errors.js";
import { openRegularFile } from "../base/read-file.js";
import { NotElf, readElf, type ElfFile } from "./elf.js";
import {
  enginesInWords,
  LLVM_SERIES,
  majorOf,
  seriesWithEngine,
  whyNoEngine,
  whyUnusable,
  type LlvmSeries,
} from "../machine/llvm-series.js";
import { identifyLibrary } from "./library-identity.js";

export interface ChosenLibrary {
  readonly path: string;
  readonly series: LlvmSeries;
  /** "22.1.2", if a toolchain reports it. */
  readonly expectedVersion: string | null;
  readonly how: "toolchain" | "system" | "path";
}

/**
 * Chooses the libLLVM to load, after checking that the file is a libLLVM with an engine.
 *
 * @param choice "auto", "system" or a path (`--llvm`)
 * @param toolchain the toolchain that produced the bitcode, a trusted one (never just what a manifest says); null: unknown
 * @throws LtoError NoLibLlvm, NoAddon
 */
export async function chooseLibrary(choice: string, toolchain: Toolchain | null): Promise<ChosenLibrary> {
  if (choice === "auto" && toolchain !== null) {
    return chosen(await toolchainLibrary(toolchain), plainVersion(toolchain.llvmVersion), "toolchain");
  }
  if (choice === "auto" || choice === "system") {
    const path = await systemLibrary();
    if (path === null) {
      throw noLibrary(
        `No libLLVM is installed on this system that LTO Inspector can load; this build has ${enginesInWords(seriesWithEngine())}.`,
        undefined,
        `Install one (on Debian and Ubuntu: \`apt-get install ${systemSeries()[0]?.packages.library ?? ""}\`), or name a toolchain's with --llvm PATH.`,
      );
    }
    return chosen(path, null, "system");
  }
  return chosen(await namedLibrary(choice), null, "path");
}

async function chosen(path: string, expectedVersion: string | null, how: ChosenLibrary["how"]): Promise<ChosenLibrary> {
  return { path, series: (await identifyLibrary(path)).series, expectedVersion, how };
}

/** Newest first: a newer LLVM reads what older ones wrote. If no engine is built, that is reported instead of a missing library. */
function systemSeries(): readonly LlvmSeries[] {
  const engines = seriesWithEngine();
  return (engines.length > 0 ? engines : LLVM_SERIES).toReversed();
}

/** "22.1.2" of "22.1.2-rust-1.95.0-stable". */
function plainVersion(version: string): string {
  return version.split("-")[0] ?? version;
}

async function namedLibrary(path: string): Promise<string> {
  const real = await realpath(path).catch(() => undefined);
  if (real === undefined) {
    throw noLibrary(`${path} does not exist or cannot be opened.`, path, "Name a libLLVM.so, or `auto` or `system`.");
  }
  const { version } = await identifyLibrary(real);
  const why = whyNoEngine(`${real} is`, version, real);
  if (why !== undefined) throw new LtoError(why);
  return real;
}

/**
 * The libLLVM that a toolchain's own rustc loads.
 *
 * @throws LtoError NoLibLlvm if it ships none (static, Windows) or not the one that it reports; NoAddon if there is no engine for its LLVM
 */
export async function toolchainLibrary(toolchain: Toolchain): Promise<string> {
  requireEngine(toolchain);
  const library = await sharedLibrary(toolchain);
  if (library === undefined) {
    throw noLibrary(
      `The toolchain of ${toolchain.rustc} (rustc ${toolchain.release}) has no shared libLLVM.`,
      toolchain.rustc,
      "Use a toolchain that ships one (rustup's for Linux do), or --llvm system: text may then match, but bytes and keys do not.",
    );
  }
  const { version } = await identifyLibrary(library);
  if (plainVersion(version) === plainVersion(toolchain.llvmVersion)) return library;
  throw noLibrary(
    `${library} is LLVM ${version}, but rustc ${toolchain.release} says that it uses LLVM ${toolchain.llvmVersion}.`,
    library,
    "Install the toolchain again, or name a library with --llvm PATH.",
  );
}

/** @throws LtoError NoAddon for a toolchain whose LLVM no engine of this installation can load */
export function requireEngine(toolchain: Toolchain): void {
  const why = whyUnusable(toolchain);
  if (why !== undefined) throw new LtoError(why);
}

/** The shared libLLVM of a toolchain, of any version; undefined if it has none. */
export async function sharedLibrary(toolchain: Toolchain): Promise<string | undefined> {
  return (await besideCompiler(toolchain)) ?? (await linkedByCompiler(toolchain));
}

/** rustup's toolchains: `<sysroot>/lib/libLLVM.so.22.1-rust-1.95.0-stable` (the `.so` beside it is a linker script). */
async function besideCompiler(toolchain: Toolchain): Promise<string | undefined> {
  if (toolchain.sysroot === "/usr") return undefined;
  for (const folder of [join(toolchain.sysroot, "lib"), join(toolchain.sysroot, "lib", "rustlib", toolchain.host, "lib")]) {
    const names = await namesIn(folder);
    for (const name of names.filter((candidate) => /^libLLVM\.so\.[\d.]+-rust-|^libLLVM(-[\w.-]+)?\.so$/.test(candidate))) {
      const library = await sharedObjectAt(join(folder, name));
      if (library !== undefined) return library;
    }
  }
  return undefined;
}

/** A distribution's toolchain: the libLLVM that the compiler depends on, directly or through `librustc_driver`, found like the loader finds it. */
async function linkedByCompiler(toolchain: Toolchain): Promise<string | undefined> {
  const folders = [join(toolchain.sysroot, "lib"), ...(await multiarchFolders(join(toolchain.sysroot, "lib")))];
  const compiler = await elfAt(toolchain.rustc);
  if (compiler === undefined) return undefined;
  const direct = await neededBy(toolchain.rustc, compiler, /^libLLVM/, folders);
  if (direct !== undefined) return direct;
  const driver = await neededBy(toolchain.rustc, compiler, /^librustc_driver-/, folders);
  const linked = driver === undefined ? undefined : await elfAt(driver);
  return driver === undefined || linked === undefined ? undefined : neededBy(driver, linked, /^libLLVM/, folders);
}

/** Finds a file's dependency: in the folders that the file names, those of its toolchain, and the system's. */
async function neededBy(
  file: string,
  { needed, runpath }: ElfFile,
  wanted: RegExp,
  folders: readonly string[],
): Promise<string | undefined> {
  const name = needed.find((candidate) => wanted.test(candidate) && !candidate.includes("/"));
  if (name === undefined) return undefined;
  const origin = dirname(await realpath(file));
  const named = runpath.map((folder) => resolve(origin, folder.replace(/\$(?:ORIGIN|\{ORIGIN\})/g, origin)));
  for (const folder of [...named.filter(isAbsolute), ...folders, ...(await systemFolders())]) {
    const library = await sharedObjectAt(join(folder, name));
    if (library !== undefined) return library;
  }
  return undefined;
}

/** The system's newest libLLVM with an engine, or null. */
export async function systemLibrary(): Promise<string | null> {
  for (const series of systemSeries()) {
    const library = await systemLibraryOf(series);
    if (library !== null) return library;
  }
  return null;
}

/** The system's libLLVM of a series, or null. */
export async function systemLibraryOf(series: LlvmSeries): Promise<string | null> {
  for (const folder of [`/usr/lib/llvm-${majorOf(series)}/lib`, ...(await systemFolders())]) {
    const library = await realpath(join(folder, series.library)).catch(() => undefined);
    if (library === undefined) continue;
    try {
      await identifyLibrary(library);
      return library;
    } catch (error) {
      // A library of another architecture (32 bits), or another file of that name: try the next folder.
      if (!isLtoError(error, "NoLibLlvm")) throw error;
    }
  }
  return null;
}

async function systemFolders(): Promise<string[]> {
  return ["/usr/local/lib", "/usr/lib64", "/usr/lib", "/lib", ...(await multiarchFolders("/usr/lib")), ...(await multiarchFolders("/lib"))];
}

async function multiarchFolders(parent: string): Promise<string[]> {
  return (await namesIn(parent)).filter((name) => name.endsWith("-linux-gnu")).map((name) => join(parent, name));
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort((left, right) => (left < right ? -1 : 1));
  } catch {
    return [];
  }
}

/** The real path, if a shared library (and not a linker script of a few bytes) is there. */
async function sharedObjectAt(path: string): Promise<string | undefined> {
  return (await elfAt(path)) === undefined ? undefined : realpath(path);
}

async function elfAt(path: string): Promise<ElfFile | undefined> {
  const { handle } = (await openRegularFile(path).catch(() => undefined)) ?? {};
  if (handle === undefined) return undefined;
  try {
    return await readElf(handle);
  } catch (error) {
    if (error instanceof NotElf) return undefined;
    throw error;
  } finally {
    await handle.close();
  }
}

function noLibrary(message: string, file: string | undefined, help: string): LtoError {
  return new LtoError({ name: "NoLibLlvm", message, ...(file === undefined ? {} : { file }), help });
}

/** How the producers of a unit's modules relate to the loaded library. */
export interface ProducerMatch {
  /** Every module was written by this LLVM. */
  readonly matches: boolean;
  /** The producers' version strings, without repetition. */
  readonly producers: readonly string[];
}

/** Compares the modules' identification with the loaded library: "LLVM22.1.2-rust-1.95.0-stable" against "22.1.2-rust-1.95.0-stable". */
export function matchProducers(producers: readonly Producer[], version: string): ProducerMatch {
  const versions = [...new Set(producers.map((producer) => producer.version))];
  return { matches: versions.length > 0 && versions.every((producer) => producer === version), producers: versions };
}
