/** What determined the duration of a run: the worker that ended last, the bounds, and where the rest of the time went. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { criticalPathOf } from "../../src/core/views/critical-path.js";
import type { Timing } from "../../src/protocol/runs.js";

function timing(argument: string | null, thread: number, startMicros: number, durationMicros: number): Timing {
  return { activity: "LLVM_lto_optimize", argument, thread, startMicros, durationMicros };
}

describe("the critical path of a run", () => {
  it("is what the last worker did, after what precedes the modules", () => {
    const path = criticalPathOf([
      timing(null, 0, 1000, 100),
      timing("a", 0, 1100, 300),
      timing("b", 1, 1100, 250),
      timing("c", 1, 1350, 350),
      timing("d", 0, 1400, 200),
    ]);
    assert.ok(path !== null);
    assert.deepEqual([path.workers, path.thread, path.modules, path.last.module, path.totalMicros], [2, 1, 2, "c", 700]);
    assert.deepEqual(path.stretches, [
      { thread: 0, from: 0, to: 100 },
      { thread: 1, from: 100, to: 700 },
    ]);
    assert.deepEqual(
      path.longestOfPath.map(({ module, micros }) => [module, micros]),
      [
        ["c", 350],
        ["b", 250],
      ],
    );
    // 1,100 micros of work for two workers after the first 100.
    assert.deepEqual([path.bound, path.leastMicros, path.idleMicros], ["even share", 650, 50]);
  });
  it("cannot be shorter than the longest module, wherever that started", () => {
    const path = criticalPathOf([timing("a", 0, 0, 100), timing("b", 1, 0, 100), timing("long", 0, 100, 500)]);
    assert.ok(path !== null);
    assert.deepEqual([path.bound, path.totalMicros, path.leastMicros], ["longest module", 600, 500]);
    assert.deepEqual([path.longest.module, path.longest.micros, path.longestAfterMicros], ["long", 500, 100]);
  });
  it("takes a module from its first activity to its last, with the time between them", () => {
    const path = criticalPathOf([timing("a", 0, 0, 100), timing("a", 0, 150, 100), timing("b", 1, 0, 200)]);
    assert.deepEqual([path?.longest.module, path?.longest.micros, path?.leastMicros], ["a", 250, 250]);
  });
  it("has no bound above the run's own time, even if a module was started twice", () => {
    const path = criticalPathOf([timing("a", 0, 0, 10), timing("b", 0, 10, 300), timing("a", 1, 200, 110), timing("c", 0, 0, 310)]);
    assert.ok(path !== null && path.leastMicros <= path.totalMicros);
  });
  it("is null for less than two modules", () => {
    assert.equal(criticalPathOf([]), null);
    assert.equal(criticalPathOf([timing(null, 0, 0, 10), timing("a", 0, 10, 10)]), null);
  });
});
