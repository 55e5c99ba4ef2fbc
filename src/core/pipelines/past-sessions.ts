/** The sessions that stand in an incremental directory before rustc runs, and copies of their key maps (rustc overwrites them). */
import fs from "node:fs";
import path from "node:path";
import { LIMITS } from "../base/read-file.js";
import { copyRegularFileSync } from "../base/read-file-sync.js";

/** A finished session of the crate that stood in the incremental directory before rustc ran. */
export interface PreviousSession {
  /** `<crate>-<hash>`: a folder of the incremental directory. */
  readonly crateFolder: string;
  /** `s-<time>-<random>-<hash>` */
  readonly session: string;
  /** A copy of its `thin-lto-past-keys.bin`, in the record's folder; null: it has none. */
  readonly keysFile: string | null;
}

const KEYS = "thin-lto-past-keys.bin";

/**
 * Copies the key map of the newest finished session of every folder that belongs to the crate. More than one can: a library and a program of
 * one name, with and without tests.
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
    const keys = path.join(incremental, crateFolder, session, KEYS);
    const copy = path.join(target, `${crateFolder}.${KEYS}`);
    const copied = copyIfThere(keys, copy);
    sessions.push({ crateFolder, session, keysFile: copied ? path.basename(copy) : null });
  }
  return sessions;
}

/** `s-<time in base 36>-<random>-<hash>`; one that is under way ends in `-working`. Among the finished ones, the latest by time. */
export function newestSession(entries: readonly string[]): string | undefined {
  let newest: { readonly name: string; readonly time: string } | undefined;
  for (const name of entries) {
    const match = /^s-([0-9a-z]+)-[0-9a-z]+-([0-9a-z]+)$/.exec(name);
    if (match?.[1] === undefined || match[2] === "working") continue;
    if (newest === undefined || laterThan(match[1], newest.time)) newest = { name, time: match[1] };
  }
  return newest?.name;
}

/** Numbers in base 36 without leading zeros: the longer is the larger. */
function laterThan(a: string, b: string): boolean {
  return a.length === b.length ? a > b : a.length > b.length;
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
