/** The harness itself: VS Code reports success when an extension host dies, so the harness must not rely on its report. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { hostTests, runInHost } from "../support/vscode/host.js";
import type { HostOutcome } from "../support/vscode/host-run.js";

const extension = "test/fixtures/vscode/extension";

function runFixture(name: string, leavesBehind: readonly string[] = []): Promise<HostOutcome> {
  return runInHost({ suites: [`test/fixtures/vscode/${name}.ts`], extension, leavesBehind });
}

hostTests("a suite that passes", {
  suites: ["test/fixtures/vscode/good.ts"],
  extension,
  workspace: { "src/lib.rs": "fn main() {}\n" },
  env: { GUARD: "on" },
});

describe("a run fails", () => {
  it("if tests or hooks fail or time out", async () => {
    const { results, problem, leftovers } = await runFixture("bad");
    const outcomes = results.map(({ name, outcome, reason }) => [
      name,
      outcome,
      /no ground|bad end|longer than|1 !== 2/.exec(reason ?? "")?.[0],
    ]);
    assert.deepEqual(outcomes, [
      ["passes", "passed", undefined],
      ["fails", "failed", "1 !== 2"],
      ["hangs", "failed", "longer than"],
      ["without ground › cannot run", "failed", "no ground"],
      ["with a bad end › passes too", "passed", undefined],
      ["with a bad end › after", "failed", "bad end"],
    ]);
    assert.match(results[1]?.reason ?? "", /fixtures\/vscode\/bad\.ts:7/, "the stack names the source");
    assert.equal(problem, null);
    assert.deepEqual(leftovers, []);
  });

  it("if the extension host is killed, and names the process that it left behind", async () => {
    const { results, problem, leftovers } = await runFixture("dying", ["sleep 1000"]);
    assert.deepEqual(
      results.map(({ name }) => name),
      ["passes"],
    );
    assert.match(problem ?? "", /^only 1 of 3 tests ended: the extension host died/);
    assert.deepEqual(
      leftovers.map(({ command }) => command),
      ["sleep 1000"],
    );
  });

  it("if it has no tests", async () => {
    const { problem } = await runFixture("empty");
    assert.match(problem ?? "", /^no test ran/);
  });
});
