/** The store under the command line: contents are checked when they are read, and what is damaged is made again. */
import assert from "node:assert/strict";
import { chmod, mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { DiffReport, FindReport, ShowReport } from "../../src/protocol/ir.js";
import type { RunReport, VerifyReport } from "../../src/protocol/runs.js";
import { demoWorkspace, editDemo, skipWithoutRust, TestCli } from "../support/cli.js";

/** Every file below a folder, with its content. */
async function contents(folder: string): Promise<Map<string, Buffer>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(await Promise.all(files.sort().map(async (file) => [file, await readFile(file)] as const)));
}

async function flip(file: string, content: Buffer): Promise<void> {
  const other = Buffer.from(content);
  const middle = Math.floor(other.length / 2);
  other[middle] = (other[middle] ?? 0) ^ 1;
  await chmod(file, 0o600);
  await writeFile(file, other);
}

describe("the store", { skip: skipWithoutRust }, () => {
  let scratch = "";
  let cli: TestCli;
  let unit = "";
  let blobs = "";
  /** rustc re-used it, and so left none of its stages. */
  let module = "";
  let intact = new Map<string, Buffer>();

  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), "lto-inspector-store-"));
    cli = new TestCli(join(scratch, "store"));
    blobs = join(cli.store, "blobs");
    const workspace = await demoWorkspace(join(scratch, "demo"));
    await cli.capture(workspace);
    await editDemo(workspace, 4);
    unit = await cli.capture(workspace);
    const { modules } = await cli.report<RunReport>(["thin", unit]);
    const changed = modules.find(({ verdict, stages }) => verdict === "re-used" && stages[0]?.instructions !== stages.at(-1)?.instructions);
    module = changed?.name ?? assert.fail("no module that was re-used is changed by LTO");
    intact = await contents(blobs);
  });

  after(async () => {
    await rm(scratch, { recursive: true, force: true });
  });

  /** Damages every blob, in one of three ways. */
  const damageAll = async (how: "flip" | "cut" | "empty"): Promise<void> => {
    for (const [file, content] of intact) {
      if (how === "flip") await flip(file, content);
      else await truncate(file, how === "cut" ? content.length - 1 : 0);
    }
  };

  const unharmed = async (files: readonly string[]): Promise<void> => {
    assert.ok(files.length > 0);
    for (const file of files) assert.deepEqual(await readFile(file), intact.get(file), file);
  };

  for (const how of ["flip", "cut", "empty"] as const) {
    it(`thin makes what is damaged (${how}) again, and says so`, async () => {
      await damageAll(how);
      const report = await cli.report<RunReport>(["thin", unit]);
      assert.ok(report.modules.every(({ fromStore, verdict }) => !fromStore && verdict !== "failed"));
      assert.equal(report.warnings.filter((text) => text.includes("stored stage was damaged")).length, intact.size);
      assert.deepEqual(await contents(blobs), intact);
      const again = await cli.report<RunReport>(["thin", unit]);
      assert.ok(again.modules.every(({ fromStore }) => fromStore));
      assert.deepEqual(again.warnings, []);
    });
  }

  it("show, diff and find never show what is damaged", async () => {
    const show = ["show", unit, module, "--stage", "import"];
    const diff = ["diff", unit, module, "input", "pm"];
    const find = ["find", unit, "scale", "--stage", "internalize"];
    const [text, changes, hits] = [
      (await cli.report<ShowReport>(show)).text,
      await cli.report<DiffReport>(diff),
      (await cli.report<FindReport>(find)).hits,
    ];
    await damageAll("flip");
    const shown = await cli.run(show);
    assert.equal(shown.code, 0, shown.stderr);
    assert.match(shown.stderr, /warning: A stored stage was damaged on the disk and is made again: /);
    const report = await cli.report<ShowReport>(show);
    assert.equal(report.text, text);
    await unharmed([report.stage.file]);
    await damageAll("flip");
    const compared = await cli.report<DiffReport>(diff);
    assert.deepEqual(compared, changes);
    await unharmed([compared.from.file, compared.to.file]);
    await damageAll("flip");
    assert.deepEqual((await cli.report<FindReport>(find)).hits, hits);
  });

  it("verify compares what is whole", async () => {
    await damageAll("flip");
    const report = await cli.report<VerifyReport>(["verify", unit]);
    assert.deepEqual(report.different, []);
  });

  it("a damaged record counts as none", async () => {
    await cli.report<RunReport>(["thin", unit]);
    for (const [file, content] of await contents(join(cli.store, "stages"))) {
      // Still JSON, and wrong: another number of instructions.
      const text = content.toString("utf8");
      const changed = text.replace(/"instructions": (\d+)/, (_, digits: string) => `"instructions": ${Number(digits) + 1}`);
      assert.notEqual(changed, text);
      await writeFile(file, changed);
    }
    const report = await cli.report<RunReport>(["thin", unit]);
    assert.ok(report.modules.every(({ fromStore }) => !fromStore));
    assert.ok((await cli.report<RunReport>(["thin", unit])).modules.every(({ fromStore }) => fromStore));
  });
});
