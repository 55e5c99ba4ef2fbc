/** The symbols that rustc preserves in the crate itself, read from files that a capture kept. */
import type { UnitManifest } from "../../../protocol/units.js";
import type { EngineClient } from "../../engine/client.js";
import { isLtoError, messageOf } from "../../base/errors.js";
import { stampOf } from "../../base/file-digest.js";
import { Lru } from "../../base/lru.js";
import { toolchainProfile } from "../../pipelines/toolchain-profile.js";

export interface CrateSymbols {
  /** null: not known, or not completely. */
  readonly symbols: readonly string[] | null;
  readonly warnings: readonly string[];
}

export const NO_CRATE_SYMBOLS: CrateSymbols = { symbols: null, warnings: [] };

/** Symbols that instrumentation defines, which rustc does not count. */
const INSTRUMENTATION = /^(?:__llvm_profile_|__covrec_|__llvm_cov|___asan_|__odr_asan_|__msan_)/;

const NOT_EXTERNAL: ReadonlySet<string> = new Set(["internal", "private", "appending", "available_externally"]);

/** Units whose symbols stay in the cache. */
const KEPT_UNITS = 20;

/** A cache by the files' stamps: a server opens a unit many times, and the files never change. */
const known = new Lru<string, ReadonlySet<string>>(KEPT_UNITS);

/**
 * Reads the symbols, unless they are cached and the files are unchanged.
 *
 * @returns no symbols if their number differs from rustc's
 * @throws LtoError Cancelled
 */
export async function crateSymbolsOf(manifest: UnitManifest, engine: EngineClient, signal?: AbortSignal): Promise<CrateSymbols> {
  const { preservedFiles = [], decisions, toolchain } = manifest;
  if (preservedFiles.length === 0) return NO_CRATE_SYMBOLS;
  try {
    const stamps = await Promise.all(preservedFiles.map(stampOf));
    const key = stamps.map(({ text }) => text).join(" ");
    const names = known.get(key) ?? (await externalsIn(preservedFiles, engine, signal));
    if (stamps.every(({ settled }) => settled)) known.set(key, names);
    const { allocatorSymbols } = toolchainProfile(toolchain.release);
    const withAllocator = new Set([...names, ...allocatorSymbols]);
    const complete = [names, withAllocator].find(({ size }) => size === decisions?.preservedSymbols);
    return complete === undefined ? NO_CRATE_SYMBOLS : { symbols: [...complete].sort(), warnings: [] };
  } catch (error) {
    if (isLtoError(error, "Cancelled")) throw error;
    return { symbols: null, warnings: [`The files with the symbols that rustc preserves cannot be read: ${messageOf(error)}`] };
  }
}

async function externalsIn(files: readonly string[], engine: EngineClient, signal?: AbortSignal): Promise<ReadonlySet<string>> {
  const names = new Set<string>();
  for (const file of files) {
    const { functions, globals } = await engine.request("functions", { file }, signal);
    for (const { name, declaration, linkage } of [...functions, ...globals]) {
      if (!declaration && !NOT_EXTERNAL.has(linkage) && !INSTRUMENTATION.test(name)) names.add(name);
    }
  }
  return names;
}
