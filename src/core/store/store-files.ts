/**
 * Looking at the store's files and removing them, without ever leaving the store: links are neither followed nor removed through. Other programs may
 * remove the same files meanwhile, which is no failure.
 */
import { randomBytes } from "node:crypto";
import type { BigIntStats } from "node:fs";
import { lstat, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join, relative, sep } from "node:path";
import { systemCode } from "../base/errors.js";
import { workThrough } from "../base/work-list.js";

/** Metadata is asked of the disk, not computed. */
const LOOKS_AT_ONCE = 32;

export interface FoundFile {
  readonly file: string;
  /** Its length: what its content takes, whatever a file system makes of holes and compression. */
  readonly bytes: number;
  /** Milliseconds since 1970: of its content's last change, or of its last use where that is noted. */
  readonly modified: number;
  /** Tells files apart that have several names (hard links). */
  readonly inode: string;
  /** How many names it has. */
  readonly names: number;
}

/** What became of a file or folder; "gone": somebody else had removed it. */
export type Removal = "removed" | "gone" | "stays";

/** Names that something has on its way out of the store. */
export function isOnItsWayOut(name: string): boolean {
  return /\.[0-9a-f]{12}\.gone$/.test(name);
}

/** Removes files and folders of a store. */
export class StoreRemoval {
  readonly #root: string;
  readonly #detached: string[] = [];
  /** Folders that were found to be real ones, all the way from the root. */
  readonly #real = new Set<string>();

  constructor(root: string) {
    this.#root = root;
  }

  /**
   * Removes a file that has not been used since. It loses its name first, and gets it back when it turns out to have been used at the last moment.
   *
   * @param before milliseconds since 1970; a file that was used then or later stays
   * @returns whether it was removed here, was gone already, or stays
   */
  async removeFile(file: string, before = Infinity): Promise<Removal> {
    if (!(await this.#isReal(dirname(file)))) return "stays";
    const found = await look(file);
    if (found === undefined) return "gone";
    if (!found.isFile() || Number(found.mtimeMs) >= before) return "stays";
    const nameless = `${file}.${randomBytes(6).toString("hex")}.gone`;
    if (!(await renamed(file, nameless))) return "gone";
    const taken = await look(nameless);
    if (taken !== undefined && Number(taken.mtimeMs) >= before) {
      await renamed(nameless, file);
      return "stays";
    }
    await rm(nameless, { force: true });
    return "removed";
  }

  /**
   * Removes a folder with all that is in it. It only loses its name at first, so that whoever reads it meanwhile finds it whole or not at all, and that nobody
   * who waits for the removal waits long: call `finish` after it.
   *
   * @returns "stays" for what is no folder, or a link to one
   */
  async removeFolder(folder: string): Promise<Removal> {
    if (!(await this.#isReal(dirname(folder)))) return "stays";
    const found = await look(folder);
    if (found === undefined) return "gone";
    if (!found.isDirectory()) return "stays";
    const nameless = join(dirname(folder), `.${basename(folder).slice(0, 60)}.${randomBytes(6).toString("hex")}.gone`);
    if (!(await renamed(folder, nameless))) return "gone";
    this.#detached.push(nameless);
    return "removed";
  }

  /** Removes what the folders held that have lost their names. Links in them are removed as the links that they are. */
  async finish(): Promise<void> {
    for (const folder of this.#detached.splice(0)) await rm(folder, { recursive: true, force: true });
  }

  async #isReal(folder: string): Promise<boolean> {
    const way = relative(this.#root, folder);
    if (way === "" || this.#real.has(folder)) return true;
    if (way.split(sep)[0] === "..") return false;
    const real = (await look(folder))?.isDirectory() === true && (await this.#isReal(dirname(folder)));
    if (real) this.#real.add(folder);
    return real;
  }
}

/** Names in a folder of the store; none where it is not there, or a link. */
export async function namesIn(folder: string): Promise<string[]> {
  if ((await look(folder))?.isDirectory() !== true) return [];
  return readdir(folder).catch(noneIfGone);
}

/** Folders in a folder of the store; links are none. */
export async function foldersIn(folder: string): Promise<string[]> {
  if ((await look(folder))?.isDirectory() !== true) return [];
  const entries = await readdir(folder, { withFileTypes: true }).catch(noneIfGone);
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

/** Every regular file below a folder of the store. Nothing behind a link is looked at. */
export async function filesIn(folder: string): Promise<FoundFile[]> {
  if ((await look(folder))?.isDirectory() !== true) return [];
  const found: FoundFile[] = [];
  const walk = async (below: string): Promise<void> => {
    const entries = await readdir(below, { withFileTypes: true }).catch(noneIfGone);
    await workThrough(entries, LOOKS_AT_ONCE, async (entry) => {
      if (!entry.isFile()) return;
      const file = join(below, entry.name);
      const details = await look(file);
      if (details?.isFile() === true) found.push(foundFile(file, details));
    });
    for (const entry of entries) if (entry.isDirectory()) await walk(join(below, entry.name));
  };
  await walk(folder);
  return found;
}

/** Counts files of several names once, and says what the removal of a name frees. */
export class Sizes {
  readonly #left = new Map<string, number>();

  /** What a file adds: nothing where another of its names was counted. */
  add({ inode, names, bytes }: FoundFile): number {
    if (this.#left.has(inode)) return 0;
    this.#left.set(inode, names);
    return bytes;
  }

  /** What the removal of one of a file's names frees: nothing while it has others. */
  removed({ inode, names, bytes }: FoundFile): number {
    const left = (this.#left.get(inode) ?? names) - 1;
    this.#left.set(inode, left);
    return left > 0 ? 0 : bytes;
  }
}

/** What is there, a link as the link that it is; undefined: nothing. */
export async function look(path: string): Promise<BigIntStats | undefined> {
  try {
    return await lstat(path, { bigint: true });
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

function foundFile(file: string, { size, mtimeMs, dev, ino, nlink }: BigIntStats): FoundFile {
  return { file, bytes: Number(size), modified: Number(mtimeMs), inode: `${dev}:${ino}`, names: Number(nlink) };
}

async function renamed(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if (isGone(error)) return false;
    throw error;
  }
}

function isGone(error: unknown): boolean {
  return systemCode(error) === "ENOENT" || systemCode(error) === "ENOTDIR";
}

function noneIfGone(error: unknown): never[] {
  // What may not be read is not counted either; `store --check` names it.
  if (isGone(error) || systemCode(error) === "EACCES") return [];
  throw error;
}
