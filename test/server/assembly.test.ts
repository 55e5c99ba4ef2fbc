/** Assembly of runs, over the server's protocol. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { skipWithoutRust, TestCli } from "../support/cli.js";
import { TestServer } from "../support/server.js";
import { BARE_THIN, copyCaptures } from "../support/shared-captures.js";

describe("assembly of runs", { skip: skipWithoutRust }, () => {
  let scratch = "";
  let server: TestServer;
  let [asBuilt, unoptimized] = ["", ""];

  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), "lto-server-assembly-"));
    const store = join(scratch, "store");
    const { unit, workspace } = await copyCaptures(BARE_THIN, store);
    server = await TestServer.start({ store, folders: [workspace] });
    asBuilt = (await server.with(() => server.ask("thin", { source: { unit } }))).id;
    // Only the command line replays with other settings.
    const { code } = await new TestCli(store).run(["thin", unit, "--opt-level", "0", "--save-temps", "none"]);
    assert.equal(code, 0);
    const { rows } = await server.ask("runs", { offset: 0, limit: 10 });
    unoptimized = rows.find(({ id }) => id !== asBuilt)?.id ?? assert.fail("the command line's run is not listed");
  });
  after(async () => {
    await server.stop();
    await rm(scratch, { recursive: true, force: true });
  });

  const textOf = async (run: string): Promise<string> => (await server.ask("assembly", { run, symbol: "other::twice" })).lines.join("\n");

  it("is rustc's for a run as the build was", async () => {
    assert.match(await textOf(asBuilt), /^# The same machine code as in rustc's object\.$/m);
  });

  it("has the settings of a run that overrides the build's", async () => {
    const text = await textOf(unoptimized);
    assert.match(text, /^# The same machine code as in the replay's object\.$/m);
    assert.notEqual(text, await textOf(asBuilt));
  });
});
