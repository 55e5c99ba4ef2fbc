/**
 * Compares running times of two programs that were run in turn. Each round gives one ratio of their times, so what slows a round slows both. The
 * interval for the ratio is that of the signed-rank test (Wilcoxon; Hodges and Lehmann): it assumes no distribution of the noise, and single outliers do
 * not move it.
 */

/** A confidence interval of a ratio. */
export type Interval = readonly [low: number, high: number];

/**
 * @param ours times of the rounds
 * @param theirs times of the same rounds
 * @param error the probability with which the interval may miss the ratio
 * @returns null: there are too few rounds for this probability
 */
export function ratioInterval(ours: readonly number[], theirs: readonly number[], error: number): Interval | null {
  const logs = ours.map((time, round) => Math.log(time / (theirs[round] ?? Number.NaN)));
  const averages = pairAverages(logs).sort((left, right) => left - right);
  const rank = criticalRank(logs.length, error / 2);
  const [low, high] = [averages[rank - 1], averages[averages.length - rank]];
  return rank === 0 || low === undefined || high === undefined ? null : [Math.exp(low), Math.exp(high)];
}

/** The averages of all pairs, each with itself included. */
function pairAverages(values: readonly number[]): number[] {
  return values.flatMap((one, index) => values.slice(index).map((other) => (one + other) / 2));
}

/** The largest rank r with which P(signed-rank sum < r) is at most the probability, for n differences around 0; 0: there is none. */
export function criticalRank(n: number, probability: number): number {
  const shares = sumShares(n);
  let [below, rank] = [0, 0];
  for (const share of shares) {
    below += share;
    if (below > probability) return rank;
    rank += 1;
  }
  return rank;
}

/** The probability of each sum of ranks 1…n of which each takes part or not. */
function sumShares(n: number): number[] {
  let shares = [1];
  for (let rank = 1; rank <= n; rank += 1) {
    const next = Array.from({ length: shares.length + rank }, () => 0);
    for (const [sum, share] of shares.entries()) {
      next[sum] = (next[sum] ?? 0) + share / 2;
      next[sum + rank] = (next[sum + rank] ?? 0) + share / 2;
    }
    shares = next;
  }
  return shares;
}

/** A value below which a share of the sorted values is, interpolated. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((left, right) => left - right);
  const place = (sorted.length - 1) * share;
  const [below, above] = [sorted[Math.floor(place)] ?? Number.NaN, sorted[Math.ceil(place)] ?? Number.NaN];
  return below + (above - below) * (place - Math.floor(place));
}
