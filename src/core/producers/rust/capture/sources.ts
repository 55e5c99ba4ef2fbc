/**
 * Keeping the Rust sources that a build read: the next edit overwrites them, and an explanation says which item of them was edited. Which files these are
 * is in the dep-info that rustc writes beside its output.
 */
import { stat } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { counted } from "../../../../protocol/words.js";
import { writeFileWhole } from "../../../base/atomic-file.js";
import { dictionary } from "../../../base/dictionary.js";
import { keptSources, type KeptSources } from "../formats/kept-sources.js";
import { readPackedJson } from "../../../base/packed.js";
import { LIMITS, readTextFile } from "../../../base/read-file.js";
import { isUsers } from "../../../base/source-owner.js";

const SOURCES_FILE = "sources.json.gz";

/** In bytes: larger files are bindings that a program wrote. */
const LARGEST = 2 * 1024 * 1024;

/** Of all files of a capture together, in bytes: some 800,000 lines. */
const MOST = 32 * 1024 * 1024;

const pack = promisify(gzip);

/**
 * Keeps those that are neither the standard library's nor a downloaded dependency's. A file that was written after rustc had read it is left out, by the
 * comparison of times that Cargo makes too: it is not what was compiled.
 *
 * @param folder the capture's
 * @param cwd where rustc ran; dep-info names files relative to it
 * @param depInfo of the unit and of its dependencies; those that are not there are passed over. The first come first where not all are kept
 * @param most of all files together, in bytes
 * @returns what the report says where files were left out for their size
 */
export async function keepSources(folder: string, cwd: string, depInfo: readonly string[], most = MOST): Promise<string | undefined> {
  const read = await Promise.all(depInfo.map(async (file) => listedIn(file, cwd)));
  const files = dictionary<string>();
  let [bytes, leftOut] = [0, 0];
  for (const [file, readAt] of new Map(read.flat().map((listed) => [listed.file, listed.readAt]))) {
    const found = await stat(file).catch(() => undefined);
    if (found === undefined || found.mtimeMs > readAt) continue;
    if (found.size > LARGEST || bytes + found.size > most) {
      leftOut += 1;
      continue;
    }
    const text = await readTextFile(file, LARGEST).catch(() => undefined);
    if (text === undefined) continue;
    files[file] = text;
    bytes += found.size;
  }
  const kept: KeptSources = { schema: 1, files };
  await writeFileWhole(path.join(folder, SOURCES_FILE), await pack(JSON.stringify(kept), { level: 4 }));
  return leftOut === 0 ? undefined : notKept(leftOut, Object.keys(files).length, most);
}

function notKept(leftOut: number, kept: number, most: number): string {
  const [each, all] = [LARGEST, most].map((limit) => `${Math.round(limit / 1024 / 1024)} MiB`);
  return `Of the build's ${counted(leftOut + kept, "source file")} ${leftOut} ${leftOut === 1 ? "was" : "were"} not kept: a capture keeps files of up to ${each ?? ""}, and ${all ?? ""} in total. Explanations do not name edited items of the others.`;
}

interface ListedSource {
  readonly file: string;
  /** When rustc wrote the list, which it does once all are read; milliseconds since 1970. */
  readonly readAt: number;
}

async function listedIn(depInfo: string, cwd: string): Promise<ListedSource[]> {
  const found = await stat(depInfo).catch(() => undefined);
  if (found === undefined) return [];
  const text = await readTextFile(depInfo, LIMITS.text).catch(() => "");
  return sourcesIn(text)
    .map((name) => path.resolve(cwd, name))
    .filter(isUsers)
    .map((file) => ({ file, readAt: found.mtimeMs }));
}

/** The Rust files that a dep-info file lists: each is also a target without prerequisites (`write_out_deps` in `compiler/rustc_interface/src/passes.rs`). */
export function sourcesIn(depInfo: string): string[] {
  return [...depInfo.matchAll(/^([^#\s][^\n]*\.rs):$/gm)].map(([, name = ""]) => name.replaceAll("\\ ", " "));
}

/** Where rustc writes the dep-info of an rlib: "libhelper-1f.rlib" → "helper-1f.d" beside it. */
export function depInfoOf(rlib: string): string {
  return path.join(path.dirname(rlib), `${path.basename(rlib, ".rlib").replace(/^lib/, "")}.d`);
}

/** File → text; undefined: a capture that keeps none, or whose file is damaged. They make explanations better and are not needed. */
export async function sourcesOf(folder: string): Promise<ReadonlyMap<string, string> | undefined> {
  const subject = { what: "The sources that a capture keeps", file: path.join(folder, SOURCES_FILE), help: "Capture the unit again." };
  const kept = await readPackedJson(keptSources, subject).catch(() => undefined);
  return kept === undefined ? undefined : new Map(Object.entries(kept.files));
}
