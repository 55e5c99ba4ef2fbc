import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { alignLines } from "../../src/core/ir/align.js";
import { unifiedDiff } from "../../src/core/ir/function-diff.js";
import { largeFunction } from "../support/large-function.js";

const NAMES = { before: "thin-lto-after-import", after: "thin-lto-after-pm" };

function changedLines(patch: string): string[] {
  return patch.split("\n").filter((line) => /^[+-](?![+-])/.test(line));
}

describe("alignLines", () => {
  it("finds equal lines in order", () => {
    assert.deepEqual(alignLines(["a", "b", "c", "d"], ["x", "b", "y", "d"]), [
      [1, 1],
      [3, 3],
    ]);
    assert.equal(alignLines(["a", "a", "a", "a"], ["a", "a"]).length, 2);
    assert.deepEqual(alignLines([], ["a", "b"]), []);
    assert.equal(alignLines(["a", "b"], ["a", "b"]).length, 2);
  });

  it("always increases on both sides and pairs only equal lines", () => {
    // Its own small generator makes the same lists in every run.
    let seed = 7;
    const next = (bound: number): number => (seed = (seed * 1103515245 + 12345) % 2147483648) % bound;
    for (let round = 0; round < 200; round++) {
      const list = (): string[] => Array.from({ length: next(40) }, () => String(next(12)));
      const [before, after] = [list(), list()];
      let last: readonly [number, number] = [-1, -1];
      for (const pair of alignLines(before, after)) {
        assert.ok(pair[0] > last[0] && pair[1] > last[1]);
        assert.equal(before[pair[0]], after[pair[1]]);
        last = pair;
      }
    }
  });
});

describe("unifiedDiff", () => {
  const BEFORE = `; demo::sum
; in module before.bc

define i32 @f(ptr %0, i32 %1) #0 {
  %3 = load i32, ptr %0, align 4, !range !5
  %4 = call i32 @small(i32 %3)
  %5 = icmp eq i32 %4, 0
  br i1 %5, label %6, label %8

6:                                                ; preds = %2
  %7 = add i32 %4, %1
  br label %8

8:                                                ; preds = %6, %2
  %9 = phi i32 [ %7, %6 ], [ %4, %2 ]
  ret i32 %9
}

attributes #0 = { noinline }

!5 = !{i32 0, i32 4}
`;

  it("is empty for texts that only differ in numbers, file names and lists of predecessors", () => {
    const renumbered = BEFORE.replace("before.bc", "after.bc")
      .replaceAll("#0", "#12")
      .replaceAll("!5", "!77")
      .replace("; preds = %6, %2", "; preds = %2, %6");
    assert.deepEqual(unifiedDiff(BEFORE, renumbered, NAMES), { patch: "", added: 0, removed: 0 });
  });

  it("shows an added value as one line, although all numbers after it shift", () => {
    const after = BEFORE.replace("%9 = phi i32 [ %7, %6 ], [ %4, %2 ]\n  ret i32 %9", "%10 = phi i32 [ %8, %7 ], [ %5, %2 ]\n  ret i32 %10")
      .replace("br label %8\n\n8:  ", "br label %9\n\n9:  ")
      .replace("%7 = add i32 %4, %1", "%8 = add i32 %5, %1")
      .replace("label %6, label %8\n\n6:  ", "label %7, label %9\n\n7:  ")
      .replace("%5 = icmp eq i32 %4, 0\n  br i1 %5", "%6 = icmp eq i32 %5, 0\n  br i1 %6")
      .replace("%4 = call i32 @small(i32 %3)", "%4 = call i32 @fresh()\n  %5 = call i32 @small(i32 %3)");
    const { patch, added, removed } = unifiedDiff(BEFORE, after, NAMES);
    assert.deepEqual(changedLines(patch), ["+  %10 = call i32 @fresh()"]);
    assert.deepEqual([added, removed], [1, 0]);
    assert.match(patch, /^--- thin-lto-after-import\n\+\+\+ thin-lto-after-pm\n@@ -\d+,\d+ \+\d+,\d+ @@\n/);
  });

  it("shows changed operands, attributes and metadata in place, with their new content", () => {
    const after = BEFORE.replace("add i32 %4, %1", "add i32 %1, %4").replace("{ noinline }", "{ cold }").replace("i32 4}", "i32 5}");
    const lines = changedLines(unifiedDiff(BEFORE, after, NAMES).patch);
    assert.ok(lines.includes("-  %7 = add i32 %4, %1"));
    assert.ok(lines.includes("+  %7 = add i32 %1, %4"));
    assert.ok(lines.includes("+attributes #1 = { cold }"));
    assert.ok(lines.includes("+!6 = !{i32 0, i32 5}"));
    assert.ok(lines.includes("+  %3 = load i32, ptr %0, align 4, !range !6"));
  });

  it("shows an added or removed function as a whole", () => {
    const gone = unifiedDiff(BEFORE, "", NAMES);
    assert.ok(gone.removed > 10);
    assert.equal(unifiedDiff("", BEFORE, NAMES).added, gone.removed);
  });

  it("finds each of a hundred lines that were removed from 5,000", () => {
    const before = largeFunction(1, 5000);
    const after = before
      .split("\n")
      .filter((_, index) => index % 50 !== 7)
      .join("\n");
    const { added, removed } = unifiedDiff(before, after, NAMES);
    assert.equal(removed - added, before.split("\n").length - after.split("\n").length);
  });

  it("handles texts that have nothing in common", () => {
    const { added, removed } = unifiedDiff(largeFunction(1, 5000), largeFunction(99, 4000), NAMES);
    assert.equal(removed - added, 1000);
    assert.ok(added > 2000, `${added} lines added`);
  });
});
