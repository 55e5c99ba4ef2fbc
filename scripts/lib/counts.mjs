// What test runners report, as three numbers.

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/** @returns {Counts} */
export function noCounts() {
  return { passed: 0, failed: 0, skipped: 0 };
}

/**
 * @param {readonly Counts[]} all
 * @returns {Counts}
 */
export function sum(all) {
  const total = noCounts();
  for (const { passed, failed, skipped } of all) {
    total.passed += passed;
    total.failed += failed;
    total.skipped += skipped;
  }
  return total;
}

/**
 * Reads the summary that node:test's `spec` reporter ends with.
 *
 * @param {string} output
 * @returns {Counts | undefined} undefined if there is none
 */
export function countsOfNodeTest(output) {
  /** @param {string} word */
  const last = (word) => {
    const found = [...output.matchAll(new RegExp(`^ℹ ${word} (\\d+)$`, "gm"))].at(-1);
    return found === undefined ? undefined : Number(found[1]);
  };
  const [passed, failed, cancelled, skipped, todo] = ["pass", "fail", "cancelled", "skipped", "todo"].map(last);
  if (passed === undefined || failed === undefined) return undefined;
  return { passed, failed: failed + (cancelled ?? 0), skipped: (skipped ?? 0) + (todo ?? 0) };
}

/**
 * What node:test's `spec` reporter repeats at its end about failed tests.
 *
 * @param {string} output
 * @returns {string | undefined} undefined if none failed
 */
export function failuresOfNodeTest(output) {
  const begin = output.lastIndexOf("\n✖ failing tests:\n");
  return begin === -1 ? undefined : output.slice(begin).trim();
}

/**
 * @typedef {{ failures?: readonly unknown[], result: string }} GoogleTestCase
 * @typedef {{ testsuites: readonly { testsuite: readonly GoogleTestCase[] }[] }} GoogleTestReport
 */

/**
 * Reads GoogleTest's report (`--gtest_output=json:FILE`).
 *
 * @param {string} text
 * @returns {Counts | undefined} undefined if it is not such a report
 */
export function countsOfGoogleTest(text) {
  /** @type {GoogleTestReport} */
  let report;
  try {
    report = JSON.parse(text);
  } catch {
    return undefined;
  }
  const counts = noCounts();
  for (const { failures = [], result } of report.testsuites.flatMap(({ testsuite }) => testsuite)) {
    if (failures.length > 0) counts.failed += 1;
    else if (result === "COMPLETED") counts.passed += 1;
    else counts.skipped += 1;
  }
  return counts;
}

/**
 * Turns a run without counted tests, or one that failed without a counted failure, into a failure.
 *
 * @param {Counts | undefined} counts
 * @param {import("./run.mjs").RunResult} result
 * @returns {{ counts: Counts, problem?: string }}
 */
export function judge(counts, result) {
  const found = counts ?? noCounts();
  const ran = found.passed + found.failed + found.skipped;
  /** @param {string} problem */
  const failing = (problem) => ({ counts: { ...found, failed: found.failed + 1 }, problem });
  if (result.stalled !== null) return failing(result.stalled);
  if (result.signal !== null) return failing(`was ended by ${result.signal}`);
  if (counts === undefined) return failing("ended without a summary");
  if (ran === 0) return failing("ran no test");
  if (result.code !== 0 && found.failed === 0) return failing(`ended with ${result.code ?? "no exit code"}, though no test failed`);
  return { counts: found };
}
