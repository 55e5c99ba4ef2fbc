/** Finds the Cargo packages for a folder that the user opened: in the folder itself or around it, otherwise below it. */
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { dirname, join } from "node:path";

/** The depth, and the number of folders, to search. */
const DEEPEST = 3;
const MOST_FOLDERS = 2000;

/** Folders without the user's own sources. */
const PASSED_OVER = new Set(["target", "node_modules", "vendor", "dist", "build"]);

/** @returns the folder itself if it belongs to a Cargo package, otherwise the topmost packages below it */
export async function cargoFolders(folder: string): Promise<string[]> {
  if (belongsToPackage(folder)) return [folder];
  const found: string[] = [];
  let level = [folder];
  let seen = 0;
  for (let depth = 0; depth < DEEPEST && level.length > 0 && seen < MOST_FOLDERS; depth++) {
    const below = (await Promise.all(level.map(subfolders))).flat();
    seen += below.length;
    found.push(...below.filter(hasManifest));
    level = below.filter((one) => !hasManifest(one));
  }
  return found.sort();
}

function belongsToPackage(folder: string): boolean {
  for (let ancestor = folder; ; ancestor = dirname(ancestor)) {
    if (hasManifest(ancestor)) return true;
    if (dirname(ancestor) === ancestor) return false;
  }
}

function hasManifest(folder: string): boolean {
  return existsSync(join(folder, "Cargo.toml"));
}

async function subfolders(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith(".") && !PASSED_OVER.has(entry.name))
    .map((entry) => join(folder, entry.name));
}
