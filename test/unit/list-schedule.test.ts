/** Simulated runs: how long workers take that each take the next module of a list, and what no order goes below. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { lowerBound, makespan } from "../../bench/scheduling/list-schedule.js";
import { rankCorrelation } from "../../bench/lib/statistics.js";

describe("a simulated run", () => {
  it("gives each module to the worker that is free first", () => {
    assert.equal(makespan([3, 3, 2, 2, 2], 2), 7);
    assert.equal(makespan([3, 3, 2, 2, 2], 3), 5);
    assert.equal(makespan([5], 8), 5);
    assert.equal(makespan([], 2), 0);
  });
  it("waits for a long module that starts last", () => {
    assert.equal(makespan([1, 1, 1, 1, 4], 2), 6);
    assert.equal(makespan([4, 1, 1, 1, 1], 2), 4);
  });
  it("takes at least as long as the longest module, and as an even share", () => {
    assert.equal(lowerBound([4, 1, 1, 1, 1], 2), 4);
    assert.equal(lowerBound([2, 2, 2, 2], 2), 4);
    assert.equal(lowerBound([], 2), 0);
  });
  it("takes hardly longer than that if the longest start first, for any number of workers", () => {
    const times = Array.from({ length: 500 }, (_, index) => 1 + ((index * 7919) % 997) ** 2 / 1000).sort((left, right) => right - left);
    for (const workers of [1, 2, 4, 8, 16, 32, 64]) {
      const ratio = makespan(times, workers) / lowerBound(times, workers);
      assert.ok(ratio >= 1 && ratio <= 1.05, `${ratio} for ${workers} workers`);
    }
  });
});

describe("the rank correlation", () => {
  it("depends on the order alone", () => {
    assert.equal(rankCorrelation([1, 2, 3], [10, 20, 1000]), 1);
    assert.equal(rankCorrelation([1, 2, 3], [3, 2, 1]), -1);
    assert.ok(Math.abs(rankCorrelation([1, 1, 2], [1, 2, 3]) - Math.sqrt(3) / 2) < 1e-12);
  });
});
