// Installs npm packages exactly as package-lock.json says, if node_modules has anything else.
import fs from "node:fs";
import { inRoot } from "./paths.mjs";
import { PlainError, runLogged, step } from "./run.mjs";

/** eslint 10 and cmake-js 8 need this version to build and test; the programs in dist/ run on any Node 20. */
const OLDEST_NODE = [20, 19];

/** @typedef {{ packages: Record<string, { version?: string, optional?: boolean }> }} Lock */

/**
 * @param {string} file
 * @returns {Lock | undefined} undefined if it cannot be read
 */
function readLock(file) {
  try {
    return /** @type {Lock} */ (JSON.parse(fs.readFileSync(file, "utf8")));
  } catch {
    return undefined;
  }
}

/** npm writes node_modules/.package-lock.json last, so an interrupted installation is not taken for a complete one. */
function installedAsLocked() {
  const wanted = readLock(inRoot("package-lock.json"));
  const present = readLock(inRoot("node_modules", ".package-lock.json"));
  if (!wanted || !present) return false;
  return Object.entries(wanted.packages).every(
    ([name, { version, optional }]) => name === "" || optional === true || present.packages[name]?.version === version,
  );
}

/** @throws {PlainError} */
function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST_NODE;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  throw new PlainError(`Node ${process.versions.node} is too old to build LTO Inspector: install Node ${OLDEST_NODE.join(".")} or later.`);
}

/** Installs the npm packages if they are not as package-lock.json says. */
export async function ensureNpmPackages() {
  checkNode();
  if (installedAsLocked()) return;
  await step("npm packages", () =>
    // No package needs its install script: esbuild and cmake-js contain what they use.
    runLogged("npm ci", "npm-ci", "npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"]),
  );
}
