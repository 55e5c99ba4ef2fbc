/**
 * Finds the rlibs that took part in LTO, and those that did not: rustc's log names the members whose bitcode it added, and the command line says
 * where rlibs are.
 */
import fs from "node:fs/promises";
import path from "node:path";
import type { OutsideCrate } from "../../../../protocol/units.js";
import { isLtoError, systemCode } from "../../../base/errors.js";
import { memberNames } from "./archive.js";
import type { RustcArguments } from "../../../pipelines/rustc-args.js";

export interface FoundUpstream {
  readonly crate: string;
  readonly file: string;
  readonly members: readonly string[];
}

export interface UpstreamResult {
  readonly archives: readonly FoundUpstream[];
  /** Members that no rlib contains, among those that were found. */
  readonly missing: readonly string[];
}

export interface SearchFolders {
  readonly cwd: string;
  /** `<sysroot>/lib/rustlib/<target>/lib` */
  readonly sysrootLibraries: string;
}

/**
 * Finds the rlibs of the members that rustc added, in the same order.
 *
 * @param added members' names in rustc's order ("adding bitcode from …")
 */
export async function findUpstream(added: readonly string[], args: RustcArguments, folders: SearchFolders): Promise<UpstreamResult> {
  const wanted = new Set(added);
  const owner = new Map<string, string>();
  for (const file of await candidates(args, folders)) {
    if (owner.size === wanted.size) break;
    for (const member of await membersOf(file)) if (wanted.has(member) && !owner.has(member)) owner.set(member, file);
  }
  const members = new Map<string, string[]>();
  for (const member of added) {
    const file = owner.get(member);
    if (file !== undefined) members.set(file, [...(members.get(file) ?? []), member]);
  }
  return {
    archives: [...members].map(([file, list]) => ({
      crate: crateOf(file),
      file,
      members: list,
    })),
    missing: added.filter((member) => !owner.has(member)),
  };
}

export interface LinkedAsItIs {
  /** The words of the linker's command line; undefined: no linker was started. */
  readonly linkerWords: readonly string[] | undefined;
  /** The archive that rustc made (a staticlib), for which no linker is started. */
  readonly archive: string | undefined;
}

/**
 * Finds the rlibs outside LTO: rustc passes them to the linker unchanged, or puts their objects into the archive.
 *
 * Mirrors `ignored_for_lto` and `add_static_crate` in `compiler/rustc_codegen_ssa/src/back/link.rs` (rustc 1.95). If native objects of an rlib in
 * LTO are linked, rustc links a copy of the rlib without its Rust objects, in a folder of its own.
 *
 * @returns undefined if there is neither a linker's command line nor an archive
 */
export async function findOutside(
  linked: LinkedAsItIs,
  args: RustcArguments,
  folders: SearchFolders,
  upstream: readonly FoundUpstream[],
): Promise<OutsideCrate[] | undefined> {
  const { linkerWords, archive } = linked;
  if (linkerWords === undefined && archive === undefined) return undefined;
  const inLto = new Set(upstream.map(({ file }) => file));
  const others = (await candidates(args, folders)).filter((file) => !inLto.has(file));
  const words = new Set((linkerWords ?? []).map((word) => path.resolve(folders.cwd, word)));
  const members = new Set(archive === undefined ? [] : (await membersOf(archive)).filter(isRustObject));
  const found: string[] = [];
  for (const file of others) {
    if (words.has(file) || (members.size > 0 && (await membersOf(file)).some((name) => members.has(name)))) found.push(file);
  }
  return found.map((file) => ({ crate: crateOf(file), file, source: file }));
}

/** Mirrors `looks_like_rust_object_file` (`compiler/rustc_codegen_ssa/src/back/link.rs`). */
function isRustObject(member: string): boolean {
  return member.endsWith(".rcgu.o");
}

/** Crates named with `--extern` first, then all rlibs of the search folders, newest first, then the sysroot's. */
export async function candidates(args: RustcArguments, folders: SearchFolders): Promise<string[]> {
  const externs = args.externs.map(({ file }) => path.resolve(folders.cwd, file)).filter((file) => file.endsWith(".rlib"));
  const searched: string[] = [];
  for (const folder of args.libraryFolders) searched.push(...(await rlibsIn(path.resolve(folders.cwd, folder))));
  return [...new Set([...externs, ...searched, ...(await rlibsIn(path.resolve(folders.sysrootLibraries)))])];
}

async function rlibsIn(folder: string): Promise<string[]> {
  try {
    const names = (await fs.readdir(folder)).filter((name) => name.endsWith(".rlib"));
    const files = await Promise.all(
      names.map(async (name) => {
        const file = path.join(folder, name);
        // A broken link must not hide other files.
        const found = await fs.stat(file).catch(() => undefined);
        return found?.isFile() === true ? [{ file, time: found.mtimeMs }] : [];
      }),
    );
    return files
      .flat()
      .toSorted((a, b) => b.time - a.time)
      .map(({ file }) => file);
  } catch (error) {
    if (systemCode(error) === "ENOENT" || systemCode(error) === "ENOTDIR") return [];
    throw error;
  }
}

/** A successful build cannot have used an rlib that cannot be read. */
async function membersOf(file: string): Promise<string[]> {
  try {
    return await memberNames(file);
  } catch (error) {
    if (isLtoError(error, "CorruptArchive") || isLtoError(error, "UnreadableFile") || systemCode(error) !== undefined) return [];
    throw error;
  }
}

/** "libserde-0123456789abcdef.rlib" → "serde" */
export function crateOf(file: string): string {
  return path
    .basename(file, ".rlib")
    .replace(/^lib/, "")
    .replace(/-[0-9a-f]{16}$/, "");
}
