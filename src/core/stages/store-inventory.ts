/** What the store holds, and the removal of the oldest. */
import { readdir, rm, stat, unlink } from "node:fs/promises";
import { basename, join } from "node:path";
import type { StoreReport } from "../../protocol/reports.js";
import { captureFolder, captureNumbers, listUnits } from "../capture/captures.js";
import { readJsonFileIf } from "../formats/parse.js";
import { runState } from "../formats/run-manifest.js";
import { recordedBlobs } from "../formats/stage-record.js";
import { isUnderWay } from "../runs/run-manifest.js";
import type { StoreLayout } from "./store-layout.js";

/** Where LTO_INSPECTOR_STORE_QUOTA says nothing (bytes). */
const DEFAULT_QUOTA = 10e9;

/** Blobs younger than that may belong to a run that has not recorded them yet. */
const UNRECORDED_GRACE_MILLIS = 60 * 60 * 1000;

type Part = StoreReport["parts"][number];

interface FoundFile {
  readonly file: string;
  readonly bytes: number;
  readonly modified: number;
}

/** The quota in bytes; `--prune` brings the store below it. @param environment LTO_INSPECTOR_STORE_QUOTA: bytes, or "5G", "500M" */
export function storeQuota(environment: NodeJS.ProcessEnv = process.env): number {
  const match = /^(\d+(?:\.\d+)?)\s*([kMGT]?)B?$/i.exec(environment["LTO_INSPECTOR_STORE_QUOTA"]?.trim() ?? "");
  if (match === null) return DEFAULT_QUOTA;
  const scale: Record<string, number> = { "": 1, K: 1e3, M: 1e6, G: 1e9, T: 1e12 };
  return Number(match[1]) * (scale[(match[2] ?? "").toUpperCase()] ?? 1);
}

/** Sizes of everything in the store. */
export async function inventory(layout: StoreLayout, quota: number): Promise<StoreReport> {
  const names = ["blobs", "stages", "captures", "targets", "runs", "verified"] as const;
  const parts: Part[] = [];
  for (const name of names) {
    const files = await filesIn(layout[name]);
    parts.push({ name, bytes: sum(files), files: files.length });
  }
  return {
    schema: 1,
    command: "store",
    root: layout.root,
    quotaBytes: quota,
    totalBytes: parts.reduce((total, part) => total + part.bytes, 0),
    parts,
    stageRecords: parts.find((part) => part.name === "stages")?.files ?? 0,
    captures: await captures(layout),
    runs: await runs(layout),
    pruned: null,
  };
}

async function captures(layout: StoreLayout): Promise<StoreReport["captures"][number][]> {
  const found = [];
  for (const unit of await listUnits(layout.root)) {
    for (const capture of await captureNumbers(layout.root, unit.id)) {
      const folder = captureFolder(layout.root, unit.id, capture);
      const made = await stat(folder);
      found.push({ unit: unit.id, capture, bytes: sum(await filesIn(folder)), capturedAt: new Date(made.mtimeMs).toISOString() });
    }
  }
  return found;
}

async function runs(layout: StoreLayout): Promise<StoreReport["runs"][number][]> {
  const found = [];
  for (const id of await namesIn(layout.runs)) {
    const run = await readRun(join(layout.runs, id));
    if (run !== undefined) found.push({ id, unit: run.unit, state: run.state, startedAt: run.startedAt });
  }
  return found;
}

/** A manifest that says "running" while nobody holds the run's lock is of a run that died. */
async function readRun(folder: string): Promise<{ unit: string; state: string; startedAt: string } | undefined> {
  const run = await readJsonFileIf(runState, join(folder, "manifest.json"));
  if (run === undefined) return undefined;
  const state = run.state === "running" && !(await isUnderWay(folder)) ? "died" : run.state;
  return { unit: run.unit.id, state, startedAt: run.startedAt };
}

/**
 * Brings the store below its quota: first blobs that nothing names, then the records (and their blobs) that were used longest ago, then runs, then
 * captures that are not the latest of their unit, the oldest first. Target folders and latest captures stay.
 *
 * @returns what was removed
 */
