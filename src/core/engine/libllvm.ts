/**
 * The choice of libLLVM: the one of the toolchain that produced the bitcode by default, the system's where that is asked for (or where there is no
 * toolchain), or one that a person names. Only the same library gives the same bytes and keys.
 */
import { execFile } from "node:child_process";
import { readdir, realpath, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import type { Producer } from "../../protocol/engine.js";
import type { Toolchain } from "../../protocol/units.js";
import { LtoError } from "../errors.js";

/** LLVM's major.minor that the addon speaks: it is ABI-compatible within it. */
export const LLVM_SERIES = "22.1";

export interface ChosenLibrary {
  readonly path: string;
  /** "22.1.2" when a toolchain says so. */
  readonly expectedVersion: string | null;
  readonly how: "toolchain" | "system" | "path";
}

/**
 * Chooses the libLLVM to load.
 *
 * @param choice "auto", "system" or a path (`--llvm`)
 * @param toolchain the toolchain that produced the bitcode; null: not known
 * @throws LtoError NoLibLlvm
 */
export async function chooseLibrary(choice: string, toolchain: Toolchain | null): Promise<ChosenLibrary> {
  if (choice === "auto" && toolchain !== null) {
    return { path: await toolchainLibrary(toolchain), expectedVersion: plainVersion(toolchain.llvmVersion), how: "toolchain" };
  }
  if (choice === "auto" || choice === "system") {
    const path = await systemLibrary();
    if (path === null) {
      throw noLibrary(
        `No libLLVM ${LLVM_SERIES} is installed on this system.`,
        undefined,
        "Install it (on Debian and Ubuntu: `apt-get install libllvm22`), or name a toolchain's with --llvm PATH.",
      );
    }
    return { path, expectedVersion: null, how: "system" };
  }
  return { path: await namedLibrary(choice), expectedVersion: null, how: "path" };
}

/** "22.1.2" of "22.1.2-rust-1.95.0-stable". */
function plainVersion(version: string): string {
  return version.split("-")[0] ?? version;
}

async function namedLibrary(path: string): Promise<string> {
  const found = await libraryAt(path);
  if (found !== undefined) return found;
  throw noLibrary(`${path} is not a shared library.`, path, "Give --llvm the path of a libLLVM.so of LLVM 22.1, or `auto` or `system`.");
}

/**
 * The libLLVM that a toolchain's own rustc loads.
 *
 * @throws LtoError NoLibLlvm when it ships none (static, Windows) or one of another LLVM
 */
export async function toolchainLibrary(toolchain: Toolchain): Promise<string> {
  if (!toolchain.llvmVersion.startsWith(`${LLVM_SERIES}.`)) {
    throw noLibrary(
      `rustc ${toolchain.release} uses LLVM ${toolchain.llvmVersion}; this engine speaks LLVM ${LLVM_SERIES}.`,
      toolchain.rustc,
      `Use a toolchain with LLVM ${LLVM_SERIES} (rustc 1.95 and its neighbours).`,
    );
  }
  const library = await sharedLibrary(toolchain);
  if (library !== undefined) return library;
  throw noLibrary(
    `The toolchain of ${toolchain.rustc} (rustc ${toolchain.release}) has no shared libLLVM.`,
    toolchain.rustc,
    "Use a toolchain that ships one (rustup's for Linux do), or --llvm system: text may then match, bytes and keys will not.",
  );
}

/** The shared libLLVM of a toolchain, whatever its version; undefined when it has none. */
export async function sharedLibrary(toolchain: Toolchain): Promise<string | undefined> {
  return (await besideCompiler(toolchain)) ?? (await linkedByCompiler(toolchain));
}

/** rustup's toolchains: `<sysroot>/lib/libLLVM.so.22.1-rust-1.95.0-stable` (the `.so` beside it is a linker script). */
async function besideCompiler(toolchain: Toolchain): Promise<string | undefined> {
  for (const folder of [join(toolchain.sysroot, "lib"), join(toolchain.sysroot, "lib", "rustlib", toolchain.host, "lib")]) {
    const names = await namesIn(folder);
    for (const name of names.filter((candidate) => /^libLLVM\.so\.[\d.]+-rust-|^libLLVM(-[\w.-]+)?\.(so|dylib)$/.test(candidate))) {
      const library = await libraryAt(join(folder, name));
      if (library !== undefined && toolchain.sysroot !== "/usr") return library;
    }
  }
  return undefined;
}

/** A distribution's toolchain: ask the loader which libLLVM the compiler's own library takes. */
async function linkedByCompiler(toolchain: Toolchain): Promise<string | undefined> {
  // The loader itself answers at once, and runs nothing of the program; `ldd` is a script that starts it several times.
  const own = await libraryIn(toolchain.rustc, [], { ...process.env, LD_TRACE_LOADED_OBJECTS: "1" });
  if (own !== undefined) return own;
  const lib = join(toolchain.sysroot, "lib");
  const folders = [lib, ...(await namesIn(lib)).filter((name) => name.includes("-linux-")).map((name) => join(lib, name))];
  for (const folder of folders) {
    for (const driver of (await namesIn(folder)).filter((name) => /^librustc_driver-[0-9a-f]+\.so$/.test(name))) {
      const library = await libraryIn("ldd", [join(folder, driver)], process.env);
      if (library !== undefined) return library;
    }
  }
  return undefined;
}

/** The libLLVM that a program prints as one that is loaded. */
async function libraryIn(program: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)(program, args, { env });
    const path = /libLLVM\S* => (\/\S+)/.exec(stdout)?.[1];
    return path === undefined ? undefined : await realpath(path);
  } catch {
    return undefined;
  }
}

/** The system's libLLVM of the right series, or null. */
export async function systemLibrary(): Promise<string | null> {
  const folders = ["/usr/lib/llvm-22/lib", "/usr/local/lib", "/usr/lib64", "/usr/lib", "/lib"];
  for (const parent of ["/usr/lib", "/lib"]) {
    folders.push(...(await namesIn(parent)).filter((name) => name.endsWith("-linux-gnu")).map((name) => join(parent, name)));
  }
  for (const folder of folders) {
    const library = await libraryAt(join(folder, `libLLVM.so.${LLVM_SERIES}`));
    if (library !== undefined) return library;
  }
  return null;
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort((left, right) => (left < right ? -1 : 1));
  } catch {
    return [];
  }
}

const SMALLEST_LIBRARY = 1 << 20;

/** The real path, when a shared library (and not a linker script of a few bytes) stands there. */
async function libraryAt(path: string): Promise<string | undefined> {
  try {
    const real = await realpath(path);
    const found = await stat(real);
    return found.isFile() && found.size >= SMALLEST_LIBRARY && /LLVM/i.test(basename(real)) ? real : undefined;
  } catch {
    return undefined;
  }
}

function noLibrary(message: string, file: string | undefined, mend: string): LtoError {
  return new LtoError({ name: "NoLibLlvm", message, ...(file === undefined ? {} : { file }), mend });
}

/** How the producers of a unit's modules stand to the loaded library. */
export interface ProducerMatch {
  /** Every module was written by this very LLVM. */
  readonly matches: boolean;
  /** The producers' version strings, without repetition. */
  readonly producers: readonly string[];
}

/** Compares the modules' identification with the loaded library: "LLVM22.1.2-rust-1.95.0-stable" against "22.1.2-rust-1.95.0-stable". */
export function matchProducers(producers: readonly Producer[], version: string): ProducerMatch {
  const versions = [...new Set(producers.map((producer) => producer.version))];
  return { matches: versions.length > 0 && versions.every((producer) => producer === version), producers: versions };
}
