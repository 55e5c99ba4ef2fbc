/**
 * Reads and removes the store's files without ever leaving the store: does not follow links or remove anything through them. Other programs may
 * remove the same files at the same time, which is not an error.
 */
import { randomBytes } from "node:crypto";
import type { BigIntStats, Dirent } from "node:fs";
import { lstat, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join, relative, sep } from "node:path";
import { systemCode } from "../base/errors.js";
import { workThrough } from "../base/work-list.js";

/** Metadata requests wait for the disk, not for the processor. */
const LOOKS_AT_ONCE = 32;

export interface FoundFile {
  readonly file: string;
  /** Its length, regardless of holes and compression. */
  readonly bytes: number;
  /** Milliseconds since 1970: its content's last change, or its last use if that is recorded. */
  readonly modified: number;
  /** Identifies files with several names (hard links). */
  readonly inode: string;
  /** How many names it has. */
  readonly names: number;
}

/** The result for a file or folder; "gone": another program removed it first. */
export type Removal = "removed" | "gone" | "stays";

/** Whether it is the name of something that is being removed. */
export function isOnItsWayOut(name: string): boolean {
  return /\.[0-9a-f]{12}\.gone$/.test(name);
}

/** Removes files and folders of a store. */
export class StoreRemoval {
  readonly #root: string;
  readonly #detached: string[] = [];
  /** Folders that are known to be real, all the way from the root. */
  readonly #real = new Set<string>();

  constructor(root: string) {
    this.#root = root;
  }

  /**
   * Removes a file that has not been used since. Renames it first, and restores the name if it was used at the last moment.
   *
   * @param before milliseconds since 1970; a file that was used since then stays
   * @returns whether it was removed here, was already gone, or stays
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
   * Removes a folder with its contents. First only renames it, so that concurrent readers find it completely or not at all, and nothing waits long
   * for the removal: call `finish` afterwards.
   *
   * @returns "stays" for anything but a folder, including a link to one
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

  /** Removes the contents of renamed folders. Removes links in them as links. */
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

/** Names in a folder of the store; none if it is missing or a link. */
export async function namesIn(folder: string): Promise<string[]> {
  if ((await look(folder))?.isDirectory() !== true) return [];
  return readdir(folder).catch(noneIfGone);
}

/** Folders in a folder of the store, without links. */
export async function foldersIn(folder: string): Promise<string[]> {
  if ((await look(folder))?.isDirectory() !== true) return [];
  const entries = await readdir(folder, { withFileTypes: true }).catch(noneIfGone);
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

/** Every regular file below a folder of the store. Does not follow links. */
export async function filesIn(folder: string): Promise<FoundFile[]> {
  if ((await look(folder))?.isDirectory() !== true) return [];
  const found: FoundFile[] = [];
  const walk = async (below: string): Promise<void> => {
    const entries = await readdir(below, { withFileTypes: true }).catch(noneIfGone);
    for (const file of await filesAmong(entries, below)) found.push(file);
    for (const entry of entries) if (entry.isDirectory()) await walk(join(below, entry.name));
  };
  await walk(folder);
  return found;
}

/** The regular files in a folder of the store, without those in folders below it. Does not follow links. */
export async function filesDirectlyIn(folder: string): Promise<FoundFile[]> {
  if ((await look(folder))?.isDirectory() !== true) return [];
  return filesAmong(await readdir(folder, { withFileTypes: true }).catch(noneIfGone), folder);
}

async function filesAmong(entries: readonly Dirent[], folder: string): Promise<FoundFile[]> {
  const found: FoundFile[] = [];
  await workThrough(entries, LOOKS_AT_ONCE, async (entry) => {
    if (!entry.isFile()) return;
    const file = join(folder, entry.name);
    const details = await look(file);
    if (details?.isFile() === true) found.push(foundFile(file, details));
  });
  return found;
}

/** Counts files with several names once, and says what removing a name frees. */
export class Sizes {
  readonly #left = new Map<string, number>();

  /** The bytes that a file adds: none if another of its names was counted. */
  add({ inode, names, bytes }: FoundFile): number {
    if (this.#left.has(inode)) return 0;
    this.#left.set(inode, names);
    return bytes;
  }

  /** The bytes that removing one of a file's names frees: none while it has others. */
  removed({ inode, names, bytes }: FoundFile): number {
    const left = (this.#left.get(inode) ?? names) - 1;
    this.#left.set(inode, left);
    return left > 0 ? 0 : bytes;
  }
}

/** The metadata of a path, without following links; undefined: it does not exist. */
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
  // Unreadable files are not counted; `store --check` names them.
  if (isGone(error) || systemCode(error) === "EACCES") return [];
  throw error;
}
