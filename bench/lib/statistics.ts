/** Statistics of repeated measurements. */

/** The middle value; for an even number of values, the mean of the two in the middle. NaN for none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  const half = Math.floor(sorted.length / 2);
  const upper = sorted[half] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? upper) + upper) / 2;
}

/** Median and extremes. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
  readonly count: number;
}

export function spread(values: readonly number[]): Spread {
  return { median: median(values), least: Math.min(...values), most: Math.max(...values), count: values.length };
}

/** "1.23 s (1.20–1.31)" */
export function seconds({ median: middle, least, most, count }: Spread): string {
  return count === 1 ? `${middle.toFixed(2)} s` : `${middle.toFixed(2)} s (${least.toFixed(2)}–${most.toFixed(2)})`;
}

/** Measures something several times, one after the other. */
export async function repeat<T>(times: number, measure: (index: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let index = 0; index < times; index += 1) results.push(await measure(index));
  return results;
}
