/** `npm run l10n`: exports the texts of the sources after one has changed. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { exportedTexts } from "./lib/exported-texts.js";

async function main(): Promise<void> {
  writeFileSync(path.resolve(__dirname, "..", "l10n", "bundle.l10n.json"), await exportedTexts());
}

void main();
