// The tiers of tests, in the order in which `npm test` runs them.
import fs from "node:fs";
import path from "node:path";
import { engineTests } from "./addon.mjs";
import { lintChecks, runChecks, typeChecks } from "./checks.mjs";
import { countsOfGoogleTest, countsOfNodeTest, judge } from "./counts.mjs";
import { cache, inRoot, root } from "./paths.mjs";
import { run } from "./run.mjs";

/**
 * @typedef {{ counts: import("./counts.mjs").Counts, problem?: string }} Outcome
 *
 * @typedef {object} Tier
 * @property {string} name
 * @property {number} budgetSeconds
 * @property {readonly import("./setup.mjs").Need[]} needs
 * @property {(budgetSeconds: number, filters: readonly string[]) => Promise<Outcome>} run `filters`: parts of the names of the tests wanted
 */

/** @param {string} text */
const show = (text) => process.stdout.write(text);

/** @param {readonly string[]} folders */
function testFiles(folders) {
  return folders
    .map((folder) => inRoot("test", folder))
    .filter((folder) => fs.existsSync(folder))
    .flatMap((folder) => fs.readdirSync(folder, { recursive: true, encoding: "utf8" }).map((file) => path.join(folder, file)))
    .filter((file) => file.endsWith(".test.ts"))
    .sort();
}

/** @param {readonly string[]} folders folders of test/ @returns {Tier["run"]} */
function nodeTests(...folders) {
  return async (budgetSeconds, filters) => {
    const files = testFiles(folders)
      .map((file) => path.relative(root, file))
      .filter((file) => filters.length === 0 || filters.some((filter) => file.includes(filter)));
    // Without a file Node would look for tests everywhere.
    if (files.length === 0) return { counts: { passed: 0, failed: 1, skipped: 0 }, problem: "has no test files" };
    const args = ["--import", "tsx", "--test", "--test-reporter=spec", ...files];
    const result = await run(process.execPath, args, { budgetSeconds, onOutput: show });
    return judge(countsOfNodeTest(result.output), result);
  };
}

/** @type {Tier["run"]} */
async function googleTests(budgetSeconds, filters) {
  const report = path.join(cache, "engine-tests.json");
  fs.rmSync(report, { force: true });
  const args = [`--gtest_output=json:${report}`, "--gtest_brief=1"];
  if (filters.length > 0) args.push(`--gtest_filter=${filters.map((filter) => `*${filter}*`).join(":")}`);
  const result = await run(engineTests, args, { budgetSeconds, onOutput: show });
  return judge(fs.existsSync(report) ? countsOfGoogleTest(fs.readFileSync(report, "utf8")) : undefined, result);
}

/** @param {() => readonly import("./checks.mjs").Check[]} checks @returns {Tier["run"]} */
function sourceChecks(checks) {
  return async (budgetSeconds) => ({ counts: await runChecks(checks(), { budgetSeconds }) });
}

/** @type {readonly import("./setup.mjs").Need[]} */
const everything = ["npm", "addon", "bundles", "rust", "vscode", "browser"];

/** Together with the set-up of a fresh machine these stay within the 40 minutes that `npm test` gives itself. */
export const OVERALL_BUDGET_SECONDS = 40 * 60;

/** @type {readonly Tier[]} */
export const tiers = [
  { name: "lint", budgetSeconds: 240, needs: ["npm", "lint"], run: sourceChecks(lintChecks) },
  { name: "types", budgetSeconds: 120, needs: ["npm"], run: sourceChecks(typeChecks) },
  { name: "unit", budgetSeconds: 240, needs: ["npm", "process-addon"], run: nodeTests("unit") },
  { name: "engine", budgetSeconds: 240, needs: ["npm", "addon", "engine-tests"], run: googleTests },
  { name: "fuzz", budgetSeconds: 240, needs: ["npm", "addon", "rust", "fuzz"], run: nodeTests("fuzz") },
  { name: "addon", budgetSeconds: 360, needs: ["npm", "addon", "bundles", "rust"], run: nodeTests("addon") },
  { name: "cli", budgetSeconds: 1200, needs: ["npm", "addon", "bundles", "rust"], run: nodeTests("cli") },
  { name: "server", budgetSeconds: 360, needs: ["npm", "addon", "bundles", "rust"], run: nodeTests("server") },
  { name: "webview", budgetSeconds: 420, needs: ["npm", "browser"], run: nodeTests("webview") },
  { name: "host", budgetSeconds: 600, needs: everything, run: nodeTests("host") },
  { name: "e2e", budgetSeconds: 900, needs: [...everything, "vsix"], run: nodeTests("e2e") },
];
