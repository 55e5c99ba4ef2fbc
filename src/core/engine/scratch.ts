/**
 * The folder that each engine process has for its library's link and its journal. Whoever started the process removes it, or the process itself when it
 * has lost that; where both were killed it stays, and a later start removes it.
 */
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isAlive } from "../alive.js";

/** Followed by the id of the process that started the engine; the engine's host knows the prefix too. */
const PREFIX = "lto-inspector-engine-";

/** Ids of processes mean nothing in another container that shares the temporary folder: what is younger may be in use there. */
const SURELY_OLD_MILLIS = 24 * 60 * 60 * 1000;

let looked = false;

export async function newScratchFolder(): Promise<string> {
  if (!looked) {
    looked = true;
    void removeLeftovers(tmpdir(), Date.now() - SURELY_OLD_MILLIS);
  }
  return mkdtemp(join(tmpdir(), `${PREFIX}${process.pid}-`));
}

/**
 * Removes folders of programs that have gone. Never fails: what cannot be removed is not in the way.
 *
 * @param before folders that were changed later stay (milliseconds since 1970)
 */
export async function removeLeftovers(parent: string, before: number): Promise<void> {
  const names = (await readdir(parent).catch(() => [])).filter((name) => name.startsWith(PREFIX));
  for (const name of names) {
    const starter = Number(/^\d+/.exec(name.slice(PREFIX.length))?.[0] ?? "0");
    const folder = join(parent, name);
    const changed = await stat(folder).then(
      ({ mtimeMs }) => mtimeMs,
      () => Infinity,
    );
    if (changed >= before || (starter > 0 && isAlive(starter))) continue;
    await rm(folder, { recursive: true, force: true }).catch(() => undefined);
  }
}
