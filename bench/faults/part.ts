/** The campaign consists of parts, each of which can run alone and ends in counts. */

export interface PartContext {
  readonly seed: number;
  /** The built command line; the server is the bundle beside it. */
  readonly cli: string;
  /** The part's own scratch folder: empty when the part begins. */
  readonly work: string;
  /** Seconds without an answer that count as hanging. */
  readonly limit: number;
  /** Cases to examine again, instead of all; parts without numbered cases have none. */
  readonly only: readonly number[] | undefined;
}

/** What went wrong in one case. */
export interface Failure {
  /** The same seed and number mean the same case. */
  readonly index: number;
  readonly what: string;
}

export interface PartResult {
  /** Markdown: what was tried, and the outcomes. */
  readonly text: readonly string[];
  readonly failures: readonly Failure[];
}

export interface Part {
  /** The word that chooses the part. */
  readonly name: string;
  readonly what: string;
  readonly count: number;
  readonly run: (count: number, context: PartContext) => Promise<PartResult>;
}

/** The numbers of the cases to try. */
export function casesOf(count: number, { only }: PartContext): readonly number[] {
  return only ?? Array.from({ length: count }, (_, index) => index);
}

/** A separate seed for each case, so that it can be repeated without the previous ones. */
export function seedOf(seed: number, index: number): number {
  return seed * 1_000_003 + index;
}

/** "a 3, b 1": the most frequent first. */
export function countsText(counts: ReadonlyMap<string, number>): string {
  return [...counts]
    .sort(([, left], [, right]) => right - left)
    .map(([what, times]) => `${what} ${times}`)
    .join(", ");
}

export function countsTable(heading: string, unit: string, counts: ReadonlyMap<string, number>): string[] {
  const rows = [...counts].sort(([, left], [, right]) => right - left).map(([what, times]) => `| ${what} | ${times} |`);
  return [`| ${heading} | ${unit} |`, "| --- | --- |", ...rows, ""];
}

export function count(counts: Map<string, number>, what: string): void {
  counts.set(what, (counts.get(what) ?? 0) + 1);
}

/** How many failures a report lists; the others are counted. */
const LISTED = 100;

export function failuresText(failures: readonly Failure[]): string[] {
  const listed = failures.slice(0, LISTED).map(({ index, what }) => `* case ${index}: ${what.replaceAll("\n", " ")}`);
  const rest = failures.length - listed.length;
  return [...listed, ...(rest > 0 ? [`* and ${rest} more`] : []), ""];
}

export function minutes(seconds: number): string {
  return `${(seconds / 60).toFixed(1)} min`;
}
