/** `diff --function` on functions of 5,000 lines: compares two texts as the command line does. */
import { unifiedDiff } from "../../src/core/ir/function-diff.js";
import { largeFunction } from "../../test/support/large-function.js";

const NAMES = { before: "before", after: "after" };

export interface DiffFigures {
  /** 100 of 5,000 lines were removed, ms. */
  readonly similar: number;
  /** The texts have nothing in common, ms. */
  readonly unlike: number;
}

export function unifiedDiffs(): DiffFigures {
  const before = largeFunction(1, 5000);
  const fewer = before
    .split("\n")
    .filter((_, index) => index % 50 !== 7)
    .join("\n");
  return { similar: timed(before, fewer), unlike: timed(before, largeFunction(99, 4000)) };
}

function timed(before: string, after: string): number {
  const started = performance.now();
  unifiedDiff(before, after, NAMES);
  return performance.now() - started;
}
