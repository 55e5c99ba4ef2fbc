/** Making folders. */
import { mkdir, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { systemCode } from "./errors.js";

/**
 * Makes a folder and those above it, as far as they are not there. Node's own `recursive` tries for ever where a file system has a folder but lets
 * nothing be made in it (below /proc, for instance).
 *
 * @throws the system's error
 */
export async function makeFolder(folder: string): Promise<void> {
  const missing: string[] = [];
  // The root is always there.
  for (let at = resolve(folder); !(await isFolder(at)); at = dirname(at)) missing.push(at);
  for (const at of missing.reverse()) {
    try {
      await mkdir(at);
    } catch (error) {
      // Somebody else made it meanwhile.
      if (systemCode(error) !== "EEXIST" || !(await isFolder(at))) throw error;
    }
  }
}

/** As `makeFolder`, and only this user may enter it; a folder that is there stays as it is. @throws the system's error */
export async function makePrivateFolder(folder: string): Promise<void> {
  await makeFolder(dirname(resolve(folder)));
  await mkdir(folder, { mode: 0o700 }).catch(async (error: unknown) => {
    if (systemCode(error) !== "EEXIST" || !(await isFolder(folder))) throw error;
  });
}

/** @throws the system's error where it cannot be told */
async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (systemCode(error) === "ENOENT") return false;
    throw error;
  }
}
