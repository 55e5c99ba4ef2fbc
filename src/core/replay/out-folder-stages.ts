/**
 * The stages in a folder that `--out` wrote. The manifest maps files to modules and stages, because file names are escaped, and shortened if they
 * are too long.
 */
import { stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { RunManifest } from "../../protocol/runs.js";
import { stagesOf, type Stage } from "../../protocol/stages.js";
import { systemCode } from "../base/errors.js";
import { readJsonFile } from "../base/parse.js";
import { isManifestOfRun, runManifest } from "../store/run-manifest.js";
import { LIMITS, readTextFile } from "../base/read-file.js";
import { stageFileName } from "./out-folder.js";
import { MANIFEST } from "../store/run-folder.js";
import type { SavedTemps } from "./saved-temps.js";

/**
 * Reads a folder that `--out` wrote. If the path is one of its files, only that file's module is listed.
 *
 * @returns undefined when the path is neither
 * @throws LtoError UnreadableFile for a manifest that cannot be read
 */
export async function outFolderAt(path: string): Promise<SavedTemps | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return undefined;
  const folder = found.isDirectory() ? path : dirname(path);
  const manifest = await manifestIn(folder);
  if (manifest === undefined) return undefined;
  const stages = new Map<string, ReadonlyMap<Stage, string>>();
  for (const module of Object.keys(manifest.saved)) {
    const files = await filesOf(folder, manifest, module);
    const isMeant = found.isDirectory() || [...files.values()].some((file) => basename(file) === basename(path));
    if (files.size > 0 && isMeant) stages.set(module, files);
  }
  return stages.size === 0 ? undefined : { folder, mode: manifest.unit.mode, madeBy: "replay", stages };
}

async function manifestIn(folder: string): Promise<RunManifest | undefined> {
  const file = join(folder, MANIFEST);
  try {
    if (!isManifestOfRun(await readTextFile(file, LIMITS.json))) return undefined;
    return await readJsonFile(runManifest, { what: "The manifest of a run", file, help: "Run LTO into another folder (--out)." });
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

async function filesOf(folder: string, { unit }: RunManifest, module: string): Promise<Map<Stage, string>> {
  const files = new Map<Stage, string>();
  for (const stage of stagesOf(unit.mode)) {
    const file = join(folder, stageFileName(module, stage));
    if ((await stat(file).catch(() => undefined))?.isFile() === true) files.set(stage, file);
  }
  return files;
}
