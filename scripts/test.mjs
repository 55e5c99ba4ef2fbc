// `npm test`: all set-up, then every tier. A tier that fails does not stop the next ones.
import { main } from "./lib/main.mjs";
import { sum } from "./lib/counts.mjs";
import { PlainError, seconds } from "./lib/run.mjs";
import { setUp } from "./lib/setup.mjs";
import { MissingError } from "./lib/system-packages.mjs";
import { ALL_TESTS } from "./lib/test-choice.mjs";
import { tiers } from "./lib/tiers.mjs";

/**
 * @typedef {import("./lib/tiers.mjs").Tier} Tier
 * @typedef {import("./lib/tiers.mjs").Outcome & { name: string, time: string }} Result
 */

/** @type {Set<string>} problems that were already reported in full */
const told = new Set();

/**
 * Reports a failure of the set-up, in full the first time. What the machine lacks is reported once for all tiers.
 *
 * @param {PlainError} error
 */
function tell(error) {
  const [first = ""] = error.message.split("\n");
  const kind = error instanceof MissingError ? MissingError.name : error.message;
  console.log(told.has(kind) ? `${first} (see above)` : error.message);
  told.add(kind);
}

/** @param {Tier} tier @returns {Promise<import("./lib/tiers.mjs").Outcome>} */
async function runTier(tier) {
  try {
    await setUp(tier.needs);
    return await tier.run(ALL_TESTS);
  } catch (error) {
    if (!(error instanceof PlainError)) throw error;
    tell(error);
    return { counts: { passed: 0, failed: 1, skipped: 0 }, problem: `could not run: ${error.message.split("\n")[0] ?? ""}` };
  }
}

/** Sets up everything that any tier needs first; a tier that lacks something fails later, with the reason. */
async function setUpAll() {
  try {
    await setUp([...new Set(tiers.flatMap(({ needs }) => needs))]);
  } catch (error) {
    if (!(error instanceof PlainError)) throw error;
    tell(error);
  }
}

/**
 * Repeats the failures of all tiers before the table, so that the end of a long log says what failed.
 *
 * @param {readonly Result[]} results
 */
function report(results) {
  for (const { name, failures } of results) if (failures !== undefined) console.log(`\n=== failed in ${name}\n${failures}`);
  console.log("\ntier      passed  failed  skipped  time");
  for (const { name, counts, time, problem } of results) {
    const numbers = [String(counts.passed).padStart(6), String(counts.failed).padStart(6), String(counts.skipped).padStart(7)];
    console.log(`${name.padEnd(8)}  ${numbers.join("  ")}  ${time}${problem === undefined ? "" : `  (${problem})`}`);
  }
}

await main(async () => {
  const started = Date.now();
  await setUpAll();
  console.log(`set-up: ready after ${seconds(started)}`);
  const results = [];
  for (const tier of tiers) {
    const tierStarted = Date.now();
    console.log(`\n=== ${tier.name}`);
    const outcome = await runTier(tier);
    if (outcome.problem !== undefined) console.log(`${tier.name}: ${outcome.problem}`);
    results.push({ name: tier.name, time: seconds(tierStarted), ...outcome });
  }
  report(results);
  const { passed, failed, skipped } = sum(results.map(({ counts }) => counts));
  console.log(`all tiers after ${seconds(started)}\n\n${passed} passed, ${failed} failed, ${skipped} skipped`);
  if (failed > 0) process.exitCode = 1;
});
