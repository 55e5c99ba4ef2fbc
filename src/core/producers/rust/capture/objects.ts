/** Keeps the objects that rustc generated from the modules of LTO: those that a verification compares with. */
import fs from "node:fs/promises";
import path from "node:path";
import type { RustcObject } from "../../../../protocol/units.js";
import { dictionary } from "../../../base/dictionary.js";
import { LIMITS } from "../../../base/read-file.js";
import { copyRegularFileSync } from "../../../base/read-file-sync.js";
import { matchObjects, type StageFileQuery } from "../../../pipelines/saved-stages.js";
import { fileNameFor, moveFile } from "./kept-files.js";

/**
 * Moves rustc's objects out of Cargo's target directory, where `-C save-temps` left them. For a module that rustc re-used, it linked the object of the
 * earlier session there, so the time of a file says nothing; files of earlier builds were removed before this one.
 *
 * @param folder where rustc wrote them
 * @param target the capture's folder
 */
export async function keepObjects(folder: string, query: StageFileQuery, target: string): Promise<Record<string, RustcObject>> {
  const names = await fs.readdir(folder);
  const present = new Set(names);
  const kept = dictionary<RustcObject>();
  for (const [module, name] of matchObjects(names, query)) {
    const source = path.join(folder, name);
    const file = path.join("rustc", `${fileNameFor(module)}.o`);
    await moveFile(source, path.join(target, file));
    const dwo = name.replace(/\.o$/, ".dwo");
    const dwarf = path.join("rustc", `${fileNameFor(module)}.dwo`);
    // The program refers to it there.
    if (present.has(dwo)) copyRegularFileSync(path.join(folder, dwo), path.join(target, dwarf), LIMITS.bitcode);
    kept[module] = { file, source, ...(present.has(dwo) ? { dwarf } : {}) };
  }
  return kept;
}
