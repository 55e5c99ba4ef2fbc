/** The history of runs: which workspace they are of, names, pins, and deletion that can be undone. */
import assert from "node:assert/strict";
import fs from "node:fs/promises";
import path from "node:path";
import { before, describe, it } from "node:test";
import type { Captured } from "../../support/captured.js";
import { until } from "../../support/server.js";

export function runHistory(captured: Captured): void {
  const range = { offset: 0, limit: 10 };

  describe("the history", () => {
    before(() => captured.ensureRun());

    it("names the first run, and tells runs of the open folders from others", async () => {
      const { server, run } = captured;
      assert.deepEqual([run.what, run.name, run.pinned, run.workspace], ["first build", null, false, captured.workspace]);
      const ids = async (from: typeof server, scope: "workspace" | "elsewhere"): Promise<string[]> =>
        (await from.ask("runs", { ...range, scope })).rows.map(({ id }) => id);
      assert.deepEqual([await ids(server, "workspace"), await ids(server, "elsewhere")], [[run.id], []]);
      const folder = path.join(captured.scratch, "another workspace");
      await fs.mkdir(folder);
      const other = await captured.start({ folders: [folder] });
      assert.deepEqual([await ids(other, "workspace"), await ids(other, "elsewhere")], [[], [run.id]]);
      await other.stop();
      const alone = await captured.start({ folders: [] });
      assert.deepEqual([await ids(alone, "workspace"), await ids(alone, "elsewhere")], [[run.id], []]);
      await alone.stop();
    });

    it("lists pinned runs first, with the user's names", async () => {
      const { server, unit, run } = captured;
      const later = await server.ask("thin", { source: { unit: unit.ref }, analyzeOnly: true });
      const order = async (): Promise<string[]> => (await server.ask("runs", { ...range, scope: "workspace" })).rows.map(({ id }) => id);
      assert.deepEqual(await order(), [later.id, run.id]);
      const noted = await server.ask("noteRun", { run: run.id, name: "before", pinned: true });
      assert.deepEqual(noted, { ...run, name: "before", pinned: true });
      assert.deepEqual(await order(), [run.id, later.id]);
      assert.deepEqual(await server.ask("noteRun", { run: run.id, name: null, pinned: false }), run);
      assert.deepEqual(await order(), [later.id, run.id]);
      assert.equal((await server.failure("noteRun", { run: "20200101T000000-00000000", pinned: true })).name, "UnknownRun");
      await server.ask("removeRun", { run: later.id });
    });

    it("forgets deleted runs at once, restores them, and removes their files on request or when it ends", async () => {
      const { unit, run } = captured;
      const server = await captured.start();
      const more = [await server.ask("thin", { source: { unit: unit.ref } }), await server.ask("thin", { source: { unit: unit.ref } })];
      const [one = run, two = run] = more;
      const deleted = await server.ask("deleteRuns", { runs: [one.id, "20200101T000000-00000000", two.id] });
      assert.deepEqual([deleted.deleted, deleted.failed?.name], [[one.id, two.id], "UnknownRun"]);
      assert.deepEqual((await server.ask("runs", range)).rows, [run]);
      await server.ask("restoreRuns", { runs: [one.id] });
      assert.deepEqual((await server.ask("runs", range)).rows, [one, run]);
      const folders = (): Promise<string[]> => fs.readdir(path.join(captured.store, "runs"));
      assert.ok((await folders()).some((name) => name.includes(two.id)));
      await server.ask("purgeRuns", { runs: [two.id] });
      assert.ok(!(await folders()).some((name) => name.includes(two.id)));
      assert.equal((await server.failure("restoreRuns", { runs: [two.id] })).name, "UnknownRun");
      await server.ask("deleteRuns", { runs: [one.id] });
      await server.stop();
      await until(async () => (await folders()).length === 1, "the files of a run that was deleted in a window that has closed");
    });
  });
}
