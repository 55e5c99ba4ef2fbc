/**
 * What programs are using, so that it is not pruned. Each use is a file in `uses/` that its owner holds locked, and one beside it that says what is
 * in use: if the owner is killed, the kernel releases the lock and the use ends. Beginning a use and removing files exclude each other, so that
 * nothing is removed that has just been taken into use.
 */
import { randomBytes } from "node:crypto";
import { rm, stat } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod/mini";
import { writeFileWhole } from "../base/atomic-file.js";
import { readJsonFileIf } from "../base/parse.js";
import { isLocked, tryLock, type FileLock } from "../base/file-lock.js";
import { namesIn } from "./store-files.js";
import type { StoreLayout } from "./store-layout.js";
import { makeStoreRoot } from "../base/private-folder.js";

/** How long to wait for the removal of a few files; whatever is pruned after that is made again. */
const GATE_WAIT_MILLIS = 5000;

const useSchema = z.object({
  schema: z.literal(1),
  pid: z.int(),
  /** Everything that is made, looked up or recorded since then (milliseconds since 1970, in the file system's time); null: nothing. */
  since: z.nullable(z.number()),
  /** Ids of runs: their folders, and the stages that they saved. */
  runs: z.array(z.string()),
  /** `ID@N`. */
  captures: z.array(z.string()),
  blobs: z.array(z.string()),
});

/** What is in use. */
export interface Use {
  /** Includes everything that is made, looked up or recorded from now on. */
  readonly making?: boolean;
  readonly runs?: readonly string[];
  readonly captures?: readonly string[];
  readonly blobs?: readonly string[];
}

/** Everything that programs are using now. */
export interface InUse {
  /** Milliseconds since 1970, in the file system's time: everything used since then stays. Infinity: nothing is being made. */
  readonly since: number;
  readonly runs: ReadonlySet<string>;
  readonly captures: ReadonlySet<string>;
  readonly blobs: ReadonlySet<string>;
}

/** An active use. */
export interface HeldUse {
  /** Adds to what is in use. */
  add(more: Omit<Use, "making">): Promise<void>;
  end(): Promise<void>;
}

/** In a read-only store, nothing can be pruned either. */
const NOTHING_HELD: HeldUse = { add: () => Promise.resolve(), end: () => Promise.resolve() };

/** Begins a use, which lasts until it is ended or its process exits. Never fails. */
export async function holdInUse(layout: StoreLayout, use: Use): Promise<HeldUse> {
  try {
    await makeStoreRoot(layout.root);
    const file = join(usesFolder(layout), randomBytes(8).toString("hex"));
    const held = await withGate(layout, async () => {
      const taken = await tryLock(file);
      if (taken === undefined) return undefined;
      // Files that are touched now get a time in whole milliseconds (`utimes`), which must not be earlier than this one.
      const since = use.making === true ? Math.floor((await stat(file)).mtimeMs) : null;
      await writeUse(file, { ...use, since });
      return new Held(layout, file, taken, { ...use, since });
    });
    return held ?? NOTHING_HELD;
  } catch {
    return NOTHING_HELD;
  }
}

/** Runs an action while something is in use. */
export async function whileInUse<T>(layout: StoreLayout, use: Use, action: () => Promise<T>): Promise<T> {
  const held = await holdInUse(layout, use);
  try {
    return await action();
  } finally {
    await held.end();
  }
}

/**
 * Removes something while no use can begin.
 *
 * @param removal must be short, because others wait for it; receives what is in use
 * @returns undefined if the gate stayed closed
 * @throws what the removal throws
 */
export async function removeUnused<T>(layout: StoreLayout, removal: (inUse: InUse) => Promise<T>): Promise<T | undefined> {
  const gate = await tryLock(gateFile(layout), { wait: GATE_WAIT_MILLIS });
  if (gate === undefined) return undefined;
  try {
    return await removal(await readUses(layout));
  } finally {
    await gate.release();
  }
}

interface Written extends Use {
  readonly since: number | null;
}

class Held implements HeldUse {
  readonly #layout: StoreLayout;
  readonly #file: string;
  readonly #lock: FileLock;
  #use: Written;
  #last: Promise<void> = Promise.resolve();

  constructor(layout: StoreLayout, file: string, lock: FileLock, use: Written) {
    this.#layout = layout;
    this.#file = file;
    this.#lock = lock;
    this.#use = use;
  }

  add(more: Omit<Use, "making">): Promise<void> {
    const both = (of: "runs" | "captures" | "blobs"): string[] => [...new Set([...(this.#use[of] ?? []), ...(more[of] ?? [])])];
    this.#use = { since: this.#use.since, runs: both("runs"), captures: both("captures"), blobs: both("blobs") };
    this.#last = this.#last.then(() => withGate(this.#layout, () => writeUse(this.#file, this.#use))).catch(() => undefined);
    return this.#last;
  }

  async end(): Promise<void> {
    await this.#last;
    await removeUse(this.#file).catch(() => undefined);
    await this.#lock.release();
  }
}

async function writeUse(file: string, { since, runs = [], captures = [], blobs = [] }: Written): Promise<void> {
  const use: z.output<typeof useSchema> = {
    schema: 1,
    pid: process.pid,
    since,
    runs: [...runs],
    captures: [...captures],
    blobs: [...blobs],
  };
  // A power cut ends all uses.
  await writeFileWhole(contentOf(file), JSON.stringify(use), "later");
}

/** The lock's file keeps its name, because a renamed file would have another lock; the file beside it is replaced. */
function contentOf(file: string): string {
  return `${file}.json`;
}

async function removeUse(file: string): Promise<void> {
  await rm(contentOf(file), { force: true });
  await rm(file, { force: true });
}

async function withGate<T>(layout: StoreLayout, action: () => Promise<T>): Promise<T> {
  const gate = await tryLock(gateFile(layout), { wait: GATE_WAIT_MILLIS });
  try {
    return await action();
  } finally {
    await gate?.release();
  }
}

async function readUses(layout: StoreLayout): Promise<InUse> {
  const found = { since: Infinity, runs: new Set<string>(), captures: new Set<string>(), blobs: new Set<string>() };
  for (const name of await namesIn(usesFolder(layout))) {
    if (!/^[0-9a-f]{16}$/.test(name)) continue;
    const file = join(usesFolder(layout), name);
    if (!(await isLocked(file))) {
      await removeUse(file);
      continue;
    }
    const use = await readUse(file);
    // A use that cannot be read may use anything.
    if (use === undefined) return { ...found, since: -Infinity };
    found.since = Math.min(found.since, use.since ?? Infinity);
    for (const run of use.runs) found.runs.add(run);
    for (const capture of use.captures) found.captures.add(capture);
    for (const blob of use.blobs) found.blobs.add(blob);
  }
  return found;
}

async function readUse(file: string): Promise<z.output<typeof useSchema> | undefined> {
  return readJsonFileIf(useSchema, contentOf(file));
}

function usesFolder({ root }: StoreLayout): string {
  return join(root, "uses");
}

function gateFile(layout: StoreLayout): string {
  return join(usesFolder(layout), "gate");
}
