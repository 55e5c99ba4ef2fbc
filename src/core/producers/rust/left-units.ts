/** Incremental session directories as units that builds left: finds the named one, the previous one, and whether that still has its content. */
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { compareTimes, finishedSessions, parseSessionName } from "../../../protocol/session-names.js";
import { KEYS_FILE, sessionsIn } from "../../pipelines/sessions.js";
import type { LeftUnits } from "../producer.js";
import { isSessionFolder, unitOfSession } from "./session-unit.js";

export const SESSIONS: LeftUnits = {
  isUnit: isSessionFolder,
  read: unitOfSession,
  meant: sessionMeant,
  before: async (folder) => {
    const session = await sessionBefore(folder);
    return session === undefined || (await sharesFiles(folder, session)) ? undefined : session;
  },
  hasOverwritten: async (folder, other) => resolve(folder) !== resolve(other) && (await sharesFiles(folder, other)),
  whyOverwritten:
    "rustc hard-links the files of a session into the next one and writes through the links, so bitcode and keys of the previous session are overwritten.",
};

/** The session directory, or the latest session in a crate's folder. */
async function sessionMeant(path: string): Promise<string | undefined> {
  if (await isSessionFolder(path)) return path;
  const sessions = await sessionsIn(join(path, "..")).catch(() => []);
  return sessions.find((session) => !session.underWay && session.crateFolder === basename(path))?.folder;
}

/** The finished session in the same crate's folder that began earlier. */
async function sessionBefore(folder: string): Promise<string | undefined> {
  const own = basename(resolve(folder));
  const parent = dirname(resolve(folder));
  const time = (name: string): string => parseSessionName(name)?.time ?? "";
  const last = finishedSessions(await readdir(parent)).findLast((name) => compareTimes(time(name), time(own)) < 0);
  return last === undefined ? undefined : join(parent, last);
}

/**
 * rustc takes files over from the previous session as hard links, and writes through them: both sessions then have the later one's bitcode and keys
 * (`link_or_copy` in `compiler/rustc_fs_util/src/lib.rs`, 1.9x).
 */
async function sharesFiles(session: string, other: string): Promise<boolean> {
  const inode = async (folder: string): Promise<number | undefined> => (await stat(join(folder, KEYS_FILE)).catch(() => undefined))?.ino;
  const own = await inode(session);
  return own !== undefined && own === (await inode(other));
}
