/** Rows by range: groups, crates, modules, stages, functions; the dashboard's data. */
import assert from "node:assert/strict";
import fs from "node:fs";
import { before, describe, it } from "node:test";
import { THIN_STAGES } from "../../../src/protocol/stages.js";
import { MOST_ROWS, type ModuleRow, type ModuleSort } from "../../../src/protocol/views.js";
import type { Captured } from "../../support/captured.js";
import { LONGEST_MESSAGE } from "../../support/server.js";

export function rows(captured: Captured): void {
  const subject = (): { run: string } => ({ run: captured.run.id });
  const all = async (): Promise<readonly ModuleRow[]> =>
    (await captured.server.ask("modules", { subject: subject(), offset: 0, limit: MOST_ROWS })).rows;

  /** The largest module of the crate itself. */
  async function local(): Promise<ModuleRow> {
    const query = { filter: { crates: ["textstats"] }, sort: "instructions", descending: true } as const;
    const { rows: found } = await captured.server.ask("modules", { subject: subject(), ...query, offset: 0, limit: 1 });
    return found[0] ?? assert.fail("no module of textstats");
  }

  describe("rows", () => {
    before(() => captured.ensureRun());

    it("groups, crates and modules add up", async () => {
      const { server, run } = captured;
      const { groups } = await server.ask("groups", { subject: subject() });
      const modules = await all();
      assert.deepEqual(
        groups.map(({ group, label, modules: count }) => [group, label, count]),
        [["first-build", "First Build", run.counts.modules]],
      );
      const crates = await server.ask("crates", { subject: subject(), filter: { groups: ["first-build"] }, offset: 0, limit: 100 });
      assert.equal(crates.total, groups[0]?.crates);
      assert.equal(
        crates.rows.reduce((sum, row) => sum + row.modules, 0),
        run.counts.modules,
      );
      const names = crates.rows.map(({ crate }) => crate);
      assert.equal(names[0], "textstats");
      assert.ok(names.includes("std"));
      const places = crates.rows.map(({ place }) => place);
      assert.deepEqual(places, [...["workspace", "dependency", "std"].flatMap((place) => places.filter((one) => one === place))]);
      for (const crate of ["std", "core", "alloc"]) assert.equal(crates.rows.find((row) => row.crate === crate)?.place, "std", crate);
      const bytes = modules.reduce((sum, row) => sum + (row.bytes ?? 0), 0);
      assert.equal(groups[0]?.bytes, bytes);
    });

    it("modules are returned by range, in any order, each once", async () => {
      const { server, run } = captured;
      const sorts: readonly ModuleSort[] = ["run", "name", "crate", "verdict", "reason", "bytes", "instructions", "growth", "time"];
      for (const sort of sorts) {
        const query = { subject: subject(), sort, descending: sort === "bytes" };
        const seen: string[] = [];
        for (let offset = 0; offset < run.counts.modules; offset += 20) {
          const page = await server.ask("modules", { ...query, offset, limit: 20 });
          assert.equal(page.total, run.counts.modules);
          seen.push(...page.rows.map(({ name }) => name));
        }
        assert.equal(new Set(seen).size, run.counts.modules, sort);
        const { index } = await server.ask("module", {
          subject: subject(),
          module: seen[33] ?? "",
          query: { sort, descending: query.descending },
        });
        assert.equal(index, 33, sort);
      }
      const bytes = (await server.ask("modules", { subject: subject(), sort: "bytes", descending: true, offset: 0, limit: 100 })).rows;
      assert.deepEqual(
        bytes.map((row) => row.bytes),
        bytes.map((row) => row.bytes).toSorted((left, right) => (right ?? 0) - (left ?? 0)),
      );
    });

    it("filters by words, verdicts, crates and reasons", async () => {
      const { server } = captured;
      const count = async (filter: object): Promise<number> =>
        (await server.ask("modules", { subject: subject(), filter, offset: 0, limit: 1 })).total;
      const modules = await all();
      assert.equal(
        await count({ text: "STD cgu" }),
        modules.filter(({ name, crate }) => /std/i.test(name + crate) && name.includes("cgu")).length,
      );
      assert.equal(await count({ verdicts: ["failed", "re-used"] }), 0);
      assert.equal(await count({ crates: ["core", "alloc"] }), 2);
      assert.equal(await count({ reasons: ["no-previous-keys"] }), modules.length);
      assert.equal(await count({ text: "no-such-module" }), 0);
    });

    it("a row describes a module's results in the run", async () => {
      const row = await local();
      assert.deepEqual([row.origin, row.verdict, row.reason?.kind, row.error], ["local", "re-compiled", "no-previous-keys", null]);
      assert.match(row.key ?? "", /^[0-9A-F]{40}$/);
      assert.ok(row.stageBytes !== null && row.instructions !== null && row.millis > 0 && (row.bytes ?? 0) > 0);
      assert.notEqual(row.shortName, row.name);
    });

    it("stages say what each changed", async () => {
      const { server } = captured;
      const { name } = await local();
      const { stages } = await server.ask("stages", { subject: subject(), module: name, changes: true });
      assert.deepEqual(
        stages.map(({ stage, made }) => [stage, made]),
        THIN_STAGES.map((stage) => [stage, true]),
      );
      assert.equal(stages[0]?.changes, null);
      const optimized = stages.at(-1)?.changes ?? assert.fail("the last stage changed nothing");
      assert.ok(optimized.changed + optimized.removed > 0);
      assert.equal(optimized.instructions, (stages[5]?.instructions ?? 0) - (stages[4]?.instructions ?? 0));
      assert.equal(optimized.bytes, (stages[5]?.bytes ?? 0) - (stages[4]?.bytes ?? 0));
      const plain = await server.ask("stages", { subject: subject(), module: name, changes: false });
      assert.ok(plain.stages.every(({ changes }) => changes === null));

      const changed = await server.ask("changedFunctions", {
        ...{ subject: subject(), module: name, from: "thin-lto-after-import", to: "thin-lto-after-pm" },
        ...{ offset: 0, limit: 2 },
      });
      const { counts } = changed;
      assert.deepEqual(counts, { changed: optimized.changed, added: optimized.added, removed: optimized.removed });
      assert.equal(changed.total, counts.changed + counts.added + counts.removed);
      assert.equal(changed.rows.length, Math.min(2, changed.total));
    });

    it("functions of a stage, largest first, by name", async () => {
      const { server } = captured;
      const { name } = await local();
      const query = { subject: subject(), module: name, stage: "thin-lto-input" } as const;
      const { total, rows: functions } = await server.ask("functions", { ...query, offset: 0, limit: 100 });
      const sizes = functions.map(({ instructions }) => instructions);
      assert.deepEqual(
        sizes,
        sizes.toSorted((left, right) => right - left),
      );
      assert.equal(functions.length, total);
      const wanted = functions.at(-1)?.demangled ?? "";
      const found = await server.ask("functions", { ...query, text: wanted.toUpperCase(), offset: 0, limit: 10 });
      assert.ok(found.rows.some(({ demangled }) => demangled === wanted));
    });

    it("the unit itself can be inspected without a run", async () => {
      const { server, unit } = captured;
      for (const ref of [unit.ref, unit.captureRef]) {
        const page = await server.ask("modules", {
          subject: { unit: ref },
          filter: { crates: ["std", "textstats"] },
          offset: 0,
          limit: 100,
        });
        assert.ok(page.total > 10);
        assert.ok(page.rows.every(({ verdict, stageBytes }) => verdict === "re-compiled" && stageBytes === null));
      }
      const { name } = await local();
      const { stages } = await server.ask("stages", { subject: { unit: unit.ref }, module: name, changes: true });
      assert.ok(stages.every(({ made }) => made));
      const run = await server.ask("stages", { subject: subject(), module: name, changes: true });
      const numbers = (found: typeof run): unknown =>
        found.stages.map(({ bytes, instructions, functions, changes }) => [bytes, instructions, functions, changes]);
      assert.deepEqual(numbers({ stages }), numbers(run), "rustc's own files and the replay's are the same");
    });

    it("unknown objects are refused by name", async () => {
      const { server } = captured;
      const { name } = await local();
      assert.equal((await server.failure("stages", { subject: subject(), module: "none", changes: true })).name, "UnknownModule");
      assert.equal(
        (await server.failure("functions", { subject: subject(), module: name, stage: "lto.input", offset: 0, limit: 1 })).name,
        "UnknownStage",
      );
      assert.equal((await server.failure("timeline", { run: "20200101T000000-00000000", bars: 10 })).name, "UnknownRun");
    });
  });

  describe("dashboard", () => {
    before(() => captured.ensureRun());

    it("the sizes of the linked output add up to the file's, and only functions to its code", async () => {
      const { server, run } = captured;
      const choice = { run: run.id, tiles: 300 };
      const { output, builds, against, because } = await server.ask("sizes", { ...choice, code: false });
      assert.deepEqual([builds, against, because], [[], null, null]);
      assert.ok(output?.symbols === true && output.before === null);
      const total = (tiles: readonly { readonly bytes: number }[]): number => tiles.reduce((sum, { bytes }) => sum + bytes, 0);
      assert.equal(output.bytes, fs.statSync(output.file).size);
      assert.equal(total(output.tiles), output.bytes);
      assert.equal(output.tiles.filter(({ kind }) => kind === "symbol").length, 300);
      assert.ok(output.crates.shown.some(({ crate }) => crate === "textstats"));
      const { output: code } = await server.ask("sizes", { ...choice, code: true });
      assert.equal(
        code?.bytes,
        output.sections.shown
          .filter(({ name }) => [".text", ".init", ".fini", ".plt", ".plt.got"].includes(name))
          .reduce((sum, { bytes }) => sum + bytes, 0),
      );
      assert.equal((await server.failure("sizes", { ...choice, run: "20200101T000000-00000000", code: true })).name, "UnknownRun");
    });

    it("the timeline has a lane per thread, and never more bars than requested", async () => {
      const { server, run } = captured;
      const whole = await server.ask("timeline", { run: run.id, bars: 5000 });
      assert.equal(whole.putTogether, 0);
      const bars = whole.lanes.flatMap((lane) => lane.bars);
      assert.equal(bars.length, whole.activities);
      assert.ok(bars.some(({ stage, module }) => stage === "thin-lto-after-pm" && module !== null));
      assert.ok(bars.every(({ start, duration }) => start >= 0 && start + duration <= whole.totalMicros));
      const coarse = await server.ask("timeline", { run: run.id, bars: 40 });
      const shown = coarse.lanes.flatMap((lane) => lane.bars);
      assert.ok(shown.length <= 40 && coarse.putTogether > 0);
      assert.equal(
        shown.reduce((sum, { count }) => sum + count, 0),
        whole.activities,
      );
      assert.deepEqual(
        coarse.lanes.map(({ thread, busy }) => [thread, busy]),
        whole.lanes.map(({ thread, busy }) => [thread, busy]),
      );
      const part = await server.ask("timeline", { run: run.id, bars: 5000, from: 0, to: whole.totalMicros / 4 });
      assert.ok(part.activities < whole.activities);
    });

    it("stage totals are the sums of the rows", async () => {
      const { server, run } = captured;
      const { stages } = await server.ask("stageTotals", { run: run.id });
      assert.deepEqual([stages[0]?.bytes, stages.at(-1)?.bytes], [run.bytes?.before, run.bytes?.after]);
      assert.deepEqual([stages[0]?.instructions, stages.at(-1)?.instructions], [run.instructions?.before, run.instructions?.after]);
      const std = await server.ask("stageTotals", { run: run.id, filter: { crates: ["std"] } });
      assert.equal(std.stages[0]?.modules, (await all()).filter(({ crate }) => crate === "std").length);
    });

    it("no message is of unbounded size", () => {
      assert.ok(captured.server.longestMessage < LONGEST_MESSAGE, `${captured.server.longestMessage} characters`);
    });
  });
}
