/** A unit that was built with fat LTO, over the server's protocol: Run uses the mode of the build. */
import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { after, before, describe, it } from "node:test";
import { FAT_STAGES } from "../../src/protocol/stages.js";
import { skipWithoutRust } from "../support/cli.js";
import { TestServer } from "../support/server.js";
import { copyCaptures, DEMO_FAT } from "../support/shared-captures.js";

describe("the server on a unit of fat LTO", { skip: skipWithoutRust }, () => {
  let scratch = "";
  let unit = "";
  let server: TestServer;

  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), "lto-server-fat-"));
    const store = join(scratch, "store");
    const captured = await copyCaptures(DEMO_FAT, store);
    unit = captured.unit;
    server = await TestServer.start({ store, folders: [captured.workspace] });
  });
  after(async () => {
    await server.stop();
    await rm(scratch, { recursive: true, force: true });
  });

  it("runs fat LTO, whose base module has three stages", async () => {
    const { mode, runnable } = await server.ask("unit", { unit });
    assert.deepEqual([mode, runnable], ["fat", true]);
    const run = await server.with(() => server.ask("thin", { source: { unit } }));
    assert.deepEqual([run.state, run.unit.mode], ["done", "fat"]);
    assert.ok(run.counts.modules > 20);
    const { modules } = run.counts;
    assert.deepEqual(run.counts, { modules, reused: 0, recompiled: 0, failed: 0, fromStore: 0, groups: { linked: modules } });
    assert.equal(run.headline, `${modules} linked`);
    const { rows } = await server.ask("modules", { subject: { run: run.id }, offset: 0, limit: 200 });
    assert.ok(rows.every(({ verdict }) => verdict === "linked"));
    const base = rows.find(({ reason }) => reason?.kind === "base-module") ?? assert.fail("there is no base module");
    const { stages } = await server.ask("stages", { subject: { run: run.id }, module: base.name, changes: true });
    assert.deepEqual(
      stages.map(({ stage }) => stage),
      [...FAT_STAGES],
    );
    assert.match(server.log.join(""), /Fat LTO of demo \(bin\): \d+ linked, in/);
  });

  it("returns the command line that does the same", async () => {
    const { line } = await server.ask("cliCommand", { command: "thin", source: { unit } });
    assert.ok(line.includes(` fat ${unit}`), line);
  });

  it("verifies it", async () => {
    const { verified, different, linked } = await server.with(() => server.ask("verify", { unit }));
    assert.deepEqual([verified, different.total], [true, 0]);
    assert.deepEqual(linked, { rustc: linked?.ours, ours: linked?.ours, sameBase: true, sameOrder: true });
  });

  it("names its stages in the timeline", async () => {
    const { rows } = await server.ask("runs", { unit, offset: 0, limit: 1 });
    const { lanes } = await server.ask("timeline", { run: rows[0]?.id ?? "", bars: 1000 });
    const stages = new Set(lanes.flatMap(({ bars }) => bars.map(({ stage }) => stage)));
    assert.ok(stages.has("lto.after-pm") && stages.has("lto.input"), [...stages].join());
    assert.ok(![...stages].some((stage) => stage?.startsWith("thin-lto") === true), [...stages].join());
  });

  it("links plain files if fat LTO is requested, and says so in the history", async () => {
    const base = (await readdir(join(scratch, "store", "captures", unit, "1", "inputs")))
      .filter((name) => name.endsWith(".bc"))
      .slice(0, 1);
    const files = base.map((name) => pathToFileURL(join(scratch, "store", "captures", unit, "1", "inputs", name)).href);
    const run = await server.ask("thin", { source: { files, mode: "fat" } });
    assert.deepEqual([run.unit.mode, run.source], ["fat", { files, mode: "fat" }]);
    const { line } = await server.ask("cliCommand", { command: "thin", source: run.source });
    assert.match(line, / fat /);
  });
});
