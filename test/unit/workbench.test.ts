/** The state of a long-lived program: what it counts as being done, and what it aborts. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { cancelled, isLtoError } from "../../src/core/base/errors.js";
import { Workbench } from "../../src/core/views/workbench.js";

describe("work that nobody waits for", () => {
  let scratch = "";
  const made: Workbench[] = [];

  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), "lto-workbench-"));
  });
  after(async () => {
    for (const workbench of made) await workbench.close();
    await rm(scratch, { recursive: true, force: true });
  });

  function workbench(): Workbench {
    const store = { path: join(scratch, "store"), quota: 0 };
    const one = new Workbench({ libLLVM: "auto", threads: 0, store, toolchain: "", profile: "release" }, () => undefined);
    made.push(one);
    return one;
  }

  /** Ends only when it is aborted. */
  const untilAborted = (signal: AbortSignal): Promise<void> =>
    new Promise((_, reject) => {
      const abort = (): void => {
        reject(cancelled("The work"));
      };
      if (signal.aborted) abort();
      else signal.addEventListener("abort", abort);
    });
  const isCancelled = (error: unknown): boolean => isLtoError(error, "Cancelled");

  it("keeps the workbench from nothing, and is aborted for what begins", async () => {
    const one = workbench();
    const working = assert.rejects(one.meanwhile(untilAborted), isCancelled);
    assert.equal(one.busy, false);
    await one.use(async () => {
      assert.equal(one.busy, true);
      await one.stopMeanwhile();
    });
    await working;
    let isAborted = true;
    await one.meanwhile((signal) => Promise.resolve().then(() => void (isAborted = signal.aborted)));
    assert.equal(isAborted, false);
    assert.equal(one.busy, false);
  });

  it("is aborted when another workbench replaces this one, and when it closes", async () => {
    for (const end of ["retire", "close"] as const) {
      const one = workbench();
      const working = assert.rejects(one.meanwhile(untilAborted), isCancelled);
      await one[end]();
      await working;
    }
  });
});
