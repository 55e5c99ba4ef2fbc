/** `diff --function` on functions of 5,000 lines: both texts are there, and are compared as the command line shows them. */
import { unifiedDiff } from "../../src/core/ir/function-diff.js";

const NAMES = { before: "before", after: "after" };

/** A function of additions and the like on values before; the same seed gives the same one. */
function functionOf(lines: number, seed: number): string {
  let state = seed;
  const next = (bound: number): number => (state = (state * 1103515245 + 12345) % 2147483648) % bound;
  const body = Array.from({ length: lines }, (_, index) => {
    const operands = `i32 %${index === 0 ? 0 : 2 + next(index)}, ${next(50)}`;
    return `  %${index + 2} = ${["add", "mul", "xor", "shl"][next(4)] ?? "add"} ${operands}`;
  });
  return `define i32 @f(i32 %0) {\n${body.join("\n")}\n  ret i32 %${lines + 1}\n}\n`;
}

export interface DiffFigures {
  /** A hundred lines of 5,000 went, ms. */
  readonly similar: number;
  /** Nothing is in common, ms. */
  readonly unlike: number;
}

export function unifiedDiffs(): DiffFigures {
  const before = functionOf(5000, 1);
  const fewer = before
    .split("\n")
    .filter((_, index) => index % 50 !== 7)
    .join("\n");
  return { similar: timed(before, fewer), unlike: timed(before, functionOf(4000, 99)) };
}

function timed(before: string, after: string): number {
  const started = performance.now();
  unifiedDiff(before, after, NAMES);
  return performance.now() - started;
}
