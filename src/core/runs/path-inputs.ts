/** The inputs of a run from plain paths: bitcode, objects and archives as they lie around, all equals. */
import { createHash } from "node:crypto";
import type { Stats } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, extname, resolve } from "node:path";
import type { EngineLocalModule, ModuleFile, ReadModulesResult } from "../../protocol/engine.js";
import type { EngineClient } from "../engine/client.js";
import { fromEngineError, LtoError, throwIfCancelled } from "../errors.js";
import { digestFile } from "../file-digest.js";
import { LIMITS } from "../read-file.js";
import { applyOverrides, PLAIN_SETTINGS, type Overrides, type LtoInputs } from "./inputs.js";
import { previousKeysIn } from "./session-folder.js";

/**
 * Reads what the files hold.
 *
 * @throws LtoError the first of the engine's errors (NotAnObject, NoBitcode, CorruptArchive, ParseBitcode, …), UnreadableFile, DuplicateModule
 */
export async function readPathModules(paths: readonly string[], engine: EngineClient, signal?: AbortSignal): Promise<ModuleFile[]> {
  const files = paths.map((path) => resolve(path));
  // One after another: of several, the first one is named, each time.
  for (const file of files) await refuseUnreadable(file);
  const rlibs = files.filter((file) => extname(file) === ".rlib");
  const others = files.filter((file) => extname(file) !== ".rlib");
  const results = await Promise.all([
    engine.request("readModules", { files: rlibs, members: "rust-objects" }, signal),
    engine.request("readModules", { files: others, members: "all" }, signal),
  ]);
  refuseErrors(results);
  const modules = results.flatMap((result) => result.modules);
  refuseBare(files, modules);
  refuseDuplicates(modules);
  return modules.sort((left, right) => files.indexOf(left.file) - files.indexOf(right.file));
}

async function refuseUnreadable(file: string): Promise<void> {
  const found = await stat(file).catch(() => undefined);
  const said = whyUnreadable(found);
  if (said === undefined) return;
  throw new LtoError({
    name: said === EMPTY ? "NotAnObject" : "UnreadableFile",
    message: `${file} ${said}.`,
    file,
    mend: "Name bitcode files (.bc), object files with bitcode (.o, .rcgu.o), archives (.rlib, .a), or a unit that `lto-inspector discover` lists.",
  });
}

const EMPTY = "is empty";

function whyUnreadable(found: Stats | undefined): string | undefined {
  if (found === undefined) return "does not exist";
  if (found.isDirectory()) return "is a folder, not a file";
  if (!found.isFile()) return "is not a regular file";
  if (found.size > LIMITS.bitcode) return `has ${found.size} bytes; the engine reads files of less than 4 GiB`;
  return found.size === 0 ? EMPTY : undefined;
}

function refuseErrors(results: readonly ReadModulesResult[]): void {
  const error = results.flatMap((result) => result.errors)[0];
  if (error !== undefined) throw fromEngineError(error);
}

/** An archive in which no member has bitcode is no error to the engine, but there is nothing to do with it. */
function refuseBare(files: readonly string[], modules: readonly ModuleFile[]): void {
  const bare = files.find((file) => modules.every((module) => module.file !== file));
  if (bare === undefined) return;
  throw fromEngineError({ name: "NoBitcode", message: "none of its members holds bitcode", file: bare });
}

function refuseDuplicates(modules: readonly ModuleFile[]): void {
  const seen = new Map<string, ModuleFile>();
  for (const module of modules) {
    const other = seen.get(module.name);
    if (other !== undefined) {
      throw new LtoError({
        name: "DuplicateModule",
        message: `Two modules are called ${module.name}: one in ${other.file}, one in ${module.file}. LLVM would take them for one.`,
        file: module.file,
        module: module.name,
        mend: "Name each module once; rename one of the files, or leave it out.",
      });
    }
    seen.set(module.name, module);
  }
}

/**
 * Prepares plain files for `analyze`. Where symbols to preserve are named, only these are preserved; where a crate type is, what rustc would preserve.
 * Otherwise every external definition is, because nothing is known of who uses them.
 */
export async function inputsOfPaths(
  modules: readonly ModuleFile[],
  mode: "thin" | "fat",
  overrides: Overrides,
  signal?: AbortSignal,
): Promise<LtoInputs> {
  const { settings, deviations } = applyOverrides(PLAIN_SETTINGS, overrides);
  const files = [...new Set(modules.map((module) => module.file))];
  const preserve = overrides.preserve ?? [];
  const crateTypes = overrides.crateTypes ?? [];
  return {
    unit: { id: files.map((file) => basename(file)).join("+"), name: nameOf(files), crateTypes, profile: "none", mode },
    manifest: null,
    toolchain: null,
    settings,
    deviations,
    mode,
    crateTypes,
    local: modules.map(engineModule),
    upstream: [],
    preserve,
    preserveExternals: preserve.length === 0 && crateTypes.length === 0,
    incremental: overrides.session !== undefined,
    previousKeysFile: overrides.session === undefined ? null : await previousKeysIn(overrides.session),
    baseWhereTied: null,
    contentDigest: await digestOf(files, signal),
    warnings: mixedTriples(modules),
  };
}

function nameOf(files: readonly string[]): string {
  const [first = ""] = files;
  return files.length === 1 ? basename(first) : `${files.length} files`;
}

function engineModule(module: ModuleFile): EngineLocalModule {
  return {
    name: module.name,
    origin: "input",
    crate: crateOf(module),
    file: module.file,
    ...(module.member === null ? {} : { member: module.member }),
    reserialize: !module.hasSummary,
    green: false,
  };
}

/** The crate as far as a name tells: "libstd-0123456789abcdef.rlib" → "std". */
function crateOf(module: ModuleFile): string {
  const base = basename(module.file);
  return /^lib(.+?)(-[0-9a-f]{16})?\.(rlib|a)$/.exec(base)?.[1] ?? base;
}

/** LLVM takes modules of different targets without a word. */
function mixedTriples(modules: readonly ModuleFile[]): string[] {
  const triples = [...new Set(modules.map((module) => module.triple))];
  if (triples.length < 2) return [];
  const listed = triples.map((triple) => {
    const example = modules.find((module) => module.triple === triple);
    return `${triple === "" ? "(none)" : triple} (${example?.name ?? ""})`;
  });
  return [`The modules are for different targets: ${listed.join(", ")}. LLVM does not refuse this, but the result cannot be linked.`];
}

async function digestOf(files: readonly string[], signal: AbortSignal | undefined): Promise<string> {
  const hash = createHash("sha256");
  for (const file of [...files].sort((left, right) => (left < right ? -1 : 1))) {
    throwIfCancelled(signal, "Reading the files");
    hash.update(Buffer.from(await digestFile(file), "hex"));
  }
  return hash.digest("hex");
}
