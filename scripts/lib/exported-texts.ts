/**
 * The texts of the sources that can be translated, as l10n/bundle.l10n.json has them. Microsoft's own tool finds the calls of `vscode.l10n.t` and of
 * `l10n.t`; the sources that import our `l10n` (src/protocol/l10n.ts) are given to it as if they imported its package, whose calls look the same.
 */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { getL10nJson } from "@vscode/l10n-dev";

const root = path.resolve(__dirname, "..", "..");

/** Folders with code that VS Code shows texts of. */
const FOLDERS = ["src/client", "src/core/views", "src/protocol", "src/server", "webview"];

const OWN = /(\bimport \* as l10n from ")[^"]*\/l10n\.js(";)/;

/** l10n/bundle.l10n.json: every text by its key, sorted. */
export async function exportedTexts(): Promise<string> {
  const sources = FOLDERS.flatMap((folder) => filesBelow(path.join(root, folder))).filter((file) => file.endsWith(".ts"));
  const contents = sources.map((file) => readFileSync(file, "utf8").replace(OWN, "$1@vscode/l10n$2"));
  const texts = await getL10nJson(contents.map((text) => ({ extension: ".ts", contents: text })));
  const sorted = Object.entries(texts).sort(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0));
  return `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`;
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(file) : [file];
  });
}
