/** Brings the store below its quota. Keeps what programs are using, and everything behind links. */
import { basename, dirname, join } from "node:path";
import { formatCaptureRef, isVariant } from "../../protocol/refs.js";
import type { StoreReport } from "../../protocol/reports.js";
import { writeFileWhole } from "../base/atomic-file.js";
import { isCapturing } from "./target-lock.js";
import { throwIfCancelled } from "../base/errors.js";
import { readJsonFileIf } from "../base/parse.js";
import { recordedBlobs } from "./stage-record.js";
import { tryLock, tryLockFolder } from "../base/file-lock.js";
import { isUnderWay } from "./run-folder.js";
import { removeDeleted } from "./deleted-runs.js";
import { isKept } from "./run-notes.js";
import { pinnedContents, type PinnedContents } from "./pinned.js";
import { removeUnused, type InUse } from "./in-use.js";
import {
  filesDirectlyIn,
  filesIn,
  foldersIn,
  isOnItsWayOut,
  look,
  Sizes,
  StoreRemoval,
  type FoundFile,
  type Removal,
} from "./store-files.js";
import { captures, filesOfStore, totalBytes } from "./store-inventory.js";
import { blobOf, recordKeyOf, type StoreLayout } from "./store-layout.js";
import { makeStoreRoot } from "../base/private-folder.js";

export type Pruned = NonNullable<StoreReport["pruned"]>;

/** Files to remove before other programs may begin a use again. */
const BATCH = 200;

/** A target folder without a capture for this long may be removed if nothing else is left to remove. */
const UNUSED_TARGET_MILLIS = 30 * 24 * 60 * 60 * 1000;

/** After this time, unfinished files of killed programs are removed. */
const ABANDONED_MILLIS = 60 * 60 * 1000;

/** How long to wait for another program's pruning. */
const WAIT_MILLIS = 10 * 60 * 1000;

/**
 * Brings the store below its quota: first removes leftovers of killed programs and blobs without a record, then the least recently used records
 * (and their blobs), then runs, then outputs with other settings, then captures that are not the latest of their unit or have other settings than
 * the user's, oldest first; finally target folders without a capture for a month. Keeps the latest captures, and pinned runs with their captures and stages. Concurrent prunings of one store run one after another.
 *
 * @returns what was removed
 * @throws Cancelled, the system's error if the store cannot be written to
 */
export async function prune(layout: StoreLayout, quota: number, signal?: AbortSignal): Promise<Pruned> {
  await makeStoreRoot(layout.root);
  const lock = await tryLock(join(layout.root, "uses", "prune"), { wait: WAIT_MILLIS, signal });
  try {
    // The file system's own time, in its own resolution.
    const clock = join(layout.root, "uses", "clock");
    await writeFileWhole(clock, "", "later");
    const now = Number((await look(clock))?.mtimeMs ?? 0);
    // A run may end during pruning: its record may be written after the records are read, when its use is over.
    const used = (await removeUnused(layout, ({ since }) => Promise.resolve(since))) ?? -Infinity;
    return await new Pruning(layout, quota, Math.min(now, used), signal).run();
  } finally {
    await lock?.release();
  }
}

class Pruning {
  readonly #layout: StoreLayout;
  readonly #quota: number;
  readonly #signal: AbortSignal | undefined;
  readonly #removal: StoreRemoval;
  readonly #sizes = new Sizes();
  readonly #removed = { bytes: 0, stageRecords: 0, blobs: 0, captures: 0, runs: 0, targets: 0 };
  #pinned: PinnedContents = { runs: new Set(), captures: new Set(), blobs: new Set() };
  readonly #begun: number;
  #total = 0;

  /** @param begun milliseconds since 1970, in the file system's time: everything used since then stays */
  constructor(layout: StoreLayout, quota: number, begun: number, signal: AbortSignal | undefined) {
    this.#layout = layout;
    this.#quota = quota;
    this.#begun = begun;
    this.#signal = signal;
    this.#removal = new StoreRemoval(layout.root);
  }

