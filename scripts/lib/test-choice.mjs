// Chooses the tests of a tier to run: `npm run test:unit -- [PART…] [-t NAME…]`.
import { parseArgs } from "node:util";
import { PlainError } from "./run.mjs";

/**
 * @typedef {object} Choice
 * @property {readonly string[]} filters parts of file names, or of test names if no file name contains them
 * @property {readonly string[]} names parts of test names; a test whose name contains one of them runs
 */

/** @type {Choice} */
export const ALL_TESTS = { filters: [], names: [] };

/**
 * @param {readonly string[]} args the arguments of scripts/test-tier.mjs
 * @param {readonly string[]} tiers
 * @returns {{ tier: string, choice: Choice }}
 * @throws {PlainError} with the usage
 */
export function readChoice(args, tiers) {
  const usage = `usage: test-tier.mjs ${tiers.join("|")} [PART OF A FILE'S OR A TEST'S NAME…] [-t|--name PART OF A TEST'S NAME]…`;
  try {
    const options = /** @type {const} */ ({ name: { type: "string", short: "t", multiple: true } });
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    const [tier = "", ...filters] = positionals;
    if (!tiers.includes(tier)) throw new PlainError(usage);
    return { tier, choice: { filters, names: values.name ?? [] } };
  } catch (error) {
    if (error instanceof PlainError) throw error;
    throw new PlainError(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
  }
}

/**
 * A filter that is part of a file's name chooses that file; any other filter is part of test names. If names are given too, filters only apply to
 * file names.
 *
 * @param {readonly string[]} files
 * @param {Choice} choice
 * @returns {{ files: readonly string[], names: readonly string[] }} files, and options of Node's that choose tests in them
 * @throws {PlainError} if no file name contains the filter and tests are chosen by `-t`
 */
export function chosenTests(files, { filters, names }) {
  const inFiles = filters.filter((filter) => files.some((file) => file.includes(filter)));
  const others = filters.filter((filter) => !inFiles.includes(filter));
  if (names.length > 0 && others[0] !== undefined) throw new PlainError(`No test file has ${JSON.stringify(others[0])} in its name.`);
  return {
    files: inFiles.length > 0 ? files.filter((file) => inFiles.some((filter) => file.includes(filter))) : files,
    names: [...others, ...names].map((name) => `--test-name-pattern=${name.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&")}`),
  };
}

/**
 * The same for the engine's own tests, which are one program: a filter is part of a suite's or a test's name, and a name must follow it.
 *
 * @param {Choice} choice
 * @returns {readonly string[]} options of GoogleTest's
 */
export function chosenGoogleTests({ filters, names }) {
  const patterns =
    names.length === 0 ? filters : names.flatMap((name) => (filters.length === 0 ? [name] : filters.map((filter) => `${filter}*${name}`)));
  return patterns.length === 0 ? [] : [`--gtest_filter=${patterns.map((pattern) => `*${pattern}*`).join(":")}`];
}
