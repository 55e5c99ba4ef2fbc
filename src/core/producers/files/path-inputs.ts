/** The inputs of a run from plain paths: bitcode, objects and archives, all of equal rank. */
import { createHash } from "node:crypto";
import type { Stats } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, extname, resolve } from "node:path";
import type { EngineLocalModule } from "../../../protocol/engine/analysis.js";
import type { ModuleFile, ReadModulesResult } from "../../../protocol/engine/modules.js";
import type { LtoCommand } from "../../../protocol/pipelines.js";
import type { Deviation } from "../../../protocol/units.js";
import type { EngineClient } from "../../engine/client.js";
import { fromEngineError, LtoError, throwIfCancelled } from "../../base/errors.js";
import { digestFile } from "../../base/file-digest.js";
import { LIMITS } from "../../base/read-file.js";
import { applyOverrides, PLAIN_SETTINGS, type Overrides, type LtoInputs } from "../../replay/inputs.js";
import { previousKeysIn } from "../../pipelines/session-folder.js";

/**
 * Reads the modules in the files.
 *
 * @throws LtoError the first of the engine's errors (NotAnObject, NoBitcode, CorruptArchive, ParseBitcode, …), UnreadableFile, DuplicateModule
 */
export async function readPathModules(paths: readonly string[], engine: EngineClient, signal?: AbortSignal): Promise<ModuleFile[]> {
  const files = paths.map((path) => resolve(path));
  // One by one, so that the error always names the first of several.
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
  refuseTwice(files);
  return toldApart(modules.sort((left, right) => files.indexOf(left.file) - files.indexOf(right.file)));
}

