/**
 * Captures that several test files use, made once by the first one that needs them, in a folder of the repository (.cache/captures) named by a
 * digest of everything that affects the capture. Tests get copies. The workspaces stay where they were built, because captures name them, and are
 * only read. Tests of capturing itself, and tests that edit what they build, make their own captures.
 */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import fs from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { tryLock } from "../../src/core/base/file-lock.js";
import { captureKey, environmentOfCaptures } from "./capture-key.js";
import { PATIENCE_MILLIS } from "./patience.js";
import { BARE_DEMO, DEMO, editedDemo, layOut, type Program } from "./programs.js";
import { repository } from "./repository.js";

/** What is built, entirely as data, so that its digest covers everything. */
export interface SharedBuild {
  /** The name of its folder. */
  readonly name: string;
  readonly program: Program;
  /** The captures of one unit, in order. */
  readonly captures: readonly {
    /** Files to write into the workspace first. */
    readonly edit?: Program;
    readonly options: readonly string[];
  }[];
}

const EDITED = { edit: editedDemo(7), options: [] };

/** Thin LTO, and again after an edit. */
export const DEMO_THIN: SharedBuild = { name: "demo-thin", program: DEMO, captures: [{ options: [] }, EDITED] };
export const DEMO_LOCAL: SharedBuild = { name: "demo-local", program: DEMO, captures: [{ options: ["--profile", "local"] }] };
export const DEMO_FAT: SharedBuild = { name: "demo-fat", program: DEMO, captures: [{ options: ["--lto", "fat"] }] };
/** Thin LTO of the demo without the standard library, and again after an edit. */
export const BARE_THIN: SharedBuild = { name: "bare-thin", program: BARE_DEMO, captures: [{ options: [] }, EDITED] };

export interface SharedCapture {
  readonly unit: string;
  /** The workspace as it was last built; read-only. */
  readonly workspace: string;
}

const FOLDER = path.join(repository, ".cache", "captures");

/** Captures that are unused for this long belong to an older version of the product. */
const UNUSED_MILLIS = 24 * 3_600_000;

/**
 * Puts copies of a build's captures into a store. A test may damage or edit them.
 *
 * @param count how many of them, from the first; all by default
 */
export async function copyCaptures(build: SharedBuild, store: string, count = build.captures.length): Promise<SharedCapture> {
  const { unit, folder } = await shared(build);
  const to = path.join(store, "captures", unit);
  await fs.mkdir(to, { recursive: true });
  const numbers = Array.from({ length: count }, (_, index) => path.join(folder, "store", "captures", unit, String(index + 1)));
  // Captures share files by hard links. So do their copies, but only with each other.
  await promisify(execFile)("cp", ["-a", ...numbers, to]);
  return { unit, workspace: path.join(folder, "workspace") };
}

/** Written when a build is complete. */
interface Seal {
  readonly unit: string;
  /** Everything that is copied or read, by path: size, time and inode. If a file was changed, it is built again. */
  readonly files: Readonly<Record<string, string>>;
}

async function shared(build: SharedBuild): Promise<{ readonly unit: string; readonly folder: string }> {
  await fs.mkdir(FOLDER, { recursive: true });
  const folder = path.join(FOLDER, `${build.name}-${await captureKey(FOLDER, [build.program, build.captures])}`);
  const lock = await tryLock(`${folder}.lock`, { wait: PATIENCE_MILLIS });
  assert.ok(lock !== undefined, `another process is capturing in ${folder} and does not end`);
  try {
    const seal = (await intactSeal(folder)) ?? (await make(build, folder));
    const now = new Date();
    await fs.utimes(sealFile(folder), now, now);
    return { unit: seal.unit, folder };
  } finally {
    await lock.release();
  }
}

function sealFile(folder: string): string {
  return `${folder}.json`;
}

async function intactSeal(folder: string): Promise<Seal | undefined> {
  try {
    const seal = JSON.parse(await fs.readFile(sealFile(folder), "utf8")) as Seal;
    assert.deepEqual(await stampsOf(folder), seal.files);
    return seal;
  } catch {
    return undefined;
  }
}

async function make(build: SharedBuild, folder: string): Promise<Seal> {
  await removeUnused();
  await fs.rm(sealFile(folder), { force: true });
  await fs.rm(folder, { recursive: true, force: true });
  const [workspace, store] = [path.join(folder, "workspace"), path.join(folder, "store")];
  await layOut(build.program, workspace);
  const units = new Set<string>();
  for (const { edit = {}, options } of build.captures) {
    await layOut(edit, workspace);
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [path.join(repository, "dist", "cli.js"), "capture", workspace, ...options],
      { env: { ...environmentOfCaptures(), LTO_INSPECTOR_STORE: store } },
    );
    units.add(stdout.trim());
  }
  const [unit = "", ...others] = units;
  assert.deepEqual(others, [], "one unit is captured");
  assert.deepEqual(
    await fs.readdir(path.join(store, "captures", unit)),
    Array.from(build.captures.keys(), (index) => String(index + 1)),
  );
  const seal: Seal = { unit, files: await stampsOf(folder) };
  await fs.writeFile(`${sealFile(folder)}.tmp`, JSON.stringify(seal));
  await fs.rename(`${sealFile(folder)}.tmp`, sealFile(folder));
  return seal;
}

async function stampsOf(folder: string): Promise<Record<string, string>> {
  const parts = ["workspace", path.join("store", "captures")].map((part) => path.join(folder, part));
  const entries = await Promise.all(parts.map((part) => fs.readdir(part, { recursive: true, withFileTypes: true })));
  const files = entries.flat().filter((entry) => !entry.isDirectory());
  const stamps = files.map(async ({ parentPath, name }) => {
    const file = path.join(parentPath, name);
    const { size, mtimeMs, ino } = await fs.lstat(file);
    return [path.relative(folder, file), `${size} ${mtimeMs} ${ino}`] as const;
  });
  return Object.fromEntries((await Promise.all(stamps)).toSorted(([left], [right]) => (left < right ? -1 : 1)));
}

/** Lock files stay: removing one while another process waits for it would admit two. */
async function removeUnused(): Promise<void> {
  for (const name of await fs.readdir(FOLDER)) {
    if (!name.endsWith(".json")) continue;
    const seal = path.join(FOLDER, name);
    const used = await fs.stat(seal).catch(() => undefined);
    if (used === undefined || Date.now() - used.mtimeMs < UNUSED_MILLIS) continue;
    await fs.rm(seal, { force: true });
    await fs.rm(seal.slice(0, -".json".length), { recursive: true, force: true });
  }
}
