/** The report of a suite in the extension host, through a file, because VS Code itself reports success if the host dies. */

export interface TestResult {
  /** The names of the enclosing suites and its own, separated by ` › `. */
  readonly name: string;
  readonly outcome: "passed" | "failed" | "skipped";
  readonly millis: number;
  /** Why it failed (with the stack), or why it was skipped. */
  readonly reason?: string;
}

export interface Statistics {
  /** The number of tests; the file is written after each one, so it shows how far a host came that died. */
  readonly registered: number;
  readonly complete: boolean;
  readonly results: readonly TestResult[];
}

/** The environment variable with the file's path. */
export const STATISTICS_FILE = "LTO_INSPECTOR_HOST_STATISTICS";

function parse(text: string): Statistics | null {
  try {
    return JSON.parse(text) as Statistics;
  } catch {
    return null;
  }
}

/**
 * A problem of a run as a whole, apart from single results; null if there is none.
 *
 * @param text the statistics file; null if there is none
 * @param exitCode VS Code's reported exit code; null if it reported none
 */
export function problemOf(text: string | null, exitCode: number | null): string | null {
  if (text === null) return "the extension host wrote no statistics: it died, or the suite could not be loaded";
  const statistics = parse(text);
  if (statistics === null) return "the statistics cannot be read";
  const { registered, complete, results } = statistics;
  if (!complete || results.length !== registered) {
    return `only ${results.length} of ${registered} tests ended: the extension host died or hangs`;
  }
  if (results.length === 0) return "no test ran";
  const failed = results.filter(({ outcome }) => outcome === "failed").length;
  if (exitCode === null) return "VS Code did not report the end of the tests";
  if (failed === 0 && exitCode !== 0) return `VS Code reported exit code ${exitCode}, though no test failed`;
  if (failed > 0 && exitCode === 0) return `VS Code reported success, though ${failed} tests failed`;
  return null;
}

/** The results in a statistics file; none if it cannot be read. */
export function resultsIn(text: string | null): readonly TestResult[] {
  return (text === null ? null : parse(text))?.results ?? [];
}
