/** Cancellation, killed engines and servers, a cleared store. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { LSPErrorCodes } from "vscode-languageserver/node";
import type { RunView } from "../../../src/protocol/views.js";
import type { Captured } from "../../support/captured.js";
import { CancellationTokenSource, isRunning, reportIn, until, type TestServer } from "../../support/server.js";

/** Cancellations must be acknowledged at once: a later request that only needs the server's own thread is answered after earlier ones. */
async function isPrompt(server: TestServer, answered: () => boolean): Promise<boolean> {
  for (let asked = 0; asked < 5; asked++) await server.ask("runs", { offset: 0, limit: 1 });
  return answered();
}

export function disturbances(captured: Captured): void {
  /** Starts a run from an empty store and waits until it is optimising modules. */
  async function coldRun(server: TestServer, tell: (cancel: () => void) => void): Promise<RunView> {
    await server.ask("clearStore", { what: "stages" });
    return server.askWithProgress("thin", { source: { unit: captured.unit.ref } }, (value, cancel) => {
      if (value.kind === "report" && /^[1-9]\d* of /.test(value.message ?? "")) tell(cancel);
    });
  }

  async function latestRun(server: TestServer): Promise<RunView> {
    const { rows } = await server.ask("runs", { offset: 0, limit: 1 });
    return rows[0] ?? assert.fail("no run");
  }

  describe("disturbances", () => {
    before(() => captured.ensureRun());

    it("a run that is cancelled by its token is answered at once, and keeps what it had saved", async () => {
      const { server } = captured;
      let [answered, promptly] = [false, false];
      let asking: Promise<void> | undefined;
      const error: unknown = await coldRun(server, (cancel) => {
        if (asking !== undefined) return;
        cancel();
        asking = isPrompt(server, () => answered).then((prompt) => void (promptly = prompt));
      })
        .then(
          () => assert.fail("the run was not cancelled"),
          (reason: unknown) => reason,
        )
        .finally(() => (answered = true));
      await asking;
      assert.equal(reportIn(error, LSPErrorCodes.RequestCancelled).name, "Cancelled");
      assert.ok(promptly, "answered before the work has stopped");
      await until(async () => (await latestRun(server)).state !== "running", "the end of the run");
      const run = await latestRun(server);
      assert.deepEqual([run.state, run.hasReport, run.error?.name], ["cancelled", false, "Cancelled"]);
      const refused = await server.failure("groups", { subject: { run: run.id } });
      assert.equal(refused.name, "NothingToInspect");
      assert.match(refused.help ?? "", /again/);
      const next = await server.ask("thin", { source: { unit: captured.unit.ref } });
      assert.deepEqual([next.counts.failed, next.counts.recompiled], [0, captured.unit.modules]);
      assert.ok(next.counts.fromStore > 0, "stages of the cancelled run were not used");
    });

    it("a request that is cancelled by its id is answered at once", async () => {
      const { server } = captured;
      const source = new CancellationTokenSource();
      let answered = false;
      const asked = server
        .ask("verify", { unit: captured.unit.ref }, source.token)
        .then(
          () => assert.fail("the verification was not cancelled"),
          (reason: unknown) => reason,
        )
        .finally(() => (answered = true));
      // It has started once a later request is answered.
      await server.ask("store", {});
      source.cancel();
      assert.ok(await isPrompt(server, () => answered), "answered before the work has stopped");
      assert.equal(reportIn(await asked, LSPErrorCodes.RequestCancelled).name, "Cancelled");
    });

    it("an engine that is killed during a run only fails its active modules", async () => {
      const { server } = captured;
      let killed: number | undefined;
      const run = await server.with(() =>
        coldRun(server, () => {
          if (killed !== undefined) return;
          killed = server.engines()[0];
          if (killed !== undefined) process.kill(killed, "SIGKILL");
        }),
      );
      assert.ok(killed !== undefined && !isRunning(killed), "no engine was killed");
      assert.ok(run.counts.failed <= 1, `${run.counts.failed} modules failed`);
      const { rows } = await server.ask("modules", { subject: { run: run.id }, filter: { verdicts: ["failed"] }, offset: 0, limit: 10 });
      for (const row of rows) {
        assert.equal(row.error?.name, "EngineCrashed");
        assert.ok(row.error.help);
      }
      const next = await server.ask("thin", { source: { unit: captured.unit.ref } });
      assert.equal(next.counts.failed, 0);
      assert.deepEqual(next.bytes, captured.run.bytes);
    });

    it("an engine that is killed between two requests is replaced silently", async () => {
      const { server } = captured;
      for (const pid of server.engines()) process.kill(pid, "SIGKILL");
      const { total } = await server.ask("functions", {
        ...{ subject: { unit: captured.unit.ref }, module: (await someModule()).name, stage: "thin-lto-after-pm", offset: 0, limit: 1 },
      });
      assert.ok(total > 0);
    });

    it("a server that is killed during a run leaves an interrupted run, and no process", async () => {
      const other = await captured.start();
      const engines: number[] = [];
      const error: unknown = await coldRun(other, () => {
        engines.push(...other.engines());
        other.process.kill("SIGKILL");
      }).catch((reason: unknown) => reason);
      assert.ok(error instanceof Error);
      assert.ok(engines.length > 0);
      await until(() => engines.every((pid) => !isRunning(pid)), "the end of the engines");
      const { server } = captured;
      await until(async () => (await latestRun(server)).state === "died", "the run that died");
      const died = await latestRun(server);
      assert.equal(died.finishedAt, null);
      await server.ask("removeRun", { run: died.id });
      const next = await server.ask("thin", { source: { unit: captured.unit.ref } });
      assert.equal(next.counts.failed, 0);
    });

    it("cleared stages are made again on request", async () => {
      const { server, run } = captured;
      const { name } = await someModule();
      const before = await server.ask("stages", { subject: { run: run.id }, module: name, changes: true });
      const { bytes } = await server.ask("clearStore", { what: "stages" });
      assert.ok(bytes > 1e6);
      const cleared = await server.ask("stages", { subject: { run: run.id }, module: name, changes: true });
      assert.ok(cleared.stages.every(({ made }) => !made));
      const { origin } = await server.ask("stageFile", { subject: { run: run.id }, module: name, stage: "thin-lto-after-pm" });
      assert.equal(origin, "made");
      assert.deepEqual(await server.ask("stages", { subject: { run: run.id }, module: name, changes: true }), before);
    });
  });

  async function someModule(): Promise<{ name: string }> {
    const query = { subject: { run: captured.run.id }, filter: { crates: ["textstats"] }, sort: "bytes", descending: true } as const;
    const { rows } = await captured.server.ask("modules", { ...query, offset: 0, limit: 1 });
    return rows[0] ?? assert.fail("no module");
  }
}
