// What several tiers, or parts of one, found: failures first, then a table, then the sum.
import { sum } from "./counts.mjs";

/** @typedef {import("./tiers.mjs").Outcome & { name: string, time: string }} Result */

/**
 * Repeats all failures before the table, so that the end of a long log says what failed.
 *
 * @param {string} what the heading of the names
 * @param {readonly Result[]} results
 */
export function report(what, results) {
  for (const { name, failures } of results) if (failures !== undefined) console.log(`\n=== failed in ${name}\n${failures}`);
  const width = Math.max(8, ...results.map(({ name }) => name.length));
  console.log(`\n${what.padEnd(width)}  passed  failed  skipped  time`);
  for (const { name, counts, time, problem } of results) {
    const numbers = [String(counts.passed).padStart(6), String(counts.failed).padStart(6), String(counts.skipped).padStart(7)];
    console.log(`${name.padEnd(width)}  ${numbers.join("  ")}  ${time}${problem === undefined ? "" : `  (${problem})`}`);
  }
}

/** Prints the sum, and makes the program fail if a test failed. @param {readonly Result[]} results */
export function finish(results) {
  const { passed, failed, skipped } = sum(results.map(({ counts }) => counts));
  console.log(`\n${passed} passed, ${failed} failed, ${skipped} skipped`);
  if (failed > 0) process.exitCode = 1;
}
