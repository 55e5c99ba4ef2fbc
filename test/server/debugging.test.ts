/** Breakpoints in the sources of the server are hit, with the options that the extension starts it with when it runs in a debugger. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, it } from "node:test";
import { SERVER_INSPECTOR } from "../../src/client/debug-run.js";
import { Bundle, TestDebugger, type Place } from "../support/debugger.js";
import { repository } from "../support/repository.js";
import { TestServer, until } from "../support/server.js";

const scratch = mkdtempSync(path.join(os.tmpdir(), "lto-server-debug-"));
after(() => {
  rmSync(scratch, { recursive: true, force: true });
});

/** The first line of a source that has a text. */
function placeOf(source: string, text: string): Place {
  const lines = readFileSync(path.join(repository, source), "utf8").split("\n");
  return { source, line: lines.findIndex((line) => line.includes(text)) + 1 };
}

it("a breakpoint in src/server is hit through source maps", async () => {
  // Any free port: somebody may be debugging here.
  const execArgv = SERVER_INSPECTOR.map((option) => option.replace(/^--inspect=\d+$/, "--inspect=0"));
  const server = await TestServer.start({ store: path.join(scratch, "store"), execArgv });
  try {
    await server.with(async () => {
      const listening = (): string | undefined => /Debugger listening on (ws:\S+)/.exec(server.log.join(""))?.[1];
      await until(() => listening() !== undefined, "the server's inspector");
      const attached = await TestDebugger.attach(listening() ?? "", new Bundle("dist/server.js"));
      try {
        const place = placeOf("src/server/adapters/units.ts", "bench.catalog.list(");
        await attached.breakAt(place);
        const [stopped, answer] = await Promise.all([
          attached.stopped().finally(() => attached.resume()),
          server.ask("units", { offset: 0, limit: 1 }),
        ]);
        assert.deepEqual([stopped, answer.rows], [place, []]);
      } finally {
        attached.close();
      }
    });
  } finally {
    server.process.kill("SIGKILL");
  }
});
