/** Runs in an extension host that count as failed, regardless of VS Code's report. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { problemOf } from "../support/vscode/statistics.js";
import type { Statistics, TestResult } from "../support/vscode/statistics.js";

const good: TestResult = { name: "one", outcome: "passed", millis: 1 };
const bad: TestResult = { name: "two", outcome: "failed", millis: 1, reason: "because" };

function problem(statistics: Partial<Statistics>, exitCode: number | null = 0): string | null {
  return problemOf(JSON.stringify({ registered: 1, complete: true, results: [good], ...statistics }), exitCode);
}

describe("a run inside an extension host", () => {
  it("passes if all tests ended and VS Code agrees", () => {
    assert.equal(problem({}), null);
    assert.equal(problem({ results: [bad] }, 1), null);
  });

  it("fails without statistics, or with incomplete ones", () => {
    assert.match(problemOf(null, 0) ?? "", /wrote no statistics/);
    assert.match(problemOf('{"registered', 0) ?? "", /cannot be read/);
    assert.match(problem({ complete: false }) ?? "", /only 1 of 1/);
    assert.match(problem({ registered: 2 }) ?? "", /only 1 of 2/);
  });

  it("fails if no test ran", () => {
    assert.match(problem({ registered: 0, results: [] }) ?? "", /no test ran/);
  });

  it("fails if VS Code reports something else, or nothing", () => {
    assert.match(problem({}, 1) ?? "", /exit code 1/);
    assert.match(problem({}, null) ?? "", /did not report/);
    assert.match(problem({ results: [bad] }, 0) ?? "", /though 1 tests failed/);
  });
});
