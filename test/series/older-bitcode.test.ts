/** The newest engine on captures of rustc with an older LLVM: it reads every module and makes every stage, and says that the library is another. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { EXAMPLE } from "../../bench/verify-matrix/projects.js";
import { findMatrixToolchain } from "../../bench/verify-matrix/toolchains.js";
import type { RunReport } from "../../src/protocol/runs.js";
import { THIN_STAGES } from "../../src/protocol/stages.js";
import { TestCli } from "../support/cli.js";
import { LLVM_LIBRARY } from "../support/llvm-library.js";

/** A unit that was captured outside the root: "STORE\nUNIT". */
const CAPTURED = process.env["LTO_INSPECTOR_TEST_CAPTURED"];
const skip = LLVM_LIBRARY === "auto" && "`npm run test:series` runs it, with the newest LLVM";

describe("bitcode of an older LLVM", { skip }, () => {
  let scratch = "";
  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), "lto-inspector-older-"));
  });
  after(async () => {
    await rm(scratch, { recursive: true, force: true });
  });

  const run = async (cli: TestCli, unit: string, ...args: readonly string[]): Promise<void> => {
    const report = await cli.report<RunReport>(["thin", unit, "--llvm", LLVM_LIBRARY, ...args]);
    assert.equal(report.llvm.matchesProducer, false);
    assert.ok(report.modules.length > 50, `${report.modules.length} modules`);
    for (const { name, stages } of report.modules) {
      assert.deepEqual(
        stages.map(({ stage }) => stage),
        THIN_STAGES,
        name,
      );
    }
    assert.ok(
      report.warnings.some((warning) => warning.includes("LLVM 22.")),
      report.warnings.join("\n"),
    );
    assert.equal(report.fidelity, "other LLVM");
  };

  it("written by the rustc of this system", async (context) => {
    const toolchain = await findMatrixToolchain("system");
    if (typeof toolchain === "string") {
      context.skip(toolchain);
      return;
    }
    const cli = new TestCli(join(scratch, "store"));
    const workspace = await EXAMPLE.prepare(join(scratch, "example"), toolchain);
    const unit = await cli.capture(workspace, ...(EXAMPLE.targets.program?.select ?? []));
    await run(cli, unit);
  });

  it("written by the rustc outside this root", async (context) => {
    if (CAPTURED === undefined) {
      context.skip("this machine has no rustc with an older LLVM in a folder of its own");
      return;
    }
    const [store = "", unit = ""] = CAPTURED.split("\n");
    await run(new TestCli(store), unit);
  });
});
