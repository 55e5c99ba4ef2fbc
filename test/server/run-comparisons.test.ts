/** Two runs of a unit with different LLVMs, over the server's protocol: their comparison, and diffs of a stage in both. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { findMatrixToolchain } from "../../bench/verify-matrix/toolchains.js";
import { linksIn } from "../../src/client/documents/markdown-links.js";
import { toolchainLibrary } from "../../src/core/engine/libllvm.js";
import { NO_FILTERS, parseRunDiff, parseStageUri, type RunDiff } from "../../src/protocol/uris.js";
import type { RunView } from "../../src/protocol/views.js";
import { skipWithoutRust, TestCli } from "../support/cli.js";
import { FIELD_DEMO, layOut } from "../support/programs.js";
import { TestServer } from "../support/server.js";

const PM = "thin-lto-after-pm";

describe("two runs with different LLVMs", { skip: skipWithoutRust }, () => {
  let missing = "";
  let scratch = "";
  let server: TestServer;
  let older: RunView;
  let newer: RunView;

  before(async () => {
    const [old, today] = [await findMatrixToolchain("debian-1.85"), await findMatrixToolchain("stable")];
    if (typeof old === "string" || typeof today === "string") {
      missing = [old, today].find((one) => typeof one === "string") ?? "";
      return;
    }
    scratch = await mkdtemp(join(tmpdir(), "lto-server-llvms-"));
    const store = join(scratch, "store");
    const workspace = await layOut(FIELD_DEMO, join(scratch, "demo"));
    const unit = await new TestCli(store).capture(workspace, "--toolchain", old.described.rustc);
    server = await TestServer.start({ store, folders: [workspace] });
    const replay = (llvm: string): Promise<RunView> => server.with(() => server.ask("thin", { source: { unit }, llvm }));
    assert.equal((await server.ask("unit", { unit })).llvm, old.described.llvmVersion);
    older = await replay("auto");
    newer = await replay(await toolchainLibrary(today.described));
  });

  after(async () => {
    if (scratch === "") return;
    await server.stop();
    await rm(scratch, { recursive: true, force: true });
  });

  const withBoth = (name: string, test: () => Promise<void>): void => {
    it(name, async (context) => {
      if (missing === "") await test();
      else context.skip(missing);
    });
  };

  const diffs = async (): Promise<readonly RunDiff[]> => {
    const { markdown } = await server.ask("compareRuns", { from: older.id, to: newer.id });
    return linksIn(markdown).flatMap(({ uri }) => parseRunDiff(uri) ?? []);
  };

  withBoth("are compared as a document with links to diffs", async () => {
    const { title, markdown } = await server.with(() => server.ask("compareRuns", { from: older.id, to: newer.id }));
    assert.match(title, /^demo \(bin\) · LLVM 19\.\S+ ↔ LLVM 2\S+$/);
    assert.match(markdown, /^## Reading alone$/m);
    assert.match(markdown, /nocapture → captures\(none\)/);
    assert.match(markdown, /^\* Input: the same [\d,]+ functions; /m);
    const found = await diffs();
    assert.ok(found.some((diff) => diff.function === "second"));
    for (const diff of found) assert.deepEqual([diff.from, diff.to, diff.stage], [older.id, newer.id, PM]);
  });

  withBoth("give a diff of one function, whose sides the newer LLVM reads", async () => {
    const { module } = (await diffs()).find((diff) => diff.function === "second") ?? assert.fail();
    const choice = { subject: { run: older.id }, against: newer.id, module, from: PM, to: PM, filters: NO_FILTERS };
    const page = await server.ask("compare", { ...choice, function: "second", offset: 0, limit: 1 });
    const [pair] = page.rows;
    assert.match(pair?.title ?? "", /^second · \S.* · LLVM 19\.\S+ ↔ LLVM 2\S+ · Optimize \(pm\)$/);
    assert.equal(pair?.change, "changed");
    const [left, right] = [pair.left ?? "", pair.right ?? ""];
    assert.equal(left.split("?")[0], right.split("?")[0]);
    assert.deepEqual([parseStageUri(left)?.subject, parseStageUri(left)?.of], [{ run: newer.id }, older.id]);
    assert.deepEqual([parseStageUri(right)?.subject, parseStageUri(right)?.of], [{ run: newer.id }, undefined]);
    const [before, now] = [await server.text(left), await server.text(right)];
    for (const text of [before, now]) assert.match(text, /^define .*@second\(ptr [^%]*captures\(none\)/m);
    assert.match(before, /getelementptr inbounds i8/);
    assert.match(now, /getelementptr inbounds nuw i8/);
    // Read by its own LLVM, it has LLVM 19's names.
    const own = await server.text(left.replace(newer.id, older.id).replace(/\/[^/]*$/, ""));
    assert.match(own, /^define .*@second\(ptr [^%]*nocapture/m);
  });

  withBoth("give the diffs of all functions of a module, and of earlier stages, where nothing differs", async () => {
    const { module } = (await diffs()).find((diff) => diff.function === null) ?? assert.fail();
    const choice = { subject: { run: older.id }, against: newer.id, module, filters: NO_FILTERS, offset: 0, limit: 50 };
    const page = await server.ask("compare", { ...choice, from: PM, to: PM });
    assert.ok(page.total > 0);
    assert.match(page.title, /^\S.* · LLVM 19\.\S+ ↔ LLVM 2\S+ · Optimize \(pm\)$/);
    assert.ok(page.rows.some(({ label }) => label === "second"));
    const input = await server.ask("compare", { ...choice, from: "thin-lto-input", to: "thin-lto-input", function: "second" });
    assert.equal(input.rows[0]?.change, "same");
  });

  withBoth("give the command line that does the same", async () => {
    const { module } = (await diffs())[0] ?? assert.fail();
    const diff = { from: older.id, to: newer.id, module, stage: PM, function: "second" };
    const { line } = await server.ask("cliCommand", { command: "compare-llvm", ...diff });
    assert.ok(line.includes(` compare-llvm ${older.unit.id} ${module} --to ${newer.llvm?.path ?? ""} --stage pm --function second`), line);
  });

  withBoth("are refused the other way round, and without a run", async () => {
    const reversed = await server.failure("compareRuns", { from: newer.id, to: older.id });
    assert.equal(reversed.name, "ForeignLlvm");
    const gone = await server.failure("compareRuns", { from: older.id, to: "20200101T000000-00000000" });
    assert.equal(gone.name, "UnknownRun");
  });
});
