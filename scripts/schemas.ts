/** `npm run schemas`: regenerates schemas/ after a report's type has changed. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { reportSchemas } from "./lib/report-schemas.js";

async function main(): Promise<void> {
  for (const [name, text] of await reportSchemas()) writeFileSync(path.resolve(__dirname, "..", "schemas", name), text);
}

void main();
