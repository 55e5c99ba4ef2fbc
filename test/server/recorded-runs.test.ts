/** Runs that are shown before they are replayed: until then, rustc's own record answers every request, and afterwards the run says the same. */
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { LSPErrorCodes } from "vscode-languageserver/node";
import { stagesOf } from "../../src/protocol/stages.js";
import type { ModuleRow } from "../../src/protocol/views.js";
import { skipWithoutRust } from "../support/cli.js";
import { TestServer, until, type ProgressValue } from "../support/server.js";
import { copyCaptures, DEMO_FAT, DEMO_LOCAL, DEMO_THIN, type SharedBuild } from "../support/shared-captures.js";

interface Served {
  readonly server: TestServer;
  readonly unit: string;
  readonly store: string;
  /** Starts another server on the same store. */
  readonly another: () => Promise<TestServer>;
}

async function serverOn(t: TestContext, build: SharedBuild): Promise<Served> {
  const scratch = await mkdtemp(join(tmpdir(), "lto-server-recorded-"));
  const store = join(scratch, "store");
  const { unit, workspace } = await copyCaptures(build, store);
  const servers: TestServer[] = [];
  const another = async (): Promise<TestServer> => {
    const server = await TestServer.start({ store, folders: [workspace] });
    servers.push(server);
    return server;
  };
  t.after(async () => {
    for (const server of servers) await server.stop();
    await rm(scratch, { recursive: true, force: true });
  });
  return { server: await another(), unit, store, another };
}

async function rowsOf(server: TestServer, run: string): Promise<ModuleRow[]> {
  const { rows } = await server.ask("modules", { subject: { run }, sort: "name", offset: 0, limit: 500 });
  return [...rows];
}

/** What the record and the report of a run both say of a module. */
function decided({ name, shortName, crate, origin, verdict, reason, key, previousKey }: ModuleRow): object {
  return { name, shortName, crate, origin, verdict, reason, key, previousKey };
}

async function begin(server: TestServer, unit: string): Promise<string> {
  const { run } = await server.ask("beginRun", { unit });
  assert.ok(run !== null, "there is no record");
  assert.deepEqual([run.state, run.hasReport, run.recorded, run.fidelity], ["running", false, true, null]);
  return run.id;
}

describe("a run that is shown at once", { skip: skipWithoutRust }, () => {
  for (const build of [DEMO_THIN, DEMO_LOCAL, DEMO_FAT]) {
    it(`has the rows and stages of rustc's record until it is replayed, and then the same: ${build.name}`, async (t) => {
      const { server, unit } = await serverOn(t, build);
      const run = await begin(server, unit);
      const before = await rowsOf(server, run);
      const { counts } = await server.ask("run", { run });
      assert.equal(counts.modules, before.length);
      assert.equal(counts.reused, before.filter(({ verdict }) => verdict === "re-used").length);

      const { mode } = await server.ask("unit", { unit });
      const files = new Map<string, Buffer>();
      for (const { name, verdict, reason } of before) {
        if (verdict === "re-used" || reason?.kind === "linked-into-base") continue;
        for (const stage of stagesOf(mode ?? assert.fail("the unit has no mode"))) {
          const { path, origin } = await server.ask("stageFile", { subject: { run }, module: name, stage });
          assert.equal(origin, "rustc");
          files.set(`${name} ${stage}`, await readFile(path));
        }
      }
      assert.ok(files.size > 0);

      const seen: ProgressValue[] = [];
      const completed = await server.with(() => server.askWithProgress("completeRun", { run }, (value) => seen.push(value)));
      assert.equal(completed.verification.outcome, "verified");
      assert.deepEqual([completed.run.id, completed.run.state, completed.run.hasReport], [run, "done", true]);
      assert.deepEqual([completed.run.recorded, completed.run.fidelity, completed.run.verifiedCode], [false, "verified", undefined]);
      const percentages = seen.flatMap((value) => (value.kind === "report" ? [value.percentage ?? 0] : []));
      assert.deepEqual(
        percentages,
        percentages.toSorted((left, right) => left - right),
      );

      const after = await rowsOf(server, run);
      assert.deepEqual(after.map(decided), before.map(decided));
      for (const [which, bytes] of files) {
        const [module = "", stage = ""] = which.split(" ");
        const { path, origin } = await server.ask("stageFile", { subject: { run }, module, stage });
        assert.equal(origin, "store");
        assert.ok(bytes.equals(await readFile(path)), which);
      }
    });
  }

  it("stays as recorded if it is cancelled, and says so", async (t) => {
    const { server, unit } = await serverOn(t, DEMO_THIN);
    const run = await begin(server, unit);
    const completing = server.askWithProgress("completeRun", { run }, (_, cancel) => {
      cancel();
    });
    await assert.rejects(completing, { code: LSPErrorCodes.RequestCancelled });
    await until(async () => (await server.ask("run", { run })).state !== "running", "the end of the run");
    const view = await server.ask("run", { run });
    assert.deepEqual([view.state, view.hasReport, view.recorded], ["cancelled", false, true]);
    assert.ok((await rowsOf(server, run)).length > 0);
    assert.equal((await server.failure("completeRun", { run })).name, "UnknownRun");
  });

  it("has failed if its replay cannot begin, and its record is still shown", async (t) => {
    const { server, unit, store } = await serverOn(t, DEMO_THIN);
    const run = await begin(server, unit);
    const before = await rowsOf(server, run);
    const { captureRef } = await server.ask("unit", { unit });
    await rm(join(store, "captures", captureRef.replace("@", "/"), "inputs"), { recursive: true });
    await server.failure("completeRun", { run });
    const { state, recorded } = await server.ask("run", { run });
    assert.deepEqual([state, recorded], ["failed", true]);
    assert.deepEqual((await rowsOf(server, run)).map(decided), before.map(decided));
  });

  it("is explained by the keys that its replay stores before its stages", async (t) => {
    const { server, unit } = await serverOn(t, DEMO_THIN);
    const run = await begin(server, unit);
    const order: string[] = [];
    const completing = server.with(() => server.ask("completeRun", { run })).then(() => order.push("replayed"));
    const { headline } = await server.ask("headline", { run });
    order.push(headline);
    await completing;
    assert.match(order[0] ?? "", /by your edit|changed/);
    assert.deepEqual(order[1], "replayed");
  });

  it("is interrupted with its server, and another server still shows its record", async (t) => {
    const { server, unit, another } = await serverOn(t, DEMO_THIN);
    const run = await begin(server, unit);
    const before = await rowsOf(server, run);
    server.process.kill("SIGKILL");
    const other = await another();
    await until(async () => (await other.ask("run", { run })).state !== "running", "the end of the killed server");
    const view = await other.ask("run", { run });
    assert.deepEqual([view.state, view.recorded], ["died", true]);
    assert.deepEqual((await rowsOf(other, run)).map(decided), before.map(decided));
  });
});
