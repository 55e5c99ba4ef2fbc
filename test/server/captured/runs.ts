/** Runs, their progress and history, verification. */
import assert from "node:assert/strict";
import fs from "node:fs/promises";
import path from "node:path";
import { describe, it } from "node:test";
import { pathToFileURL } from "node:url";
import type { Captured } from "../../support/captured.js";
import { reportIn, type ProgressValue } from "../../support/server.js";

export function runs(captured: Captured): void {
  describe("runs", () => {
    it("a run reports progress and returns its counts", async () => {
      const { server, unit } = captured;
      const before = server.changes.length;
      const seen: ProgressValue[] = [];
      captured.run = await server.with(() => server.askWithProgress("thin", { source: { unit: unit.ref } }, (value) => seen.push(value)));
      const { run } = captured;
      assert.equal(run.state, "done");
      assert.deepEqual(run.source, { unit: unit.captureRef });
      const { modules } = unit;
      const groups = { "first-build": modules };
      assert.deepEqual(run.counts, { modules, reused: 0, recompiled: modules, failed: 0, fromStore: 0, groups });
      assert.equal(run.headline, `first build of ${modules} CGUs`);
      assert.equal(run.fidelity, "same LLVM, not verified");
      assert.equal(run.llvm?.matchesProducer, true);
      assert.equal(run.outputBytes, unit.outputBytes);
      assert.ok(run.bytes !== null && run.bytes.before > run.bytes.after && run.bytes.after > 0);
      assert.ok(run.instructions !== null && run.instructions.after > 0);
      assert.ok((run.millis ?? 0) > 0 && run.peakMemoryBytes > 0);

      const kinds = seen.map(({ kind }) => kind);
      assert.deepEqual([kinds[0], kinds.at(-1)], ["begin", "end"]);
      const reports = seen.filter((value) => value.kind === "report");
      assert.ok(reports.length > 2, "no progress between begin and end");
      const percentages = reports.map(({ percentage = 0 }) => percentage);
      assert.deepEqual(
        percentages,
        percentages.toSorted((left, right) => left - right),
      );
      assert.match(reports.at(-1)?.message ?? "", /^\d+ of \d+: \S+/);
      await server.changed(({ runs }) => runs, before);
    });

    it("the unit shows its latest run, and history lists it", async () => {
      const { server, unit, run } = captured;
      assert.deepEqual((await server.ask("unit", { unit: unit.ref })).lastRun, run);
      assert.deepEqual(await server.ask("run", { run: run.id }), run);
      for (const filter of [{}, { unit: unit.ref }, { unit: unit.captureRef }]) {
        const { total, rows } = await server.ask("runs", { offset: 0, limit: 10, ...filter });
        assert.equal(total, 1);
        assert.deepEqual(rows, [run]);
      }
      assert.equal((await server.ask("runs", { offset: 0, limit: 10, unit: "another" })).total, 0);
    });

    it("two runs at once from two windows end with the same counts from the store", async () => {
      const { server, unit, run } = captured;
      const other = await captured.start();
      const results = await Promise.all([
        server.ask("thin", { source: { unit: unit.ref } }),
        server.ask("thin", { source: { unit: unit.ref } }),
        other.ask("thin", { source: { unit: unit.ref } }),
      ]);
      assert.equal(new Set(results.map(({ id }) => id)).size, 3);
      for (const result of results) {
        assert.deepEqual(result.counts, { ...run.counts, fromStore: run.counts.modules });
        assert.deepEqual([result.bytes, result.instructions], [run.bytes, run.instructions]);
      }
      assert.equal((await other.ask("runs", { offset: 0, limit: 1 })).total, 4);
      const before = other.changes.length;
      for (const { id } of results) await server.ask("removeRun", { run: id });
      await other.changed((change) => change.runs, before);
      assert.deepEqual((await other.ask("runs", { offset: 0, limit: 10 })).rows, [run]);
      await other.stop();
    });

    it("verification finds no differences, and later runs say so", async () => {
      const { server, unit } = captured;
      const view = await server.with(() => server.ask("verify", { unit: unit.ref }));
      assert.deepEqual([view.outcome, view.verified, view.different], ["verified", true, { total: 0, shown: [] }]);
      assert.equal(view.stages["thin-lto-after-pm"]?.identical, unit.modules);
      assert.equal(view.decisions.equal, unit.modules);
      assert.deepEqual(view.objects, { identical: unit.modules, different: 0, absent: 0 });
      assert.equal(view.binary?.identical, true);
      assert.equal((await server.ask("unit", { unit: unit.ref })).verified, true);
      const again = await server.ask("thin", { source: { unit: unit.ref } });
      assert.equal(again.fidelity, "verified");
      await server.ask("removeRun", { run: again.id });
    });

    it("the verified run says so too, is unchanged, and is the only one", async () => {
      const { server, unit, run } = captured;
      captured.run = { ...run, fidelity: "verified", verifiedCode: { objects: unit.modules, output: true } };
      assert.deepEqual(await server.ask("run", { run: run.id }), captured.run);
      assert.deepEqual((await server.ask("runs", { offset: 0, limit: 10 })).rows, [captured.run]);
      assert.deepEqual((await server.ask("unit", { unit: unit.captureRef })).lastRun, captured.run);
    });

    it("a verification in the background compares no objects, and takes nothing back", async () => {
      const { server, unit, run } = captured;
      const view = await server.ask("verify", { unit: unit.ref, background: true });
      assert.deepEqual([view.outcome, view.objects, view.binary], ["verified", undefined, undefined]);
      assert.deepEqual(await server.ask("run", { run: run.id }), run);
    });

    it("a failed verification revokes the fidelity of unit and runs at once, and a successful one restores it", async () => {
      const { server, unit, run } = captured;
      const rustcs = path.join(unit.path, "rustc");
      const [name = ""] = (await fs.readdir(rustcs)).filter((file) => file.endsWith(".thin-lto-after-pm.bc"));
      const content = await fs.readFile(path.join(rustcs, name));
      await fs.truncate(path.join(rustcs, name), 100);
      // The current files were never verified.
      assert.equal((await server.ask("unit", { unit: unit.ref })).verified, false);
      const before = server.changes.length;
      const view = await server.ask("verify", { unit: run.unit.id });
      assert.deepEqual([view.outcome, view.verified, view.different.total], ["differs", false, 1]);
      await server.changed(({ units, runs: changed }) => units && changed, before);
      await fs.writeFile(path.join(rustcs, name), content);
      const revoked = await server.ask("run", { run: run.id });
      assert.deepEqual([revoked.fidelity, revoked.verifiedCode], ["same LLVM, not verified", undefined]);
      assert.equal((await server.ask("unit", { unit: unit.ref })).verified, false);
      assert.equal((await server.ask("verify", { unit: run.unit.id })).verified, true);
      assert.deepEqual(await server.ask("run", { run: run.id }), run);
      assert.equal((await server.ask("unit", { unit: unit.ref })).verified, true);
    });

    it("an analysis makes no stages; they are made on request", async () => {
      const { server, unit, run } = captured;
      const quick = await server.ask("thin", { source: { unit: unit.ref }, analyzeOnly: true });
      assert.deepEqual([quick.counts.recompiled, quick.bytes], [run.counts.recompiled, null]);
      const subject = { run: quick.id };
      const { rows } = await server.ask("modules", { subject, filter: { crates: ["textstats"] }, offset: 0, limit: 1 });
      const module = rows[0]?.name ?? assert.fail("no module");
      const { stages } = await server.ask("stages", { subject, module, changes: true });
      assert.ok(stages.every(({ made, changes }) => !made && changes === null));
      const { path: file, bytes } = await server.ask("stageFile", { subject, module, stage: "thin-lto-after-pm" });
      assert.equal((await fs.stat(file)).size, bytes);
      await server.ask("removeRun", { run: quick.id });
    });

    it("files and folders can be chosen in the explorer", async () => {
      const { server, unit } = captured;
      const inputs = path.join(unit.path, "inputs");
      const bitcode = (await fs.readdir(inputs, { recursive: true }))
        .filter((name) => name.endsWith(".bc"))
        .map((name) => path.join(inputs, name));
      const folder = path.join(captured.scratch, "some bitcode");
      await fs.mkdir(folder);
      for (const file of bitcode.slice(0, 3)) await fs.copyFile(file, path.join(folder, path.basename(file)));
      const run = await server.ask("thin", { source: { files: [pathToFileURL(folder).href] } });
      assert.equal(run.counts.modules, 3);
      assert.ok("files" in run.source && run.source.files.length === 3);
      assert.equal((await server.ask("modules", { subject: { run: run.id }, offset: 0, limit: 5 })).rows[0]?.origin, "input");
      await server.ask("removeRun", { run: run.id });

      const damaged = path.join(folder, path.basename(bitcode[0] ?? ""));
      const content = await fs.readFile(damaged);
      await fs.writeFile(damaged, content.subarray(0, content.length / 2));
      const report = await server.failure("thin", { source: { files: [pathToFileURL(folder).href] } });
      assert.equal(report.file, damaged);
      assert.match(report.help ?? "", /[Bb]uild/);
      const { total } = await server.ask("runs", { offset: 0, limit: 10 });
      assert.equal(total, 1, "a refused run is not listed");
    });

    it("an invalid libLLVM is refused before anything is done", async () => {
      const { server, unit } = captured;
      const error: unknown = await server.ask("thin", { source: { unit: unit.ref }, llvm: __filename }).catch((reason: unknown) => reason);
      const report = reportIn(error);
      assert.equal(report.name, "NoLibLlvm");
      assert.ok(report.help);
    });
  });
}
