/** The contents of the store, and its size. */
import { join } from "node:path";
import type { StoreReport } from "../../protocol/reports.js";
import { runState } from "./run-manifest.js";
import { readJsonFileIf } from "../base/parse.js";
import { isUnderWay } from "./run-folder.js";
import { filesIn, foldersIn, look, Sizes, type FoundFile } from "./store-files.js";
import type { StoreLayout } from "./store-layout.js";

/** The quota without LTO_INSPECTOR_STORE_QUOTA (bytes). */
const DEFAULT_QUOTA = 10e9;

const PARTS = ["blobs", "stages", "captures", "targets", "runs", "verified", "advice"] as const;

/** All files of the store, by the part that they belong to. */
export type StoreFiles = Readonly<Record<(typeof PARTS)[number], readonly FoundFile[]>>;

/** The quota in bytes, which is enforced automatically. @param environment LTO_INSPECTOR_STORE_QUOTA: bytes, or "5G", "500M" */
export function storeQuota(environment: NodeJS.ProcessEnv = process.env): number {
  const match = /^(\d+(?:\.\d+)?)\s*([kMGT]?)B?$/i.exec(environment["LTO_INSPECTOR_STORE_QUOTA"]?.trim() ?? "");
  if (match === null) return DEFAULT_QUOTA;
  const scale: Record<string, number> = { "": 1, K: 1e3, M: 1e6, G: 1e9, T: 1e12 };
  return Number(match[1]) * (scale[(match[2] ?? "").toUpperCase()] ?? 1);
}

export async function filesOfStore(layout: StoreLayout): Promise<StoreFiles> {
  const [blobs, stages, captures, targets, runs, verified, advice] = [
    await filesIn(layout.blobs),
    await filesIn(layout.stages),
    await filesIn(layout.captures),
    await filesIn(layout.targets),
    await filesIn(layout.runs),
    await filesIn(layout.verified),
    await filesIn(layout.advice),
  ];
  return { blobs, stages, captures, targets, runs, verified, advice };
}

/** The length of all files together; one with several names counts once. */
export function totalBytes(files: StoreFiles): number {
  const sizes = new Sizes();
  return PARTS.reduce((total, part) => total + sumOf(files[part], sizes), 0);
}

/** Sizes of everything in the store. */
export async function inventory(layout: StoreLayout, quota: number): Promise<StoreReport> {
  const files = await filesOfStore(layout);
  const sizes = new Sizes();
  const parts = PARTS.map((name) => ({ name, bytes: sumOf(files[name], sizes), files: files[name].length }));
  return {
    schema: 1,
    command: "store",
    root: layout.root,
    quotaBytes: quota,
    totalBytes: totalBytes(files),
    parts,
    stageRecords: files.stages.length,
    captures: await captures(layout),
    runs: await runs(layout),
    pruned: null,
    check: null,
  };
}

/** Every capture, earliest first for each unit; a shared file counts for the first capture that has it. */
export async function captures(layout: StoreLayout): Promise<StoreReport["captures"][number][]> {
  const found = [];
  for (const unit of await foldersIn(layout.captures)) {
    const sizes = new Sizes();
    for (const capture of await numbersIn(join(layout.captures, unit))) {
      const folder = join(layout.captures, unit, String(capture));
      const made = await look(folder);
      if (made === undefined) continue;
      const bytes = sumOf(await filesIn(folder), sizes);
      found.push({ unit, capture, bytes, capturedAt: new Date(Number(made.mtimeMs)).toISOString() });
    }
  }
  return found;
}

async function numbersIn(folder: string): Promise<number[]> {
  const numbers = (await foldersIn(folder)).filter((name) => /^[1-9]\d{0,8}$/.test(name)).map(Number);
  return numbers.sort((left, right) => left - right);
}

/** Runs with a readable manifest. A manifest that says "running" without a held lock belongs to an interrupted run. */
export async function runs(layout: StoreLayout): Promise<StoreReport["runs"][number][]> {
  const found = [];
  for (const id of await foldersIn(layout.runs)) {
    // Renamed for removal.
    if (id.startsWith(".")) continue;
    const folder = join(layout.runs, id);
    const manifest = await readJsonFileIf(runState, join(folder, "manifest.json"));
    if (manifest === undefined) continue;
    const state = manifest.state === "running" && !(await isUnderWay(folder)) ? "died" : manifest.state;
    found.push({ id, unit: manifest.unit.id, state, startedAt: manifest.startedAt });
  }
  return found;
}

function sumOf(files: readonly FoundFile[], sizes: Sizes): number {
  return files.reduce((total, file) => total + sizes.add(file), 0);
}
