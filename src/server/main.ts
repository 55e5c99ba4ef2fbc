/** The server process: the client starts it; it exits with the client and ends its engines. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createConnection, IPCMessageReader, IPCMessageWriter, ProposedFeatures } from "vscode-languageserver/node";
import { packageJson } from "../core/base/package-json.js";
import { parseJsonIf } from "../core/base/parse.js";
import { wellFormed } from "./well-formed.js";
import { serve } from "./server.js";

const connection = createConnection(ProposedFeatures.all, wellFormed(new IPCMessageReader(process)), new IPCMessageWriter(process));
const server = serve(connection, { version: version(), programs: { cli: join(__dirname, "cli.js") } });

/** Called when the parent process has exited, or asks this one to exit. */
function end(code: number): void {
  // Engines exit when their channel closes; a request makes them exit sooner.
  setTimeout(() => process.exit(code), 2000).unref();
  void server.close().finally(() => process.exit(code));
}

process.on("disconnect", () => {
  end(0);
});
process.on("SIGTERM", () => {
  end(0);
});
// Ctrl-C reaches the whole process group; the client decides what to do.
process.on("SIGINT", () => undefined);
connection.listen();

function version(): string {
  try {
    return parseJsonIf(packageJson, readFileSync(join(__dirname, "..", "package.json"), "utf8"))?.version ?? "unknown";
  } catch {
    return "unknown";
  }
}
