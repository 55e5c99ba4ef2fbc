/** Files that ship with this program, beside its bundles in `dist/`. They are searched nowhere else, because some of them are executed. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * The place of a shipped file: beside the running bundle, or in the `dist` of the package that contains the sources. The caller checks whether it
 * exists.
 */
export function ownFile(name: string, from: string = __dirname): string {
  if (existsSync(join(from, name))) return join(from, name);
  for (let folder = from; dirname(folder) !== folder; folder = dirname(folder)) {
    if (existsSync(join(folder, "package.json"))) return join(folder, "dist", name);
  }
  return join(from, name);
}
