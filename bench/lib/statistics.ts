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

/** Spearman's ρ: how well one measure ranks what another measures, 1 for the same order. Equal values share the mean of their ranks. */
export function rankCorrelation(left: readonly number[], right: readonly number[]): number {
  const [x, y] = [ranks(left), ranks(right)];
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanX, meanY] = [mean(x), mean(y)];
  const sum = (of: (x: number, y: number) => number): number =>
    x.reduce((total, value, index) => total + of(value - meanX, (y[index] ?? 0) - meanY), 0);
  return sum((dx, dy) => dx * dy) / Math.sqrt(sum((dx) => dx * dx) * sum((_, dy) => dy * dy));
}

function ranks(values: readonly number[]): number[] {
  const order = values.map((value, index) => ({ value, index })).sort((left, right) => left.value - right.value);
  const found = values.map(() => 0);
  for (let first = 0; first < order.length;) {
    let last = first;
    while (order[last + 1]?.value === order[first]?.value) last += 1;
    for (const { index } of order.slice(first, last + 1)) found[index] = (first + last) / 2;
    first = last + 1;
  }
  return found;
}
