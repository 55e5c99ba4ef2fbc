/** Breakpoints in the sources of the server are hit, with the arguments that it is started with when .vscode/launch.json opens the window. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, it } from "node:test";
import { SERVER_INSPECTOR, serverArguments } from "../../src/client/debug-run.js";
import { Bundle, TestDebugger, type Place } from "../support/debugger.js";
import { repository } from "../support/repository.js";
import { TestServer, until } from "../support/server.js";

const scratch = mkdtempSync(path.join(os.tmpdir(), "lto-server-debug-"));
after(() => {
  rmSync(scratch, { recursive: true, force: true });
});

/** The first line of a source that contains a text. */
function placeOf(source: string, text: string): Place {
  const lines = readFileSync(path.join(repository, source), "utf8").split("\n");
  return { source, line: lines.findIndex((line) => line.includes(text)) + 1 };
}

/** Attaches to a server that waits for it, and sets a breakpoint before the server continues. */
async function attachTo({ log }: TestServer, place: Place): Promise<TestDebugger> {
  const listening = (): string | undefined => /Debugger listening on (ws:\S+)/.exec(log.join(""))?.[1];
  await until(() => listening() !== undefined, "the server's inspector");
  const attached = await TestDebugger.attach(listening() ?? "", new Bundle("dist/server.js"));
  await attached.breakAt(place);
  await attached.go();
  return attached;
}

it("a breakpoint in src/server is hit through source maps, from the first line on", async () => {
  const first = placeOf("src/server/main.ts", "= serve(connection");
  const place = placeOf("src/server/adapters/units.ts", "catalog.list(");
  let attached: TestDebugger | undefined;
  const server = await TestServer.start({
    store: path.join(scratch, "store"),
    // Any free port, because a debugger may be running here.
    execArgv: serverArguments({ [SERVER_INSPECTOR]: "0" }),
    whenStarted: async (started) => {
      attached = await attachTo(started, first);
      assert.deepEqual(await attached.stopped(), first);
      await attached.resume();
    },
  });
  try {
    await server.with(async () => {
      assert.ok(attached);
      await attached.breakAt(place);
      const [stopped, answer] = await Promise.all([
        attached.stopped().finally(() => attached?.resume()),
        server.ask("units", { offset: 0, limit: 1 }),
      ]);
      assert.deepEqual([stopped, answer.rows], [place, []]);
    });
  } finally {
    attached?.close();
    server.process.kill("SIGKILL");
  }
});
