/** Cleans up what `-C save-temps`, or a rustc that was killed, leaves in a target directory and in the system's temporary folder. */
import { rmSync } from "node:fs";
import fs from "node:fs/promises";
import path from "node:path";
import { RustcArguments } from "../../../pipelines/rustc-args.js";
import { LIMITS, readTextFile } from "../../../base/read-file.js";
import { LINK_ARGS_FILE, type RustcRecord } from "../wrapper/record.js";
import { linkerWords } from "./link-args.js";

/** Objects and bitcode of codegen units. */
const CODEGEN_UNIT = /\.rcgu\.(?:o|[a-z0-9.-]*bc)$/;

/** rustc's temporary folders, beside its output. */
const TEMPORARY_FOLDER = /^(?:rustc|rmeta)[A-Za-z0-9]{6}$/;

/** Where rustc was started, and how. */
type BuildPlace = Pick<RustcRecord, "args" | "cwd" | "environment">;

/** The folders in which Cargo lets rustc write: `<profile>/deps`, `<triple>/<profile>/examples`. */
const OUT_DIRS: ReadonlySet<string> = new Set(["deps", "examples"]);
const DEEPEST = 3;

/**
 * Removes what `-C save-temps` left of a run, except the stages that were kept: objects, bitcode, rustc's temporary folders.
 *
 * @param found a record, and its folder
 */
export async function cleanTemporaries({ record, folder }: { readonly record: BuildPlace; readonly folder: string }): Promise<void> {
  await removeLinkFolders(record, folder);
  const args = new RustcArguments(record.args);
  if (args.outDir === undefined) return;
  await removeFrom(path.resolve(record.cwd, args.outDir), (name) => {
    const ofCrate = name.startsWith(`${args.fileStem}.`) || /^[0-9a-f]{1,16}-/.test(name);
    return (ofCrate && CODEGEN_UNIT.test(name)) || TEMPORARY_FOLDER.test(name);
  });
}

/**
 * Removes the folder of what rustc made for the linker alone, which it also keeps with `-C save-temps`. Others have such folders there too, so only those
 * that the linker's command line names are removed.
 *
 * Source: `link_binary` in `compiler/rustc_codegen_ssa/src/back/link.rs`, rustc 1.85: `MaybeTempDir` in `std::env::temp_dir()`; 1.95 and 1.96 leave none there.
 */
async function removeLinkFolders(record: BuildPlace, folder: string): Promise<void> {
  const printed = await readTextFile(path.join(folder, LINK_ARGS_FILE), LIMITS.text).catch(() => "");
  const folders = linkerWords(printed)
    .filter((word) => path.isAbsolute(word))
    .map((word) => path.dirname(word));
  for (const named of new Set(folders)) if (isLinkFolder(named, record)) rmSync(named, { recursive: true, force: true });
}

/** Whether a folder has the name and the place of those in which rustc makes files for the linker alone. */
export function isLinkFolder(folder: string, { environment, cwd }: Omit<BuildPlace, "args">): boolean {
  const temporary = path.resolve(cwd, environment["TMPDIR"] ?? "/tmp");
  return path.dirname(folder) === temporary && TEMPORARY_FOLDER.test(path.basename(folder));
}

/**
 * Removes what interrupted builds of any crate left. Otherwise it could be taken for output of the next build, which writes nothing for modules
 * that it re-uses.
 *
 * @param target the capture's target directory, in which no build is running
 */
export async function cleanInterrupted(target: string): Promise<void> {
  for (const folder of await outDirs(target, DEEPEST)) {
    await removeFrom(folder, (name) => CODEGEN_UNIT.test(name) || TEMPORARY_FOLDER.test(name));
  }
}

async function outDirs(folder: string, depth: number): Promise<string[]> {
  const entries = await fs.readdir(folder, { withFileTypes: true }).catch(() => []);
  const below = entries.filter((entry) => entry.isDirectory()).map(({ name }) => ({ name, file: path.join(folder, name) }));
  const found = below.flatMap(({ name, file }) => (OUT_DIRS.has(name) ? [file] : []));
  for (const { name, file } of below) {
    if (depth > 1 && !OUT_DIRS.has(name) && name !== "incremental" && name !== "build") found.push(...(await outDirs(file, depth - 1)));
  }
  return found;
}

async function removeFrom(folder: string, isTemporary: (name: string) => boolean): Promise<void> {
  for (const name of await fs.readdir(folder)) {
    // Thousands of files: see read-file-sync.ts.
    if (isTemporary(name)) rmSync(path.join(folder, name), { recursive: true, force: true });
  }
}
