/** A producer that is added to the list: generic code replays, verifies and shows its units. */
import assert from "node:assert/strict";
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { closeCore, createCore, type CoreContext } from "../../src/core/engine/core-context.js";
import { stagesOfSource } from "../../src/core/ir/stages-of.js";
import { PRODUCERS } from "../../src/core/producers/registry.js";
import type { LtoSource } from "../../src/core/replay/producer.js";
import { defaultOptions, runCommand } from "../../src/core/replay/run-command.js";
import { RunHistory } from "../../src/core/store/history.js";
import { verifyUnit } from "../../src/core/verify/verify.js";
import { Workbench } from "../../src/core/views/workbench.js";
import { DEFAULT_SETTINGS } from "../../src/protocol/settings.js";
import type { RunReport, VerifyReport } from "../../src/protocol/runs.js";
import { THIN_STAGES } from "../../src/protocol/stages.js";
import { stageSum } from "../../src/protocol/verification.js";
import { LIST, LISTED_OBJECTS } from "../support/listed-objects.js";
import { runTool, skipWithout } from "../support/llvm-tools.js";

const MODULES = {
  a: `declare i32 @square(i32)
define i32 @entry(i32 %x) {
  %y = call i32 @square(i32 %x)
  ret i32 %y
}`,
  b: `define i32 @square(i32 %x) {
  %y = mul i32 %x, %x
  ret i32 %y
}`,
};

const TARGET = 'target datalayout = "e-m:e-i64:64-n32:64-S128"\ntarget triple = "x86_64-unknown-linux-gnu"\n';

describe("a producer that is added to the list", { skip: skipWithout("opt-22") }, () => {
  const producers = PRODUCERS.with(LISTED_OBJECTS);
  let scratch = "";
  let folder = "";
  let core: CoreContext;

  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), "lto-producers-"));
    folder = join(scratch, "tool");
    await mkdir(folder);
    for (const [name, text] of Object.entries(MODULES)) {
      await writeFile(join(folder, `${name}.ll`), TARGET + text);
      runTool("opt-22", ["-thinlto-bc", "-O1", `${name}.ll`, "-o", `${name}.bc`], folder);
    }
    await writeFile(join(folder, LIST), "a.bc\nb.bc\n");
    core = createCore({ storeRoot: join(scratch, "store") });
  });

  after(async () => {
    await closeCore(core);
    await rm(scratch, { recursive: true, force: true });
  });

  const run = (source: LtoSource): Promise<RunReport> => runCommand(core, "thin", source, defaultOptions("thin"));
  const plain = (): LtoSource => PRODUCERS.filesSource({ paths: ["a.bc", "b.bc"].map((name) => join(folder, name)) });

  /** The bytes after the last stage, by module. */
  async function results(source: LtoSource): Promise<Record<string, Buffer>> {
    const { modules } = await run(source);
    const last = modules.map(async ({ name, stages }) => [name, await readFile(stages.at(-1)?.file ?? "")] as const);
    return Object.fromEntries(await Promise.all(last));
  }

  it("has units whose runs have the same results as those of the same files", async () => {
    const unit = await results(await producers.sourceOfPaths([folder]));
    const files = await results(plain());
    assert.deepEqual(Object.keys(unit), ["a.bc", "b.bc"]);
    assert.deepEqual(Object.values(unit), Object.values(files));
  });

  it("has units that are compared with their linker's own stages", async () => {
    for (const [module, { stages }] of (await run(plain())).modules.entries()) {
      for (const { stage, file } of stages) await copyFile(file ?? "", join(folder, `${["a.bc", "b.bc"][module] ?? ""}.${stage}`));
    }
    const verify = async (): Promise<VerifyReport> =>
      verifyUnit(core, producers.sourceOf(await producers.unitNamed(core.layout, folder)), { llvm: "auto" });
    const different = ({ different: rows }: VerifyReport): string[][] => rows.map(({ module, stage }) => [module, stage]);
    const same = await verify();
    assert.equal(stageSum(same, "identical"), 2 * THIN_STAGES.length);
    // Such a linker has no log of its decisions.
    const log = ["", "log"];
    assert.deepEqual(different(same), [log]);
    await copyFile(join(folder, "a.bc.thin-lto-after-pm"), join(folder, "b.bc.thin-lto-after-pm"));
    assert.deepEqual(different(await verify()), [log, ["b.bc", "thin-lto-after-pm"]]);
  });

  it("has runs that are listed, and units that can be inspected", async () => {
    const source = producers.sourceOf(await producers.unitNamed(core.layout, folder));
    const [latest] = (await new RunHistory(core.layout).list()).filter(({ source: of }) => "unit" in of && of.unit === folder);
    assert.equal(latest?.unit.name, "tool (list)");
    const stages = stagesOfSource(core, source, "auto");
    assert.deepEqual(await stages.modules(), ["a.bc", "b.bc"]);
    const { file } = await stages.file("a.bc", "thin-lto-after-import");
    assert.ok((await readFile(file)).length > 0);
    await stages.close();
  });

  it("is used by a long-lived program with the same list", async () => {
    const settings = { ...DEFAULT_SETTINGS, store: { ...DEFAULT_SETTINGS.store, path: join(scratch, "store") } };
    const workbench = new Workbench(settings, () => undefined, producers);
    try {
      workbench.catalog.folders = [scratch];
      const { units } = await workbench.catalog.list(false);
      assert.deepEqual(
        units.map(({ ref, runnable }) => [ref, runnable]),
        [[folder, true]],
      );
      const rows = await workbench.use(() => workbench.subjects.use({ unit: folder }, (open) => open.rows()));
      assert.deepEqual(
        rows.map(({ name }) => name),
        ["a.bc", "b.bc"],
      );
    } finally {
      await workbench.retire();
    }
  });
});
