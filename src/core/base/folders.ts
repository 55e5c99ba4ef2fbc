/** Creates folders. */
import { mkdir, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { systemCode } from "./errors.js";

/**
 * Creates a folder and its missing parents. Node's own `recursive` never ends if a file system has a folder in which nothing can be created (for
 * example below /proc).
 *
 * @throws the system's error
 */
export async function makeFolder(folder: string): Promise<void> {
  const missing: string[] = [];
  // The root always exists.
  for (let at = resolve(folder); !(await isFolder(at)); at = dirname(at)) missing.push(at);
  for (const at of missing.reverse()) {
    try {
      await mkdir(at);
    } catch (error) {
      // Another process created it in the meantime.
      if (systemCode(error) !== "EEXIST" || !(await isFolder(at))) throw error;
    }
  }
}

/** Like `makeFolder`, but only this user may enter the folder; an existing folder is not changed. @throws the system's error */
export async function makePrivateFolder(folder: string): Promise<void> {
  await makeFolder(dirname(resolve(folder)));
  await mkdir(folder, { mode: 0o700 }).catch(async (error: unknown) => {
    if (systemCode(error) !== "EEXIST" || !(await isFolder(folder))) throw error;
  });
}

/** @throws the system's error if it cannot be determined */
async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (systemCode(error) === "ENOENT") return false;
    throw error;
  }
}
