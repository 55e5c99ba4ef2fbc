/**
 * Keeps the Rust sources that a build read: the next edit overwrites them, and explanations need them to say which item was edited. rustc's
 * dep-info beside its output lists the files. Hundreds of small files are read, so synchronously: see read-file-sync.ts.
 */
import { statSync } from "node:fs";
import { stat } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { counted } from "../../../../protocol/words.js";
import { writeFileWhole } from "../../../base/atomic-file.js";
import { dictionary } from "../../../base/dictionary.js";
import { keptSources, type KeptSources } from "../formats/kept-sources.js";
import { readPackedJson } from "../../../base/packed.js";
import { readTextFileSync } from "../../../base/read-file-sync.js";
import { LIMITS, readTextFile } from "../../../base/read-file.js";
import { isUsers } from "../../../base/source-owner.js";

const SOURCES_FILE = "sources.json.gz";

/** In bytes; larger files are generated bindings. */
const LARGEST = 2 * 1024 * 1024;

/** The limit for all files of a capture together, in bytes: some 800,000 lines. */
const MOST = 32 * 1024 * 1024;

const pack = promisify(gzip);

/**
 * Keeps the sources except those of the standard library and of downloaded dependencies. Leaves out files that were written after rustc had read
 * them, by the same comparison of times as Cargo: these are not what was compiled.
 *
 * @param folder the capture's
 * @param cwd where rustc ran; dep-info names files relative to it
 * @param depInfo the dep-info files of the unit and its dependencies, in order of priority; missing ones are skipped
 * @param most of all files together, in bytes
 * @returns a warning if files were left out because of their size
 */
export async function keepSources(folder: string, cwd: string, depInfo: readonly string[], most = MOST): Promise<string | undefined> {
  const read = await Promise.all(depInfo.map(async (file) => listedIn(file, cwd)));
  const files = dictionary<string>();
  let [bytes, leftOut] = [0, 0];
  for (const [file, readAt] of new Map(read.flat().map((listed) => [listed.file, listed.readAt]))) {
    const found = statSync(file, { throwIfNoEntry: false });
    if (found === undefined || found.mtimeMs > readAt) continue;
    if (found.size > LARGEST || bytes + found.size > most) {
      leftOut += 1;
      continue;
    }
    const text = readIf(file);
    if (text === undefined) continue;
    files[file] = text;
    bytes += found.size;
  }
  const kept: KeptSources = { schema: 1, files };
  await writeFileWhole(path.join(folder, SOURCES_FILE), await pack(JSON.stringify(kept), { level: 4 }));
  return leftOut === 0 ? undefined : notKept(leftOut, Object.keys(files).length, most);
}

/** @returns undefined: it cannot be read */
function readIf(file: string): string | undefined {
  try {
    return readTextFileSync(file, LARGEST);
  } catch {
    return undefined;
  }
}

function notKept(leftOut: number, kept: number, most: number): string {
  const [each, all] = [LARGEST, most].map((limit) => `${Math.round(limit / 1024 / 1024)} MiB`);
  return `Of the build's ${counted(leftOut + kept, "source file")} ${leftOut} ${leftOut === 1 ? "was" : "were"} not kept: a capture keeps files of up to ${each ?? ""}, and ${all ?? ""} in total. Explanations do not name edited items in the other files.`;
}

interface ListedSource {
  readonly file: string;
  /** When rustc wrote the list, after reading all files; milliseconds since 1970. */
  readonly readAt: number;
}

async function listedIn(depInfo: string, cwd: string): Promise<ListedSource[]> {
  const found = await stat(depInfo).catch(() => undefined);
  if (found === undefined) return [];
  return (await filesIn(depInfo, cwd)).filter(isUsers).map((file) => ({ file, readAt: found.mtimeMs }));
}

/** The Rust files that a dep-info file lists; none if it cannot be read. */
export async function filesIn(depInfo: string, cwd: string): Promise<string[]> {
  const text = await readTextFile(depInfo, LIMITS.text).catch(() => "");
  return sourcesIn(text).map((name) => path.resolve(cwd, name));
}

/** The Rust files that a dep-info file lists: each is also a target without prerequisites (`write_out_deps` in `compiler/rustc_interface/src/passes.rs`). */
export function sourcesIn(depInfo: string): string[] {
  return [...depInfo.matchAll(/^([^#\s][^\n]*\.rs):$/gm)].map(([, name = ""]) => name.replaceAll("\\ ", " "));
}

/** The dep-info file that rustc writes for an rlib: "libhelper-1f.rlib" → "helper-1f.d" beside it. */
export function depInfoOf(rlib: string): string {
  return path.join(path.dirname(rlib), `${path.basename(rlib, ".rlib").replace(/^lib/, "")}.d`);
}

/** File → text; undefined: the capture has none, or they are damaged. Explanations are better with sources but do not need them. */
export async function sourcesOf(folder: string): Promise<ReadonlyMap<string, string> | undefined> {
  const subject = { what: "The sources that a capture keeps", file: path.join(folder, SOURCES_FILE), help: "Capture the unit again." };
  const kept = await readPackedJson(keptSources, subject).catch(() => undefined);
  return kept === undefined ? undefined : new Map(Object.entries(kept.files));
}
