/** Traces of passes for tests, from rows of numbers. */
import type { PassTrace } from "../../src/protocol/engine/passes.js";

/** Packs numbers as the engine does: each plus one, seven bits at a time. */
export function packed(rows: readonly (readonly number[])[]): string {
  const bytes: number[] = [];
  for (const number of rows.flat()) {
    let left = number + 1;
    while (left >= 0x80) {
      bytes.push((left % 0x80) + 0x80);
      left = Math.floor(left / 0x80);
    }
    bytes.push(left);
  }
  return Buffer.from(bytes).toString("base64");
}

export function zigzag(number: number): number {
  return number < 0 ? -2 * number - 1 : 2 * number;
}

/** A run: pass, subject, flags, time. */
type Run = readonly [pass: number, subject: number, flags: number, time: number];

/** A change: run, function, bits, difference of instructions, hash. */
type Change = readonly [run: number, fn: number, bits: number, instructions: number, hash: number];

export interface TraceParts {
  readonly passes: readonly string[];
  readonly functions: readonly string[];
  /** Kind, depth, functions. */
  readonly subjects: readonly (readonly [kind: number, depth: number, ...functions: number[]])[];
  readonly runs: readonly Run[];
  readonly changes: readonly Change[];
  readonly memory?: readonly (readonly [run: number, net: number, peak: number])[];
  readonly total?: number;
  /** Instructions of the first functions before the passes; default: all have 10. */
  readonly before?: readonly number[];
}

export function traceOf(parts: TraceParts): PassTrace {
  const apart = (run: number, index: number, rows: readonly (readonly [number, ...unknown[]])[]): number =>
    run - (rows[index - 1]?.[0] ?? 0);
  const { memory } = parts;
  return {
    schema: 1,
    module: "m",
    passes: parts.passes,
    functions: parts.functions,
    subjects: packed(parts.subjects.map(([kind, depth, ...functions]) => [kind, depth, functions.length, ...functions])),
    runs: packed(parts.runs),
    changes: packed(
      parts.changes.map(([run, fn, bits, instructions, hash], index) => [
        apart(run, index, parts.changes),
        fn,
        bits,
        zigzag(instructions),
        hash,
      ]),
    ),
    before: packed((parts.before ?? parts.functions.map(() => 10)).map((instructions) => [instructions, 1])),
    memory: memory === undefined ? null : packed(memory.map(([run, net, peak], index) => [apart(run, index, memory), zigzag(net), peak])),
    total: parts.total ?? parts.runs.reduce((sum, [, , , time]) => sum + time, 0),
    own: 0,
  };
}
