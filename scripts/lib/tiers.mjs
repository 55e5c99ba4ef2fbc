// The tiers of tests, in the order in which `npm test` runs them.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { engineTests, odrCheck, testedSeries } from "./addon.mjs";
import { lintChecks, runChecks, typeChecks } from "./checks.mjs";
import { countsOfGoogleTest, countsOfNodeTest, failuresOfNodeTest, judge, sum } from "./counts.mjs";
import { cache, inRoot, root } from "./paths.mjs";
import { run } from "./run.mjs";
import { chosenGoogleTests, chosenTests } from "./test-choice.mjs";

/**
 * @typedef {import("./test-choice.mjs").Choice} Choice
 *
 * @typedef {{ counts: import("./counts.mjs").Counts, problem?: string, failures?: string }} Outcome `failures`: what the runner reports about
 * failed tests
 *
 * @typedef {object} Tier
 * @property {string} name
 * @property {readonly import("./setup.mjs").Need[]} needs
 * @property {(choice: Choice) => Promise<Outcome>} run
 */

/** Without source maps, failures would be reported at lines of tsx's output. */
export const NODE_TEST = ["--enable-source-maps", "--import", "tsx", "--test", "--test-reporter=spec"];

/** Runs files in parallel: most wait for other programs, and Node's default leaves one of two processors idle. */
const SIDE_BY_SIDE = `--test-concurrency=${os.availableParallelism()}`;

/**
 * The environment of tests for node:test. They use no network, and additional certificates cost 50 ms in each of the thousands of Node programs
 * that they start.
 */
const withoutCertificates = () => ({ ...process.env, NODE_EXTRA_CA_CERTS: undefined });

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

/** @param {import("./run.mjs").RunResult} result of a program with Node's tests @returns {Outcome} */
export function judgeNodeTest(result) {
  const failures = failuresOfNodeTest(result.output);
  return { ...judge(countsOfNodeTest(result.output), result), ...(failures === undefined ? {} : { failures }) };
}

/** @param {readonly string[]} folders folders of test/ @returns {Tier["run"]} */
function nodeTests(...folders) {
  return async (choice) => {
    const { files, names } = chosenTests(
      testFiles(folders).map((file) => path.relative(root, file)),
      choice,
    );
    // Without a file name, Node would look for tests everywhere.
    if (files.length === 0) return { counts: { passed: 0, failed: 1, skipped: 0 }, problem: "has no test files" };
    const args = [...NODE_TEST, SIDE_BY_SIDE, ...names, ...files];
    const judged = judgeNodeTest(await run(process.execPath, args, { env: withoutCertificates(), onOutput: show }));
    const { passed, failed } = judged.counts;
    // Node counts tests that were not chosen as skipped.
    if (names.length === 0 || passed + failed > 0) return judged;
    return { counts: { ...judged.counts, failed: 1 }, problem: "has no test of that name" };
  };
}

/**
 * @param {import("./llvm-series.mjs").LlvmSeries} series
 * @param {Choice} choice
 * @param {(program: string, args: readonly string[]) => Promise<import("./run.mjs").RunResult>} [start]
 * @returns {Promise<Outcome>}
 */
export async function googleTests(series, choice, start = (program, args) => run(program, args, { onOutput: show })) {
  const report = path.join(cache, `engine-tests-${series.major}.json`);
  fs.rmSync(report, { force: true });
  console.log(`engine: LLVM ${series.major}`);
  const args = [`--gtest_output=json:${report}`, "--gtest_brief=1", ...chosenGoogleTests(choice)];
  const result = await start(engineTests(series), args);
  return judge(fs.existsSync(report) ? countsOfGoogleTest(fs.readFileSync(report, "utf8")) : undefined, result);
}

/** The engine's own tests, for every series that it is built for; and if all are requested, the check that needs everything linked. @type {Tier["run"]} */
async function engineTier(choice) {
  /** @type {Outcome[]} */
  const outcomes = [];
  for (const series of testedSeries()) outcomes.push(await googleTests(series, choice));
  if (chosenGoogleTests(choice).length === 0) outcomes.push({ counts: await runChecks([odrCheck()]) });
  const problems = outcomes.flatMap(({ problem }) => problem ?? []);
  return { counts: sum(outcomes.map(({ counts }) => counts)), ...(problems.length === 0 ? {} : { problem: problems.join("; ") }) };
}

/** @param {() => readonly import("./checks.mjs").Check[]} checks @returns {Tier["run"]} */
function sourceChecks(checks) {
  return async () => ({ counts: await runChecks(checks()) });
}

/** @type {readonly import("./setup.mjs").Need[]} */
const everything = ["npm", "addon", "bundles", "rust", "vscode", "browser"];

/** @type {readonly Tier[]} */
export const tiers = [
  { name: "lint", needs: ["npm", "lint"], run: sourceChecks(lintChecks) },
  { name: "types", needs: ["npm"], run: sourceChecks(typeChecks) },
  { name: "unit", needs: ["npm", "process-addon", "bundles"], run: nodeTests("unit") },
  { name: "engine", needs: ["npm", "addon", "engine-tests"], run: engineTier },
  { name: "fuzz", needs: ["npm", "addon", "rust", "fuzz"], run: nodeTests("fuzz") },
  { name: "addon", needs: ["npm", "addon", "bundles", "rust"], run: nodeTests("addon") },
  { name: "cli", needs: ["npm", "addon", "bundles", "rust", "more-rust"], run: nodeTests("cli") },
  { name: "server", needs: ["npm", "addon", "bundles", "rust"], run: nodeTests("server") },
  { name: "webview", needs: ["npm", "browser"], run: nodeTests("webview") },
  { name: "host", needs: everything, run: nodeTests("host") },
  { name: "e2e", needs: [...everything, "vsix"], run: nodeTests("e2e") },
];
