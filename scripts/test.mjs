// `npm test`: all set-up, then every tier. A tier that fails does not stop the next ones.
import { main } from "./lib/main.mjs";
import { finish, report } from "./lib/report.mjs";
import { PlainError, seconds } from "./lib/run.mjs";
import { setUp } from "./lib/setup.mjs";
import { MissingError } from "./lib/system-packages.mjs";
import { ALL_TESTS } from "./lib/test-choice.mjs";
import { tiers } from "./lib/tiers.mjs";

/** @typedef {import("./lib/tiers.mjs").Tier} Tier */

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
  report("tier", results);
  console.log(`all tiers after ${seconds(started)}`);
  finish(results);
});
