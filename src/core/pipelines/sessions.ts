/**
 * rustc's incremental sessions on disk: `<incremental>/<crate>-<hash>/s-<time>-<random>-<hash>/`.
 *
 * Source: `compiler/rustc_incremental/src/persist/fs.rs` (1.9x); `pre-lto.bc` and `thin-lto-past-keys.bin` are named in
 * `compiler/rustc_codegen_ssa/src/back/write.rs` and `compiler/rustc_codegen_llvm/src/back/lto.rs`.
 */
import fs from "node:fs/promises";
import path from "node:path";
import { crateOfSessions, newestSession, parseSessionName } from "../../protocol/session-names.js";

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

/** Recognises a session directory by its name; undefined for other paths. */
export function describeSession(folder: string): Session | undefined {
  const name = path.basename(folder);
  const crateFolder = path.basename(path.dirname(folder));
  const session = parseSessionName(name);
  return session === undefined ? undefined : { folder, crateFolder, crateName: crateOfSessions(crateFolder), underWay: session.underWay };
}

/** The latest finished session of every crate in an incremental directory, and unfinished ones. */
export async function sessionsIn(incremental: string): Promise<Session[]> {
  const found: Session[] = [];
  for (const crateFolder of await foldersIn(incremental)) {
    const crateName = crateOfSessions(crateFolder);
    const names = await foldersIn(path.join(incremental, crateFolder));
    const finished = newestSession(names);
    const describe = (name: string, underWay: boolean): Session => ({
      folder: path.join(incremental, crateFolder, name),
      crateFolder,
      crateName,
      underWay,
    });
    for (const name of names) if (parseSessionName(name)?.underWay === true) found.push(describe(name, true));
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
