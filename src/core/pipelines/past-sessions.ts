/** The sessions that are in an incremental directory before rustc runs, and copies of their key maps (rustc overwrites them). */
import fs from "node:fs";
import path from "node:path";
import { newestSession } from "../../protocol/session-names.js";
import { LIMITS } from "../base/read-file.js";
import { copyRegularFileSync } from "../base/read-file-sync.js";
import { KEYS_FILE } from "./sessions.js";

/** A finished session of the crate that was in the incremental directory before rustc ran. */
export interface PreviousSession {
  /** `<crate>-<hash>`: a folder of the incremental directory. */
  readonly crateFolder: string;
  /** `s-<time>-<random>-<hash>` */
  readonly session: string;
  /** A copy of its `thin-lto-past-keys.bin`, in the record's folder; null: it has none. */
  readonly keysFile: string | null;
}

/**
 * Copies the key map of the newest finished session of every folder that belongs to the crate. There can be several: a library and a program with
 * the same name, with and without tests.
 *
 * Source of the names: `compiler/rustc_incremental/src/persist/fs.rs` and `THIN_LTO_KEYS_INCR_COMP_FILE_NAME` in
 * `compiler/rustc_codegen_llvm/src/back/lto.rs` (1.9x).
 */
export function snapshotSessions(incremental: string, crateName: string, target: string): PreviousSession[] {
  const sessions: PreviousSession[] = [];
  for (const crateFolder of names(incremental)) {
    if (!crateFolder.startsWith(`${crateName}-`)) continue;
    const session = newestSession(names(path.join(incremental, crateFolder)));
    if (session === undefined) continue;
    const keys = path.join(incremental, crateFolder, session, KEYS_FILE);
    const copy = path.join(target, `${crateFolder}.${KEYS_FILE}`);
    const copied = copyIfThere(keys, copy);
    sessions.push({ crateFolder, session, keysFile: copied ? path.basename(copy) : null });
  }
  return sessions;
}

function names(folder: string): string[] {
  try {
    return fs.readdirSync(folder);
  } catch {
    return [];
  }
}

function copyIfThere(from: string, to: string): boolean {
  try {
    copyRegularFileSync(from, to, LIMITS.text);
    return true;
  } catch {
    return false;
  }
}
