/** The counting for `npm test`'s last line: a tier that runs no test, crashes or hangs must never pass. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { countsOfGoogleTest, countsOfNodeTest, failuresOfNodeTest, judge, sum } from "../../scripts/lib/counts.mjs";
import { importsOf } from "../support/sources.js";

const ended = { code: 0, signal: null, stalled: null, output: "" };

describe("counting tests", () => {
  it("reads the last summary of node:test, cancelled as failed and todo as skipped", () => {
    const output = [
      "ℹ pass 99\nℹ fail 99\n✔ a test that prints a summary of its own",
      "ℹ tests 9\nℹ suites 1\nℹ pass 4\nℹ fail 1\nℹ cancelled 1\nℹ skipped 2\nℹ todo 1\nℹ duration_ms 12.5\n",
    ].join("\n");
    assert.deepEqual(countsOfNodeTest(output), { passed: 4, failed: 2, skipped: 3 });
    assert.equal(countsOfNodeTest("Segmentation fault"), undefined);
  });

  it("finds node:test's final report of failed tests", () => {
    const failures = "✖ failing tests:\n\ntest at test/cli/thin.test.ts:54:3\n✖ makes every stage (5.1ms)\n  Error: no";
    assert.equal(failuresOfNodeTest(`▶ thin\n  ✖ makes every stage\nℹ fail 1\n\n${failures}\n`), failures);
    assert.equal(failuresOfNodeTest("▶ thin\n  ✔ makes every stage\nℹ fail 0\n"), undefined);
  });

  it("reads GoogleTest's report", () => {
    const testsuite = [
      { result: "COMPLETED" },
      { result: "COMPLETED", failures: [{ failure: "Expected equality" }] },
      { result: "SKIPPED" },
      { result: "SUPPRESSED" },
    ];
    assert.deepEqual(countsOfGoogleTest(JSON.stringify({ testsuites: [{ testsuite }] })), { passed: 1, failed: 1, skipped: 2 });
    assert.equal(countsOfGoogleTest('{ "testsuites": [ {'), undefined);
  });

  it("fails a tier that ran nothing, crashed, has no summary, hung or failed to exit properly", () => {
    const good = { passed: 3, failed: 0, skipped: 0 };
    assert.deepEqual(judge(good, ended), { counts: good });
    assert.equal(judge({ passed: 0, failed: 0, skipped: 0 }, ended).counts.failed, 1);
    assert.equal(judge(undefined, ended).counts.failed, 1);
    assert.equal(judge(good, { ...ended, code: 1 }).counts.failed, 1);
    assert.equal(judge(good, { ...ended, code: null, signal: "SIGSEGV" }).counts.failed, 1);
    assert.equal(judge(good, { ...ended, stalled: "made no progress" }).counts.failed, 1);
    assert.equal(judge({ ...good, failed: 2 }, { ...ended, code: 1 }).counts.failed, 2);
  });

  it("sums tiers", () => {
    const all = [
      { passed: 1, failed: 2, skipped: 3 },
      { passed: 10, failed: 20, skipped: 30 },
    ];
    assert.deepEqual(sum(all), { passed: 11, failed: 22, skipped: 33 });
  });
});

describe("the scan of imports for the invariants", () => {
  it("sees every way to load a module, and distinguishes types from values", () => {
    const text = [
      'import type { A } from "vscode";',
      'import { b } from "../core/base/errors.js";',
      'export * from "./c.js";',
      'const d = await import("vscode");',
      'const e = require("./lto_inspector.node");',
      "const f = require(computed);",
      "process.dlopen(module, file);",
      'let g: import("vscode").Uri;',
    ].join("\n");
    const seen = importsOf("src/cli/x.ts", text).map(({ line, module, target, typeOnly }) => [line, module, target, typeOnly]);
    assert.deepEqual(seen, [
      [1, "vscode", null, true],
      [2, "../core/base/errors.js", "src/core/base/errors", false],
      [3, "./c.js", "src/cli/c", false],
      [4, "vscode", null, false],
      [5, "./lto_inspector.node", "src/cli/lto_inspector.node", false],
      [6, null, null, false],
      [7, null, null, false],
      [8, "vscode", null, true],
    ]);
  });
});
