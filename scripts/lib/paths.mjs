// Where things are in the repository. This, and everything in scripts/lib that the set-up uses, runs on a bare Node 20 without npm packages.
import path from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's top folder. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..", "..");

/**
 * A path inside the repository.
 *
 * @param {...string} parts
 */
export function inRoot(...parts) {
  return path.join(root, ...parts);
}

/** Marks of finished set-up steps, and logs of steps with much output; not committed. */
export const cache = inRoot(".cache");
export const logs = path.join(cache, "logs");
export const dist = inRoot("dist");
export const addonBuild = inRoot("addon", "build");