export async function prune(layout: StoreLayout, quota: number): Promise<NonNullable<StoreReport["pruned"]>> {
  const removed = { bytes: 0, stageRecords: 0, blobs: 0, captures: 0, runs: 0 };
  let total = (await inventory(layout, quota)).totalBytes;
  const gone = (bytes: number): void => {
    total -= bytes;
    removed.bytes += bytes;
  };
  const users = await blobUsers(layout);
  for (const blob of await filesIn(layout.blobs)) {
    if (users.has(blobId(blob.file)) || Date.now() - blob.modified < UNRECORDED_GRACE_MILLIS) continue;
    await unlink(blob.file);
    removed.blobs += 1;
    gone(blob.bytes);
  }
  for (const record of oldestFirst(await filesIn(layout.stages))) {
    if (total <= quota) break;
    const blobs = await blobsOf(record.file);
    await unlink(record.file);
    removed.stageRecords += 1;
    gone(record.bytes);
    for (const id of blobs) {
      const left = (users.get(id) ?? 1) - 1;
      users.set(id, left);
      if (left > 0) continue;
      const bytes = await removeFile(join(layout.blobs, id.slice(0, 2), `${id.slice(2)}.bc`));
      removed.blobs += bytes > 0 ? 1 : 0;
      gone(bytes);
    }
  }
  for (const id of (await namesIn(layout.runs)).sort()) {
    if (total <= quota || (await readRun(join(layout.runs, id)))?.state === "running") continue;
    gone(await removeFolder(join(layout.runs, id)));
    removed.runs += 1;
  }
  for (const { unit, capture, bytes } of await oldCaptures(layout)) {
    if (total <= quota) break;
    await removeFolder(captureFolder(layout.root, unit, capture));
    removed.captures += 1;
    gone(bytes);
  }
  return removed;
}

async function oldCaptures(layout: StoreLayout): Promise<StoreReport["captures"][number][]> {
  const all = await captures(layout);
  const latest = new Map<string, number>();
  for (const { unit, capture } of all) latest.set(unit, Math.max(capture, latest.get(unit) ?? 0));
  return all
    .filter(({ unit, capture }) => capture !== latest.get(unit))
    .sort((left, right) => (left.capturedAt < right.capturedAt ? -1 : 1));
}

/** How many records name each blob. */
async function blobUsers(layout: StoreLayout): Promise<Map<string, number>> {
  const users = new Map<string, number>();
  for (const { file } of await filesIn(layout.stages)) {
    for (const id of await blobsOf(file)) users.set(id, (users.get(id) ?? 0) + 1);
  }
  return users;
}

/** None of a damaged record, whose blobs nobody finds. */
async function blobsOf(file: string): Promise<Set<string>> {
  const record = await readJsonFileIf(recordedBlobs, file);
  return new Set(record?.stages.map(({ blob }) => blob));
}

function blobId(file: string): string {
  return basename(join(file, "..")) + basename(file, ".bc");
}

function oldestFirst(files: readonly FoundFile[]): FoundFile[] {
  return [...files].sort((left, right) => left.modified - right.modified);
}

function sum(files: readonly FoundFile[]): number {
  return files.reduce((total, file) => total + file.bytes, 0);
}

async function removeFile(file: string): Promise<number> {
  const found = await stat(file).catch(() => undefined);
  await rm(file, { force: true });
  return found?.size ?? 0;
}

async function removeFolder(folder: string): Promise<number> {
  const bytes = sum(await filesIn(folder));
  await rm(folder, { recursive: true, force: true });
  return bytes;
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}

async function filesIn(folder: string): Promise<FoundFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const found = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async (entry) => {
        const file = join(entry.parentPath, entry.name);
        // Something else may have removed it meanwhile.
        const details = await stat(file).catch(() => undefined);
        return details === undefined ? [] : [{ file, bytes: details.size, modified: details.mtimeMs }];
      }),
  );
  return found.flat();
}
