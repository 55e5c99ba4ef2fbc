/** Running programs and tests: hanging ones are ended, slow ones are not, and a failure is reported at its line. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { isRunning } from "../../scripts/lib/processes.mjs";
import { inRoot } from "../../scripts/lib/paths.mjs";
import { run } from "../../scripts/lib/run.mjs";
import { NODE_TEST } from "../../scripts/lib/tiers.mjs";
import { until } from "../support/patience.js";

const LIMITS = { stallMillis: 2000, silentMillis: 2000, pollMillis: 100 };
const noProc = process.platform === "linux" ? false : "only Linux tells what other processes use";

function shell(script: string): ReturnType<typeof run> {
  return run("/bin/sh", ["-c", script], { progress: LIMITS });
}

describe("a program", () => {
  it("is ended with its children if it hangs, with a report", async () => {
    // In its own session, with a parent that has exited.
    const { stalled, output, code } = await shell(
      'node -e \'require("child_process").spawn("sleep", ["1000"], { detached: true, stdio: "ignore" }).unref()\'; sleep 2000 & echo $!; wait',
    );
    assert.equal(code, null);
    assert.match(stalled ?? "", /made no progress/);
    if (noProc === false) assert.match(stalled ?? "", / sleep 2000$/m);
    await until("the end of what it started", () => !isRunning(Number(output)));
  });

  it("is not ended if it prints occasionally", async () => {
    const { stalled, code } = await shell("for i in 1 2 3 4 5 6 7 8 9 10; do echo $i; sleep 0.5; done");
    assert.deepEqual([stalled, code], [null, 0]);
  });

  it("is not ended if it or a child works silently", { skip: noProc }, async () => {
    const work =
      "const used = () => { const { user, system } = process.cpuUsage(); return user + system; }; while (used() < 7e6) for (let i = 0; i < 1e6; i++);";
    // A child in its own session: the script uses a certain processor time, so its duration depends on the machine.
    const script = `require("child_process").spawn(process.execPath, ["-e", ${JSON.stringify(work)}], { detached: true }).on("exit", (code) => process.exit(code))`;
    // A busy machine may give a process nothing for seconds.
    const progress = { ...LIMITS, stallMillis: 5000, silentMillis: 5000 };
    const { stalled, code } = await run(process.execPath, ["-e", script], { progress });
    assert.deepEqual([stalled, code], [null, 0]);
  });
});

describe("tests", () => {
  it("that fail are reported at their line", async () => {
    const file = "test/fixtures/runner/fails.ts";
    const { output } = await run(process.execPath, [...NODE_TEST, file], { env: { ...process.env, NODE_TEST_CONTEXT: undefined } });
    const lines = readFileSync(inRoot(file), "utf8").split("\n");
    const at = (text: string, from = 0): number => lines.findIndex((line, index) => index >= from && line.includes(text)) + 1;
    const test = at('it("that differ"');
    assert.match(output, new RegExp(`test at ${file}:${test}:`));
    assert.match(output, new RegExp(`fails\\.ts:${at("assert.equal", test)}:`));
  });
});
