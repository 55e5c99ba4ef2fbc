/** The version of this program. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { packageJson } from "../core/base/package-json.js";
import { parseJsonIf } from "../core/base/parse.js";

/** The version of the package that contains the program. */
export function ownVersion(): string {
  for (let folder = __dirname; ; folder = dirname(folder)) {
    try {
      const found = parseJsonIf(packageJson, readFileSync(join(folder, "package.json"), "utf8"));
      if (found !== undefined) return found.version;
    } catch {
      // Try one folder up.
    }
    if (dirname(folder) === folder) return "unknown";
  }
}
