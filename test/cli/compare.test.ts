/** `compare`: two captures before and after an edit, as rustc recorded them and as runs; stores with pinned runs. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { BuildCompareReport } from "../../src/protocol/build-comparison.js";
import type { StoreReport } from "../../src/protocol/reports.js";
import { RunHistory } from "../../src/core/store/history.js";
import { storeLayout } from "../../src/core/store/store-layout.js";
import { skipWithoutRust, TestCli } from "../support/cli.js";
import { copyCaptures, DEMO_FAT, DEMO_THIN } from "../support/shared-captures.js";

describe("compare", { skip: skipWithoutRust }, () => {
  let scratch = "";
  let store = "";
  let cli: TestCli;
  let unit = "";

  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), "lto-inspector-compare-"));
    store = join(scratch, "store");
    cli = new TestCli(store);
    unit = (await copyCaptures(DEMO_THIN, store)).unit;
  });

  after(async () => {
    await rm(scratch, { recursive: true, force: true });
  });

  it("of captures has rustc's verdicts and stage files, and imports by their keys", async () => {
    const report = await cli.report<BuildCompareReport>(["compare", `${unit}@1`, unit]);
    assert.deepEqual([report.from.name, report.to.name, report.warnings], [`${unit}@1`, `${unit}@2`, []]);
    const { counts, modules } = report;
    assert.equal(counts.different, modules.length);
    assert.ok(counts.different > 0 && counts.same > 0);
    for (const { differs, verdict, only, name } of modules) {
      assert.equal(differs.includes("verdict"), only === null && verdict.from !== verdict.to, name);
      assert.ok(differs.length > 0, name);
    }
    // A module that rustc re-used has no stage of this build, so its size is not known.
    const reused = modules.find(({ verdict }) => verdict.to === "re-used") ?? assert.fail("nothing was re-used");
    assert.ok(!reused.differs.includes("size") && reused.stages.every(({ instructions }) => instructions.from === null));
    const same = await cli.report<BuildCompareReport>(["compare", unit, unit]);
    assert.deepEqual([same.counts.different, same.modules], [0, []]);
    assert.equal((await cli.run(["compare", unit, unit, "--exit-code"])).code, 0);
    assert.equal((await cli.run(["compare", `${unit}@1`, unit, "--exit-code"])).code, 1);
  });

  it("of captures that were run has every stage of every module, and so has that of the runs", async () => {
    for (const ref of [`${unit}@1`, unit]) assert.equal((await cli.run(["thin", ref])).code, 0);
    const report = await cli.report<BuildCompareReport>(["compare", `${unit}@1`, unit]);
    assert.match(report.from.name, /^\d{8}T\d{6}-/);
    assert.deepEqual(await cli.report<BuildCompareReport>(["compare", report.from.name, report.to.name]), report);
    const sized = report.modules.find(({ differs }) => differs.includes("size")) ?? assert.fail("no size differs");
    assert.ok(sized.stages.every(({ instructions: { from, to } }) => from !== null && to !== null));
    assert.ok(report.modules.every(({ imports, only }) => imports !== null || only !== null));
    assert.equal(report.modules[0]?.name, sized.name, "the edited module comes first");
    const words = await cli.run(["compare", `${unit}@1`, unit]);
    assert.match(words.stdout, new RegExp(`^${report.counts.different} of \\d+ CGUs differ: `, "m"));
    assert.match(words.stdout, /re-compiled → re-used|re-used → re-compiled/);
  });

  it("of fat LTO has no imports; unknown names are refused", async () => {
    const { unit: fat } = await copyCaptures(DEMO_FAT, store);
    const report = await cli.report<BuildCompareReport>(["compare", fat, unit]);
    assert.ok(report.modules.every(({ imports }) => imports === null));
    await cli.error(["compare", unit, "no-such-unit"], 3);
    await cli.error(["compare", "20260101T000000-00000000", unit], 3);
  });

  it("pinned runs survive `store --prune`, which says so", async () => {
    const history = new RunHistory(storeLayout(store));
    const [run] = await history.list();
    await history.note(run?.id ?? assert.fail("no run"), { pinned: true });
    const env = { LTO_INSPECTOR_STORE_QUOTA: "1" };
    const words = await cli.run(["store", "--prune"], { env });
    assert.match(words.stdout, /^Kept 1 pinned run with captures and stages\.$/m);
    const report = await cli.report<StoreReport>(["store"]);
    assert.deepEqual(
      report.runs.map(({ id }) => id),
      [run?.id],
    );
    // Its stages are still there: nothing is made again.
    assert.equal((await cli.run(["compare", run?.id ?? "", run?.id ?? ""])).code, 0);
  });
});
