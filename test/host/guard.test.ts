/** The harness itself: VS Code reports success when an extension host dies, so what a run reports must not be taken for its results. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { hostTests, runInHost } from "../support/vscode/host.js";
import type { HostOutcome } from "../support/vscode/host-run.js";

const extension = "test/fixtures/vscode/extension";

function runFixture(name: string, leavesBehind: readonly string[] = []): Promise<HostOutcome> {
  return runInHost({ suites: [`test/fixtures/vscode/${name}.ts`], extension, leavesBehind });
}

hostTests("a suite that is well", {
  suites: ["test/fixtures/vscode/good.ts"],
  extension,
  workspace: { "src/lib.rs": "fn main() {}\n" },
  env: { GUARD: "on" },
});

describe("a run is red", () => {
  it("when tests, hooks or their time fail", async () => {
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

  it("when the extension host is killed, and tells which process it left behind", async () => {
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

  it("when there is no test in it", async () => {
    const { problem } = await runFixture("empty");
    assert.match(problem ?? "", /^no test ran/);
  });
});