  async run(): Promise<Pruned> {
    const files = await filesOfStore(this.#layout);
    this.#total = totalBytes(files);
    await this.#removeAbandoned();
    this.#pinned = await pinnedContents(this.#layout);
    // Other files there are not removed.
    const records = files.stages.filter(({ file }) => recordKeyOf(this.#layout, file) !== undefined);
    const { users, blobsOf } = await readRecords(records);
    for (const id of this.#pinned.blobs) users.set(id, (users.get(id) ?? 0) + 1);
    const blobs = new Map(
      files.blobs.flatMap((file) => (blobOf(this.#layout, file.file) === undefined ? [] : [[blobIn(file.file), file]])),
    );
    const unnamed = [...blobs].filter(([id]) => !users.has(id)).map(([, file]) => file);
    await this.#inBatches(unnamed, async (file, inUse) => this.#removeBlob(file, inUse));
    await this.#inBatches(
      oldestFirst(records),
      async (record, inUse) => {
        if (this.#isEnough()) return;
        if (this.#count(record, await this.#removal.removeFile(record.file, inUse.since)) === "stays") return;
        for (const id of blobsOf.get(record.file) ?? []) {
          const left = (users.get(id) ?? 1) - 1;
          users.set(id, left);
          const blob = blobs.get(id);
          if (left <= 0 && blob !== undefined) await this.#removeBlob(blob, inUse);
        }
        this.#removed.stageRecords += 1;
      },
      () => this.#isEnough(),
    );
    await this.#pruneRuns();
    await this.#pruneAdvice();
    await this.#pruneCaptures();
    await this.#pruneTargets();
    return { ...this.#removed, pinnedRuns: this.#pinned.runs.size };
  }

  /** Unfinished files, and files that were renamed for removal; each program removes its own unless it is killed. */
  async #removeAbandoned(): Promise<void> {
    const { blobs, stages, runs, captures: units, advice, root } = this.#layout;
    const old = ({ modified }: FoundFile): boolean => this.#begun - modified > ABANDONED_MILLIS;
    const saved: FoundFile[] = [];
    for (const ref of await foldersIn(advice)) saved.push(...(await filesDirectlyIn(join(advice, ref))));
    const files = [...(await filesIn(blobs)), ...(await filesIn(stages)), ...saved];
    const left = files.filter((file) => isOnItsWayOut(basename(file.file)) || (file.file.endsWith(".tmp") && old(file)));
    await this.#inBatches(left, async (file) => void this.#count(file, await this.#removal.removeFile(file.file)));
    const folders = [
      root,
      runs,
      this.#layout.targets,
      ...(await foldersIn(units)).map((unit) => join(units, unit)),
      ...(await foldersIn(advice)).map((ref) => join(advice, ref)),
    ];
    for (const folder of folders) {
      for (const name of await foldersIn(folder)) if (isOnItsWayOut(name)) await this.#removeFolder(join(folder, name));
    }
    await this.#removal.finish();
    await removeDeleted(this.#layout, "expired");
  }

  async #removeBlob(file: FoundFile, inUse: InUse): Promise<void> {
    if (inUse.blobs.has(blobIn(file.file))) return;
    // A blob that was made or found since the records were read has a record by now, or soon will.
    const became = await this.#removal.removeFile(file.file, Math.min(inUse.since, this.#begun));
    if (this.#count(file, became) === "removed") this.#removed.blobs += 1;
  }

  /** Runs a removal while no use can begin. */
  async #unused(removal: (inUse: InUse) => Promise<void>): Promise<void> {
    throwIfCancelled(this.#signal, "Pruning the store");
    await removeUnused(this.#layout, removal);
    await this.#removal.finish();
  }

  async #pruneRuns(): Promise<void> {
    for (const id of (await foldersIn(this.#layout.runs)).sort()) {
      if (this.#isEnough()) return;
      const folder = join(this.#layout.runs, id);
      await this.#unused(async (inUse) => {
        if (inUse.runs.has(id) || id.startsWith(".") || (await this.#isYoung(folder, inUse)) || (await isUnderWay(folder))) return;
        if (await isKept(folder)) return;
        if ((await this.#removeFolder(folder)) === "removed") this.#removed.runs += 1;
      });
    }
  }

  /** They are linked again on request. */
  async #pruneAdvice(): Promise<void> {
    const { advice } = this.#layout;
    const found: { readonly folder: string; readonly used: number }[] = [];
    for (const ref of await foldersIn(advice)) {
      for (const name of await foldersIn(join(advice, ref))) {
        const folder = join(advice, ref, name);
        found.push({ folder, used: Number((await look(folder))?.mtimeMs ?? 0) });
      }
    }
    for (const { folder } of found.sort((left, right) => left.used - right.used)) {
      if (this.#isEnough()) return;
      await this.#unused(async (inUse) => {
        if (!(await this.#isYoung(folder, inUse))) await this.#removeFolder(folder);
      });
    }
  }

  async #pruneCaptures(): Promise<void> {
    for (const { unit, capture } of await this.#oldCaptures()) {
      if (this.#isEnough()) return;
      await this.#unused(async (inUse) => {
        if (inUse.captures.has(formatCaptureRef({ id: unit, capture }))) return;
        const became = await this.#removeFolder(join(this.#layout.captures, unit, String(capture)));
        if (became === "removed") this.#removed.captures += 1;
      });
    }
  }

  async #oldCaptures(): Promise<StoreReport["captures"][number][]> {
    const all = await captures(this.#layout);
    const latest = new Map<string, number>();
    for (const { unit, capture } of all) latest.set(unit, Math.max(capture, latest.get(unit) ?? 0));
    return all
      .filter(
        ({ unit, capture }) =>
          (capture !== latest.get(unit) || isVariant(unit)) && !this.#pinned.captures.has(formatCaptureRef({ id: unit, capture })),
      )
      .sort((left, right) => (left.capturedAt < right.capturedAt ? -1 : 1));
  }

  async #pruneTargets(): Promise<void> {
    const found: { readonly folder: string; readonly used: number }[] = [];
    for (const name of await foldersIn(this.#layout.targets)) {
      const folder = join(this.#layout.targets, name);
      const details = await look(folder);
      if (details !== undefined) found.push({ folder, used: Number(details.mtimeMs) });
    }
    for (const { folder, used } of found.sort((left, right) => left.used - right.used)) {
      if (this.#isEnough() || this.#begun - used < UNUSED_TARGET_MILLIS) return;
      const lock = (await isCapturing(folder)) ? undefined : await tryLockFolder(folder);
      if (lock === undefined) continue;
      try {
        if ((await this.#removeFolder(folder)) === "removed") this.#removed.targets += 1;
        await this.#removal.finish();
      } finally {
        await lock.release();
      }
    }
  }

  /** Whether a running program may have just made it: a run's folder is created before the run is marked as running. */
  async #isYoung(folder: string, { since }: InUse): Promise<boolean> {
    const found = await look(folder);
    return found !== undefined && Number(found.mtimeMs) >= since;
  }

  #isEnough(): boolean {
    return this.#total <= this.#quota;
  }

  async #inBatches<T>(
    items: readonly T[],
    remove: (item: T, inUse: InUse) => Promise<void>,
    isEnough: () => boolean = () => false,
  ): Promise<void> {
    for (let first = 0; first < items.length && !isEnough(); first += BATCH) {
      await this.#unused(async (inUse) => {
        for (const item of items.slice(first, first + BATCH)) await remove(item, inUse);
      });
    }
  }

  async #removeFolder(folder: string): Promise<Removal> {
    const files = await filesIn(folder);
    const became = await this.#removal.removeFolder(folder);
    for (const file of files) this.#count(file, became);
    return became;
  }

  #count(file: FoundFile, became: Removal): Removal {
    if (became === "stays") return became;
    const freed = this.#sizes.removed(file);
    this.#total -= freed;
    if (became === "removed") this.#removed.bytes += freed;
    return became;
  }
}

/** How many records name each blob, and which blobs each record names. */
async function readRecords(
  records: readonly FoundFile[],
): Promise<{ users: Map<string, number>; blobsOf: ReadonlyMap<string, ReadonlySet<string>> }> {
  const users = new Map<string, number>();
  const blobsOf = new Map<string, ReadonlySet<string>>();
  for (const { file } of records) {
    const blobs = await blobsIn(file);
    blobsOf.set(file, blobs);
    for (const id of blobs) users.set(id, (users.get(id) ?? 0) + 1);
  }
  return { users, blobsOf };
}

/** The blobs of a record; none if it is damaged, because then they cannot be found. */
async function blobsIn(file: string): Promise<Set<string>> {
  const record = await readJsonFileIf(recordedBlobs, file);
  return new Set(record?.stages.map(({ blob }) => blob));
}

function blobIn(file: string): string {
  return basename(dirname(file)) + basename(file, ".bc");
}

function oldestFirst(files: readonly FoundFile[]): FoundFile[] {
  return [...files].sort((left, right) => left.modified - right.modified);
}
