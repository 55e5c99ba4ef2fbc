/** Where Cargo's profiles are in a target folder: `<target>/<profile>`, and `<target>/<triple>/<profile>` for another target than the host. */
import fs from "node:fs/promises";
import path from "node:path";

export async function profileFolders(target: string): Promise<string[]> {
  const found: string[] = [];
  for (const folder of await subfolders(target)) {
    if (await isProfileFolder(folder)) found.push(folder);
    else for (const deeper of await subfolders(folder)) if (await isProfileFolder(deeper)) found.push(deeper);
  }
  return found;
}

async function isProfileFolder(folder: string): Promise<boolean> {
  const names = await fs.readdir(folder).catch((): string[] => []);
  return names.includes(".fingerprint") || (names.includes("deps") && names.includes("incremental"));
}

/** The folders in a folder; none where it cannot be read. */
export async function subfolders(folder: string): Promise<string[]> {
  try {
    const entries = await fs.readdir(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map((entry) => path.join(folder, entry.name));
  } catch {
    return [];
  }
}
