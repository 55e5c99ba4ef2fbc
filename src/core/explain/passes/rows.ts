/** Rows of reports from sums over runs of passes. */
import type { FunctionPassRow, PassRow, PassSums, TimeOnFunction } from "../../../protocol/passes.js";
import { WHOLE_MODULE, sumsByBoth, sumsByFunction, sumsByPass, type PassOnFunction, type RunSums } from "./run-list.js";
import type { PassesTrace } from "./trace.js";

const TENTHS_OF_MICROS = 10_000;
const KIB = 1024;

/** @param tenths of a microsecond */
export function millisOf(tenths: number): number {
  return tenths / TENTHS_OF_MICROS;
}

/** @returns null if the system of the trace does not tell */
export function bytesOf(trace: PassesTrace, kib: number): number | null {
  return trace.hasMemory ? kib * KIB : null;
}

export function sumsRow(trace: PassesTrace, { runs, changed, time, peak }: RunSums): PassSums {
  return { runs, changed, millis: millisOf(time), peakBytes: bytesOf(trace, peak) };
}

/** How the functions of a trace are called. */
export type NameOf = (symbol: string) => string;

/** What is reported in place of a function for passes on the whole module. */
export const MODULE_WORDS = "(the whole module)";

export function functionWords(trace: PassesTrace, fn: number, nameOf: NameOf): Pick<TimeOnFunction, "function" | "symbol"> {
  const symbol = fn === WHOLE_MODULE ? null : (trace.functions[fn] ?? "");
  return { function: symbol === null ? MODULE_WORDS : nameOf(symbol), symbol };
}

/** A row for each pass of some runs, most time first. */
export function passRows(trace: PassesTrace, runs: Int32Array, nameOf: NameOf): PassRow[] {
  const most = firstBy(sumsByBoth(trace, runs), ({ pass }) => pass);
  return [...sumsByPass(trace, runs)]
    .sort(([, left], [, right]) => right.time - left.time)
    .map(([pass, sums]) => {
      const top = most.get(pass);
      const one = top === undefined ? null : { ...functionWords(trace, top.function, nameOf), millis: millisOf(top.time) };
      return { pass: trace.passes[pass] ?? "", ...sumsRow(trace, sums), most: one };
    });
}

/** A row for each function of some runs, most time first. */
export function functionRows(trace: PassesTrace, runs: Int32Array, nameOf: NameOf): FunctionPassRow[] {
  const most = firstBy(sumsByBoth(trace, runs), (one) => one.function);
  return [...sumsByFunction(trace, runs)]
    .sort(([, left], [, right]) => right.time - left.time)
    .map(([fn, sums]) => {
      const top = most.get(fn);
      const one = top === undefined ? null : { pass: trace.passes[top.pass] ?? "", millis: millisOf(top.time) };
      return { ...functionWords(trace, fn, nameOf), ...sumsRow(trace, sums), most: one };
    });
}

function firstBy(sums: readonly PassOnFunction[], keyOf: (one: PassOnFunction) => number): Map<number, PassOnFunction> {
  const found = new Map<number, PassOnFunction>();
  for (const one of sums) if (!found.has(keyOf(one))) found.set(keyOf(one), one);
  return found;
}