async function refuseUnreadable(file: string): Promise<void> {
  const found = await stat(file).catch(() => undefined);
  const said = whyUnreadable(found);
  if (said === undefined) return;
  throw new LtoError({
    name: said === EMPTY ? "NotAnObject" : "UnreadableFile",
    message: `${file} ${said}.`,
    file,
    help: "Name bitcode files (.bc), object files with bitcode (.o, .rcgu.o), archives (.rlib, .a), or a unit that `lto-inspector discover` lists.",
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

/** Rejects an archive without bitcode: the engine accepts it, but there is nothing to do with it. */
function refuseBare(files: readonly string[], modules: readonly ModuleFile[]): void {
  const bare = files.find((file) => modules.every((module) => module.file !== file));
  if (bare === undefined) return;
  throw fromEngineError({ name: "NoBitcode", message: "none of its members holds bitcode", file: bare });
}

function refuseTwice(files: readonly string[]): void {
  const twice = files.find((file, index) => files.indexOf(file) < index);
  if (twice === undefined) return;
  throw new LtoError({
    name: "DuplicateModule",
    message: `${twice} was given twice. LLVM would treat its two modules as one.`,
    file: twice,
    module: basename(twice),
    help: "Name each file once.",
  });
}

/**
 * LLVM identifies modules by their names, and members of two archives may have the same name. Such modules are named as lld names them,
 * "liba.a(x.o)"; if that is not unique either, with the archive's folder.
 */
function toldApart(modules: readonly ModuleFile[]): ModuleFile[] {
  const within = (file: string, { member }: ModuleFile): string => (member === null ? file : `${file}(${member})`);
  const longer = renamed(modules, (module) => (module.member === null ? module.name : within(basename(module.file), module)));
  return renamed(longer, (module) => within(module.file, module));
}

/** Renames every module whose name another one has too. */
function renamed(modules: readonly ModuleFile[], rename: (module: ModuleFile) => string): ModuleFile[] {
  const counts = new Map<string, number>();
  for (const { name } of modules) counts.set(name, (counts.get(name) ?? 0) + 1);
  return modules.map((module) => ((counts.get(module.name) ?? 0) > 1 ? { ...module, name: rename(module) } : module));
}

/**
 * Prepares plain files for `analyze`. If symbols to preserve are given, only these are preserved; if a crate type is given, what rustc would
 * preserve for it. Otherwise every external definition is preserved, because their users are unknown.
 */
export async function inputsOfPaths(
  modules: readonly ModuleFile[],
  mode: LtoCommand,
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
    deviations: [...deviations, ...otherPipelines(modules)],
    buildOptions: {},
    mode,
    crateTypes,
    local: modules.map(engineModule),
    upstream: [],
    preserve,
    crateSymbols: null,
    preserveExternals: preserve.length === 0 && crateTypes.length === 0,
    incremental: overrides.session !== undefined,
    profileFile: null,
    previousKeysFile: overrides.session === undefined ? null : await previousKeysIn(overrides.session),
    baseWhereTied: null,
    contentDigest: await digestOf(files, signal),
    objectSettings: () => null,
    linkersLto: ofOtherCompilers(modules).length > 0,
    warnings: [...mixedTriples(modules), ...linkersWarnings(modules)],
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

/** The crate's name, as far as the module's name contains it: "libstd-0123456789abcdef.rlib" → "std". */
function crateOf(module: ModuleFile): string {
  const base = basename(module.file);
  return /^lib(.+?)(-[0-9a-f]{16})?\.(rlib|a)$/.exec(base)?.[1] ?? base;
}

/** Modules that another compiler than rustc wrote. A linker's LTO of these differs from the replay. */
function ofOtherCompilers(modules: readonly ModuleFile[]): ModuleFile[] {
  return modules.filter(({ compiler }) => compiler !== "" && !compiler.startsWith("rustc"));
}

function otherPipelines(modules: readonly ModuleFile[]): Deviation[] {
  const [first] = ofOtherCompilers(modules);
  return first === undefined ? [] : [{ setting: "pipeline", build: `the linker's LTO (${first.compiler})`, used: "rustc's LTO" }];
}

function linkersWarnings(modules: readonly ModuleFile[]): string[] {
  const others = ofOtherCompilers(modules);
  const [first] = others;
  if (first === undefined) return [];
  const full = others.filter(({ isThinLto }) => !isThinLto);
  const [example] = full;
  const more = others.length === 1 ? "was" : `and ${others.length - 1} more of ${modules.length} modules were`;
  const which = others.length === modules.length && others.length > 1 ? "The modules were" : `${first.name} ${more}`;
  const said = `${which} not compiled by rustc but by ${first.compiler}: a linker (lld, gold, ld64) optimises them with its own LLVM and pipeline. This run shows rustc's pipeline, which is not what the linker does.`;
  if (example === undefined) return [said];
  return [
    said,
    `${example.name} was compiled for full LTO or without LTO (not -flto=thin): linkers do not use ${full.length === 1 ? "it" : `it and ${full.length - 1} more`} for thin LTO.`,
  ];
}

/** LLVM accepts modules of different targets silently; lld warns about them, and rejects those for other machines. */
function mixedTriples(modules: readonly ModuleFile[]): string[] {
  const triples = [...new Set(modules.map((module) => module.triple))];
  if (triples.length < 2) return [];
  const listed = triples.map((triple) => {
    const example = modules.find((module) => module.triple === triple);
    return `${triple === "" ? "(none)" : triple} (${example?.name ?? ""})`;
  });
  const machines = new Set(triples.map(machineOf));
  const linked = machines.size > 1 ? "no linker accepts them" : "lld warns, and links them";
  return [`The modules are for different targets: ${listed.join(", ")}. LLVM accepts this; ${linked}.`];
}

/** The architecture, which linkers check; "" matches any. */
function machineOf(triple: string): string {
  return triple.split("-", 1)[0] ?? "";
}

async function digestOf(files: readonly string[], signal: AbortSignal | undefined): Promise<string> {
  const hash = createHash("sha256");
  for (const file of [...files].sort((left, right) => (left < right ? -1 : 1))) {
    throwIfCancelled(signal, "Reading the files");
    hash.update(Buffer.from(await digestFile(file), "hex"));
  }
  return hash.digest("hex");
}
