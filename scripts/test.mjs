// `npm test`: all set-up, then every tier. A tier that fails does not keep the next ones from running.
import { main } from "./lib/main.mjs";
import { sum } from "./lib/counts.mjs";
import { PlainError, seconds, setOverallBudget } from "./lib/run.mjs";
import { setUp } from "./lib/setup.mjs";
import { OVERALL_BUDGET_SECONDS, tiers } from "./lib/tiers.mjs";

/**
 * @typedef {import("./lib/tiers.mjs").Tier} Tier
 * @typedef {import("./lib/tiers.mjs").Outcome & { name: string, time: string }} Result
 */

/** @param {Tier} tier @returns {Promise<import("./lib/tiers.mjs").Outcome>} */
async function runTier(tier) {
  try {
    await setUp(tier.needs);
    return await tier.run(tier.budgetSeconds, []);
  } catch (error) {
    if (!(error instanceof PlainError)) throw error;
    return { counts: { passed: 0, failed: 1, skipped: 0 }, problem: error.message };
  }
}

/** Everything that any tier needs, at once and first; a tier whose needs are not met fails by itself later, with the reason. */
async function setUpAll() {
  try {
    await setUp([...new Set(tiers.flatMap(({ needs }) => needs))]);
  } catch (error) {
    if (!(error instanceof PlainError)) throw error;
    tell(error.message);
  }
}

/** @type {Set<string>} problems that were told in full */
const told = new Set();

/** @param {string} problem */
function tell(problem) {
  console.log(told.has(problem) ? `${problem.split("\n")[0] ?? ""} (see above)` : problem);
  told.add(problem);
}

/** @param {readonly Result[]} results */
function report(results) {
  console.log("\ntier      passed  failed  skipped  time");
  for (const { name, counts, time, problem } of results) {
    const numbers = [String(counts.passed).padStart(6), String(counts.failed).padStart(6), String(counts.skipped).padStart(7)];
    console.log(`${name.padEnd(8)}  ${numbers.join("  ")}  ${time}${problem === undefined ? "" : `  (${problem.split("\n")[0] ?? ""})`}`);
  }
}

await main(async () => {
  const started = Date.now();
  setOverallBudget(OVERALL_BUDGET_SECONDS);
  await setUpAll();
  console.log(`set-up: ready after ${seconds(started)}`);
  const results = [];
  for (const tier of tiers) {
    const tierStarted = Date.now();
    console.log(`\n=== ${tier.name} (at most ${tier.budgetSeconds} s)`);
    const outcome = await runTier(tier);
    if (outcome.problem !== undefined) tell(outcome.problem);
    results.push({ name: tier.name, time: seconds(tierStarted), ...outcome });
  }
  report(results);
  const { passed, failed, skipped } = sum(results.map(({ counts }) => counts));
  console.log(`all tiers after ${seconds(started)}\n\n${passed} passed, ${failed} failed, ${skipped} skipped`);
  if (failed > 0) process.exitCode = 1;
});
