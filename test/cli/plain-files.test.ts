/** Runs over files of bitcode that no capture stands behind, compared with LLVM's own tools. */
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { RunReport } from "../../src/protocol/runs.js";
import { TestCli } from "../support/cli.js";
import { externalDefinitions, runTool, skipWithout } from "../support/llvm-tools.js";

const TARGET = 'target datalayout = "e-m:e-i64:64-n32:64-S128"\ntarget triple = "x86_64-unknown-linux-gnu"\n';

const MODULES = {
  a: `declare i32 @dev_read(i32)
define i32 @app_entry(i32 %x) {
  %y = call i32 @dev_read(i32 %x)
  ret i32 %y
}`,
  b: `@llvm.used = appending global [1 x ptr] [ptr @kept], section "llvm.metadata"
module asm ".globl from_asm"
module asm "from_asm: jmp asm_target"
define i32 @dev_read(i32 %x) noinline {
  %y = mul i32 %x, %x
  ret i32 %y
}
define void @dev_unused() { ret void }
define void @kept() { ret void }
define void @asm_target() { ret void }
define weak_odr void @weak_unused() { ret void }`,
};

/** What llvm-lto2 has to be told of every symbol: "l" is resolved, "p" prevails, "x" is visible outside of LTO. */
const RESOLUTIONS = [
  ...["a.bc,app_entry,plx", "a.bc,dev_read,l", "b.bc,dev_read,pl", "b.bc,dev_unused,pl", "b.bc,kept,pl"],
  ...["b.bc,asm_target,pl", "b.bc,asm_target,l", "b.bc,weak_unused,pl", "b.bc,from_asm,pl"],
].flatMap((one) => ["-r", one]);

describe("plain files", { skip: skipWithout("opt-22", "llvm-lto2-22", "llvm-nm-22") }, () => {
  let scratch = "";
  let cli: TestCli;

  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), "lto-plain-"));
    cli = new TestCli(join(scratch, "store"));
    for (const [name, text] of Object.entries(MODULES)) {
      await writeFile(join(scratch, `${name}.ll`), TARGET + text);
      runTool("opt-22", ["-thinlto-bc", "-O1", `${name}.ll`, "-o", `${name}.bc`], scratch);
    }
  });

  after(async () => {
    await rm(scratch, { recursive: true, force: true });
  });

  const run = (mode: "thin" | "fat", out: string, ...args: readonly string[]): Promise<RunReport> =>
    cli.report<RunReport>([mode, "a.bc", "b.bc", "--out", out, ...args], 0, { cwd: scratch });
  const left = (out: string, ...files: readonly string[]): string[] =>
    files.flatMap((file) => externalDefinitions(join(out, file), scratch)).sort();

  it("keep only what --preserve names and what is used outside of IR, as llvm-lto2 does", async () => {
    runTool("llvm-lto2-22", ["run", "a.bc", "b.bc", "-o", "linked", "-save-temps", ...RESOLUTIONS], scratch);
    const all = await run("thin", "all");
    const named = await run("thin", "named", "--preserve", "app_entry");
    const oracle = left(".", "linked.1.4.opt.bc", "linked.2.4.opt.bc");
    assert.deepEqual(left("named", "a.bc.thin-lto-after-pm.bc", "b.bc.thin-lto-after-pm.bc"), oracle);
    assert.ok(left("all", "b.bc.thin-lto-after-pm.bc").includes("dev_unused"));
    assert.deepEqual([all.settings.preservedSymbols > named.settings.preservedSymbols, named.settings.preservedSymbols], [true, 3]);
    assert.notDeepEqual(
      named.modules.map(({ key }) => key),
      all.modules.map(({ key }) => key),
      "what is preserved is part of a module's key",
    );
    // What follows the keys does not come from the other run.
    const again = await run("thin", "again");
    assert.deepEqual(left("again", "b.bc.thin-lto-after-pm.bc"), left("all", "b.bc.thin-lto-after-pm.bc"));
    assert.deepEqual(again.warnings, all.warnings);
  });

  it("keep the same in fat LTO, and name what no module defines", async () => {
    await writeFile(join(scratch, "keep.txt"), "# what starts it\r\napp_entry\r\nabsent\r\n");
    const report = await run("fat", "fat", "--preserve-file", "keep.txt");
    assert.deepEqual(left("fat", "a.bc.lto.after-restriction.bc"), ["app_entry", "asm_target", "from_asm", "kept"]);
    assert.ok(
      report.warnings.some((warning) => warning.includes("no module defines the symbol absent")),
      report.warnings.join("\n"),
    );
    await writeFile(join(scratch, "empty.txt"), "# nothing\n");
    const error = await cli.error(["thin", "a.bc", "--preserve-file", "empty.txt"], 2, { cwd: scratch });
    assert.match(error.message, /names no symbol/);
  });
});
