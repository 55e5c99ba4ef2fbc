/** A unit's upstream crates: what a capture keeps of them, and which ones rustc leaves out of LTO. */
import path from "node:path";
import { pipelineOf } from "../../../../protocol/pipelines.js";
import type { CratePlace, OutsideCrate, UpstreamArchive } from "../../../../protocol/units.js";
import { copyRegularFile, LIMITS, readTextFile } from "../../../base/read-file.js";
import { depInfoOf, filesIn } from "./sources.js";
import type { UnitFacts } from "./unit-facts.js";
import { exists } from "./kept-files.js";
import { linkerWords } from "./link-args.js";
import type { RustcArguments } from "../../../pipelines/rustc-args.js";
import { findOutside, findUpstream } from "./upstream.js";
import type { FoundUpstream, SearchFolders } from "./upstream.js";
import { LINK_ARGS_FILE } from "../wrapper/record.js";
import type { RustcRecord } from "../wrapper/record.js";

interface Collecting {
  readonly facts: UnitFacts;
  readonly record: RustcRecord;
  readonly args: RustcArguments;
  readonly recordFolder: string;
  /** The capture's folder. */
  readonly target: string;
}

interface Crates {
  readonly upstream: readonly UpstreamArchive[];
  /** undefined: not known. */
  readonly outsideLto: readonly OutsideCrate[] | undefined;
  /** Members that no rlib contains, among those that were found. */
  readonly missing: readonly string[];
}

/**
 * Finds the crates, and copies their rlibs into the capture, except those of the sysroot.
 *
 * @param added the members whose bitcode rustc added, in its order
 */
export async function collectCrates(added: readonly string[], collecting: Collecting): Promise<Crates> {
  const { facts, record, args, target } = collecting;
  const folders = searchFolders(args, record, facts);
  const { archives, missing } = await findUpstream(added, args, folders);
  const outside = await outsideOf(collecting, archives, folders);
  const upstream: UpstreamArchive[] = [];
  for (const { crate, file, members } of archives) {
    upstream.push({ crate, ...(await keep(file, target, folders)), place: await placeOf(file, facts, folders), members });
  }
  const outsideLto: OutsideCrate[] = [];
  for (const { crate, file } of outside ?? []) outsideLto.push({ crate, ...(await keep(file, target, folders)) });
  return { upstream, outsideLto: outside === undefined ? undefined : outsideLto, missing };
}

/** Where rustc finds rlibs besides the folders of its arguments. */
export function searchFolders(args: RustcArguments, { cwd }: RustcRecord, { toolchain }: Pick<UnitFacts, "toolchain">): SearchFolders {
  const sysroot = args.values("--sysroot").at(-1) ?? toolchain.sysroot;
  const libraries = path.join("lib", "rustlib", args.target ?? toolchain.host, "lib");
  return { cwd, sysrootLibraries: path.resolve(cwd, sysroot, libraries) };
}

/** Below the sysroot: the sources of the toolchain's own crates. */
const STD_SOURCES = "/lib/rustlib/src/rust/";

/** Whose crate an rlib is: the toolchain's own are in the sysroot, and rustc lists the sources of the others beside them. */
async function placeOf(file: string, { ownSources }: UnitFacts, { cwd, sysrootLibraries }: SearchFolders): Promise<CratePlace> {
  if (path.dirname(file) === path.resolve(sysrootLibraries)) return "std";
  const read = await filesIn(depInfoOf(file), cwd);
  if (read.some((source) => ownSources.includes(source))) return "workspace";
  // `-Z build-std` compiles them like dependencies.
  return read.some((source) => source.includes(STD_SOURCES)) ? "std" : "dependency";
}

/** In thin-local LTO no upstream crate takes part, so none is left out. */
async function outsideOf(
  { facts, args, recordFolder }: Collecting,
  archives: readonly FoundUpstream[],
  folders: SearchFolders,
): Promise<OutsideCrate[] | undefined> {
  if (!pipelineOf(facts.mode).upstream) return undefined;
  const printed = path.join(recordFolder, LINK_ARGS_FILE);
  const linked = {
    linkerWords: (await exists(printed)) ? linkerWords(await readTextFile(printed, LIMITS.text)) : undefined,
    archive: args.crateTypes.includes("staticlib") ? (facts.output ?? undefined) : undefined,
  };
  return findOutside(linked, args, folders, archives);
}

/** An rlib's place in the capture. The sysroot's rlibs do not change, so they are not copied. */
async function keep(file: string, target: string, { sysrootLibraries }: SearchFolders): Promise<Pick<OutsideCrate, "file" | "source">> {
  if (path.dirname(file) === path.resolve(sysrootLibraries)) return { file, source: file };
  const copy = path.join("inputs", path.basename(file));
  await copyRegularFile(file, path.join(target, copy));
  return { file: copy, source: file };
}
