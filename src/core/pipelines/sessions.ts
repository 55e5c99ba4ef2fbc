/**
 * rustc's incremental sessions on disk: `<incremental>/<crate>-<hash>/s-<time>-<random>-<hash>/`.
 *
 * Source: `compiler/rustc_incremental/src/persist/fs.rs` (1.9x); `pre-lto.bc` and `thin-lto-past-keys.bin` are named in
 * `compiler/rustc_codegen_ssa/src/back/write.rs` and `compiler/rustc_codegen_llvm/src/back/lto.rs`.
 */
import fs from "node:fs/promises";
import path from "node:path";
import { newestSession } from "./past-sessions.js";

export const KEYS_FILE = "thin-lto-past-keys.bin";
const PRE_LTO = ".pre-lto.bc";

export interface Session {
  readonly folder: string;
  /** `<crate>-<hash>` */
  readonly crateFolder: string;
  readonly crateName: string;
  /** rustc is writing it. */
  readonly underWay: boolean;
}

/** What a path says of itself: a session directory by its name; undefined for any other. */
export function describeSession(folder: string): Session | undefined {
  const name = path.basename(folder);
  const crateFolder = path.basename(path.dirname(folder));
  if (!/^s-[0-9a-z]+-[0-9a-z]+-[0-9a-z]+$/.test(name)) return undefined;
  return { folder, crateFolder, crateName: crateNameOf(crateFolder), underWay: name.endsWith("-working") };
}

/** "textstats-03q8a…" → "textstats" */
function crateNameOf(crateFolder: string): string {
  return crateFolder.replace(/-[0-9a-z]+$/, "");
}

/** The latest finished session of every crate in an incremental directory, and those that are under way. */
export async function sessionsIn(incremental: string): Promise<Session[]> {
  const found: Session[] = [];
  for (const crateFolder of await foldersIn(incremental)) {
    const crateName = crateNameOf(crateFolder);
    const names = await foldersIn(path.join(incremental, crateFolder));
    const finished = newestSession(names);
    const describe = (name: string, underWay: boolean): Session => ({
      folder: path.join(incremental, crateFolder, name),
      crateFolder,
      crateName,
      underWay,
    });
    for (const name of names) if (name.endsWith("-working")) found.push(describe(name, true));
    if (finished !== undefined) found.push(describe(finished, false));
  }
  return found;
}

async function foldersIn(folder: string): Promise<string[]> {
  try {
    const entries = await fs.readdir(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  } catch {
    return [];
  }
}

/** The local modules whose bitcode a session holds: module → file name. */
export async function preLtoModules(session: string): Promise<Map<string, string>> {
  const names = (await fs.readdir(session)).toSorted();
  return new Map(names.flatMap((name) => (name.endsWith(PRE_LTO) ? [[name.slice(0, -PRE_LTO.length), name] as const] : [])));
}
