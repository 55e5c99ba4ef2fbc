/** Another program edits a function and captures the workspace again in the same store; finally everything is cleared. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { linksIn } from "../../../src/client/documents/markdown-links.js";
import { formatStageUri, NO_FILTERS, parseStageUri } from "../../../src/protocol/uris.js";
import type { Captured } from "../../support/captured.js";
import { TestCli } from "../../support/cli.js";
import { until } from "../../support/server.js";

export function secondCapture(captured: Captured): void {
  describe("a second capture", () => {
    before(() => captured.ensureRun());

    it("is noticed: units change, documents of the latest capture are refreshed, others are not", async () => {
      const { server, unit } = captured;
      const { hits } = await server.ask("find", {
        ...{ subject: { unit: unit.ref }, symbol: "textstats::bars::bar", stage: "thin-lto-input", limit: 1, filters: NO_FILTERS },
      });
      const { module, symbol } = hits[0] ?? assert.fail("bar is nowhere");
      const uri = (ref: string): string =>
        formatStageUri({
          subject: { unit: ref },
          module,
          stage: "thin-lto-input",
          function: symbol,
          filters: { ...NO_FILTERS, stableNumbering: true },
        });
      const [latest, first] = [uri(unit.ref), uri(unit.captureRef)];
      const before = await server.text(latest);
      assert.equal(await server.text(first), before);
      const changes = server.changes.length;
      captured.edit("--apply");
      assert.equal(await new TestCli(captured.store).capture(captured.workspace), unit.ref);
      await server.changed(({ units }) => units, changes);
      await until(() => server.refreshed.length > 0, "workspace/textDocumentContent/refresh");
      assert.deepEqual([...new Set(server.refreshed)], [latest]);
      assert.notEqual(await server.text(latest), before);
      assert.equal(await server.text(first), before);
      const now = await server.ask("unit", { unit: unit.ref });
      assert.deepEqual([now.capture, now.captureRef, now.lastRun, now.verified], [2, `${unit.ref}@2`, null, false]);
      assert.equal((await server.ask("unit", { unit: unit.captureRef })).capture, 1);
    });

    it("re-uses and re-compiles the same modules as rustc, and says why", async () => {
      const { server, unit } = captured;
      const { decided } = await server.ask("unit", { unit: unit.ref });
      assert.ok(decided !== null && decided.reused > 0 && decided.recompiled > 0);
      const run = await server.ask("thin", { source: { unit: unit.ref } });
      assert.deepEqual([run.counts.reused, run.counts.recompiled], [decided.reused, decided.recompiled]);
      const { groups } = await server.ask("groups", { subject: { run: run.id } });
      assert.deepEqual(
        groups.map(({ group }) => group),
        ["changed", "never-cached", "re-used"],
      );
      const [changedOnes, neverCached, reused] = groups.map(({ modules }) => modules);
      assert.deepEqual([(changedOnes ?? 0) + (neverCached ?? 0), reused], [decided.recompiled, decided.reused]);
      assert.equal(run.headline, `${changedOnes ?? 0} changed · ${neverCached ?? 0} never cached · ${decided.reused} re-used`);
      // Its output is compared with the one before.
      const { output, against } = await server.ask("sizes", { run: run.id, code: true, tiles: 100 });
      assert.equal(against, `${unit.ref}@1`);
      assert.ok(output !== null && output.changed.total > 0);
      assert.ok(output.changed.shown.some(({ crate }) => crate === "textstats"));
      const alone = await server.ask("sizes", { run: run.id, against: null, code: true, tiles: 100 });
      assert.deepEqual([alone.against, alone.output?.before, alone.builds.map(({ ref }) => ref)], [null, null, [against]]);
      // The one edit explains all of them, and both runs stored their keys.
      const told = await server.ask("headline", { run: run.id });
      assert.equal(told.headline, run.headline.replace("changed", "by your edit"));
      assert.equal((await server.ask("headline", { run: captured.run.id })).headline, captured.run.headline);
      assert.deepEqual(run.counts.groups, { changed: changedOnes, "never-cached": neverCached, "re-used": decided.reused });
      const changed = await server.ask("modules", {
        subject: { run: run.id },
        filter: { reasons: ["key-changed", "new-module"] },
        offset: 0,
        limit: 50,
      });
      assert.ok(changed.rows.some(({ crate }) => crate === "textstats"));
      // The run is named by the edit, which is kept with it.
      const named = async (): Promise<boolean> => (await server.ask("run", { run: run.id })).what === "edit of textstats::bars::bar";
      await until(named, "the name of the run");
      const view = await server.ask("verify", { unit: unit.ref });
      assert.deepEqual([view.verified, view.decisions.exercised], [true, true]);
    });

    it("compares the two builds: what differs in verdict, size and imports, and the functions of a row", async () => {
      const { server, unit, run } = captured;
      const { captures } = await server.ask("captures", { unit: unit.ref });
      assert.deepEqual(
        captures.map(({ ref, what }) => [ref, what]),
        [
          [`${unit.ref}@2`, "edit of textstats::bars::bar"],
          [unit.captureRef, "first build"],
        ],
      );
      const [to, from] = captures.map(({ ref }) => ({ unit: ref }));
      const choice = { from: from ?? assert.fail(), to: to ?? assert.fail(), offset: 0, limit: 100 };
      const compared = await server.ask("compareBuilds", choice);
      const { summary, rows, total } = compared;
      // A capture is compared by its run, which has all stages.
      assert.match(summary.from.name, /^\d{8}T\d{6}-/);
      assert.deepEqual([summary.from.title, summary.to.title], ["first build", "edit of textstats::bars::bar"]);
      assert.deepEqual(summary.warnings, { total: 0, shown: [] });
      assert.deepEqual([summary.counts.different, summary.counts.modules.from], [total, run.counts.modules]);
      assert.equal(summary.counts.same + summary.counts.different, run.counts.modules);
      assert.equal(summary.stages.at(-1)?.instructions.from, run.instructions?.after);
      const changed = rows.find(({ differs }) => differs.includes("size")) ?? assert.fail("no row differs in size");
      assert.equal(changed.crate, "textstats");
      const sizes = await server.ask("compareBuilds", { ...choice, differs: "size" });
      assert.deepEqual([sizes.total, sizes.rows[0]], [summary.counts.differ.size, changed]);
      // What was re-compiled in the first build and re-used in the second differs in its verdict only.
      assert.ok(rows.some(({ verdict, differs }) => verdict.from === "re-compiled" && verdict.to === "re-used" && differs.length === 1));
      const imported = rows.flatMap(({ imports }) => [...(imports?.onlyFrom.shown ?? []), ...(imports?.onlyTo.shown ?? [])]);
      assert.ok(imported.every(({ name, symbol }) => name !== "" && symbol !== ""));
      assert.deepEqual((await server.ask("compareBuilds", { ...choice, to: choice.from })).rows, []);

      const { from: place, to: other } = changed.places;
      const stage = "thin-lto-after-pm";
      const range = { from: stage, to: stage, offset: 0, limit: 50 };
      const sides = { ...(place ?? assert.fail()), other: other ?? assert.fail() };
      const functions = await server.ask("changedFunctions", { ...sides, ...range });
      assert.ok(functions.rows.some(({ demangled }) => demangled === "textstats::bars::bar"));
      const pairs = await server.ask("compare", { ...sides, ...range, filters: { ...NO_FILTERS, stableNumbering: true } });
      const pair = pairs.rows.find(({ label }) => label === "textstats::bars::bar") ?? assert.fail("bar is not among the pairs");
      assert.match(pairs.title, /before ↔ after · Optimize \(pm\)$/);
      const [left, right] = await Promise.all([server.text(pair.left ?? ""), server.text(pair.right ?? "")]);
      assert.notEqual(left, right);
      for (const text of [left, right]) assert.match(text, /^define .*bars.*bar/m);
    });

    it("explains a codegen unit by the edit, as a document that opens what changed", async () => {
      const { server, unit } = captured;
      const subject = { unit: unit.ref };
      const causes = await server.ask("causes", { subject, offset: 0, limit: 1 });
      assert.deepEqual([causes.build, causes.against, causes.rows.length], [`${unit.ref}@2`, unit.captureRef, 1]);
      assert.ok(causes.rustc.known > 0 && causes.rustc.agreeing === causes.rustc.known);
      const cause = causes.rows[0] ?? assert.fail("no cause");
      assert.match(cause.title, /`textstats::bars::bar`/);
      assert.deepEqual(cause.crates.shown, ["textstats"]);
      const reached = await server.ask("cascade", { subject, cause: cause.id, offset: 0, limit: 500 });
      assert.equal(reached.total, cause.itself + cause.importers + cause.others);
      assert.equal(reached.rows.filter(({ how }) => how === "itself").length, cause.itself);
      assert.ok(reached.rows.every(({ how, kind }) => (how === "itself") === (kind === "own-code-changed")));
      assert.deepEqual((await server.ask("cascade", { subject, cause: "no such cause", offset: 0, limit: 5 })).rows, []);
      const { hits } = await server.ask("find", {
        ...{ subject, symbol: "textstats::bars::bar", stage: "thin-lto-input", limit: 1, filters: NO_FILTERS },
      });
      const module = hits[0]?.module ?? assert.fail("bar is nowhere");
      const explained = await server.ask("explain", { subject, module, filters: NO_FILTERS });
      assert.deepEqual([explained.module, explained.kind], [module, "own-code-changed"]);
      const { decisive } = await server.ask("decisive", { subject, module });
      assert.match(decisive?.fact.text ?? "", /^`textstats::bars::bar` (?:grew|shrank) from \d+ to \d+ instructions/);
      assert.deepEqual(decisive?.fact, explained.fact);
      const alone = await server.ask("decisive", { subject: { run: captured.run.id }, module });
      assert.equal(alone.decisive?.fact.known, false);
      assert.deepEqual(await server.ask("decisive", { subject, module: "no-such-module" }), { decisive: null });
      const diff = explained.targets.find((target) => target.kind === "diff") ?? assert.fail("no diff of the function");
      const [before, now] = await Promise.all([server.text(diff.left), server.text(diff.right)]);
      for (const text of [before, now]) assert.match(text, /^define .*bars.*bar/m);
      assert.notEqual(before, now);
      // Numbered alike, fewer lines differ.
      const alike = await server.ask("explain", { subject, module, filters: { ...NO_FILTERS, stableNumbering: true } });
      const numbered = alike.targets.find((target) => target.kind === "diff") ?? assert.fail("no diff of the function");
      const [left, right] = await Promise.all([server.text(numbered.left), server.text(numbered.right)]);
      assert.ok(linesOnlyIn(left, right) < linesOnlyIn(before, now), `${left}\n${right}`);
      assert.deepEqual(
        explained.graph.ways.map((way) => way.map(({ kind }) => kind)),
        [["cause"]],
      );
      assert.match(explained.markdown, /^\* function `textstats::bars::bar` changed \(/m);
      const address = linksIn(explained.markdown).find(({ uri }) => uri.includes("bars") && parseStageUri(uri)?.function !== null);
      assert.match(await server.text(address?.uri ?? ""), /^define /m);
      // A run is explained through its build, and there is none before the first.
      const first = await server.ask("explain", { subject: { run: captured.run.id }, module, filters: NO_FILTERS });
      assert.equal(first.kind, "nothing-to-compare");
      assert.deepEqual((await server.ask("causes", { subject: { run: captured.run.id }, offset: 0, limit: 5 })).rows, []);
    });

    it("explains importers by what they import, and refuses other subjects", async () => {
      const { server, unit } = captured;
      const subject = { unit: unit.captureRef.replace("@1", "@2") };
      const { rows: recompiled } = await server.ask("modules", { subject, filter: { crates: ["textstats"] }, offset: 0, limit: 100 });
      const views = await Promise.all(recompiled.map(({ name }) => server.ask("explain", { subject, module: name, filters: NO_FILTERS })));
      const importer = views.find(({ kind }) => kind === "imports-changed") ?? assert.fail("nobody imports bar");
      assert.match(importer.markdown, /`textstats::bars::bar`/);
      assert.match(importer.markdown, /^## How the change got here$/m);
      assert.match(importer.fact.text, /`textstats::bars::bar`/);
      assert.deepEqual(
        importer.graph.ways[0]?.map(({ kind }) => kind),
        ["cause", "module"],
      );
      assert.equal((await server.failure("explain", { subject, module: "no-such-unit", filters: NO_FILTERS })).name, "UnknownModule");
      const file = { unit: captured.workspace };
      assert.notEqual((await server.failure("causes", { subject: file, offset: 0, limit: 1 })).name, "Internal");
    });

    it("still shows the first capture's run", async () => {
      const { server, run } = captured;
      const { rows } = await server.ask("modules", { subject: { run: run.id }, filter: { crates: ["textstats"] }, offset: 0, limit: 1 });
      const { path } = await server.ask("stageFile", {
        subject: { run: run.id },
        module: rows[0]?.name ?? "",
        stage: "thin-lto-after-import",
      });
      assert.ok(path.startsWith(captured.store));
    });

    it("works after the store was cleared completely", async () => {
      const { server } = captured;
      const { totalBytes, captures } = await server.ask("store", {});
      assert.equal(captures, 2);
      const { bytes } = await server.ask("clearStore", { what: "all" });
      assert.ok(bytes > 0.9 * totalBytes);
      assert.equal((await server.ask("units", { offset: 0, limit: 10 })).total, 0);
      assert.equal((await server.ask("runs", { offset: 0, limit: 10 })).total, 0);
      assert.equal((await server.failure("groups", { subject: { run: captured.run.id } })).name, "UnknownRun");
    });
  });
}

function linesOnlyIn(text: string, other: string): number {
  const there = new Set(other.split("\n"));
  return text.split("\n").filter((line) => !there.has(line)).length;
}
