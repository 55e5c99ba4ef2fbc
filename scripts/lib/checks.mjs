// Checks of the sources that are not tests: lint, layout, types.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { noCounts } from "./counts.mjs";
import { inRoot } from "./paths.mjs";
import { run, seconds } from "./run.mjs";
import { clangFormat } from "./system-packages.mjs";

/** @typedef {{ name: string, program: string | undefined, args: readonly string[], fix: readonly string[], otherwise?: string }} Check */

/** @param {string} name @param {string} file @returns {Pick<Check, "name" | "program">} */
const npmProgram = (name, file) => ({ name, program: inRoot("node_modules", file) });

function cppFiles() {
  const folder = inRoot("addon");
  if (!fs.existsSync(folder)) return [];
  return fs
    .readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.(cpp|h)$/.test(file) && !file.startsWith(`build${path.sep}`))
    .map((file) => path.join(folder, file))
    .sort();
}

/** @returns {readonly Check[]} */
export function lintChecks() {
  return [
    { ...npmProgram("eslint", "eslint/bin/eslint.js"), args: ["--max-warnings=0", "."], fix: ["--fix", "."] },
    {
      ...npmProgram("prettier", "prettier/bin/prettier.cjs"),
      args: ["--check", "--log-level=warn", "."],
      fix: ["--write", "--log-level=warn", "."],
    },
    {
      name: "clang-format",
      program: clangFormat(),
      args: ["--dry-run", "--Werror", ...cppFiles()],
      fix: ["-i", ...cppFiles()],
      otherwise: "clang-format 22 is not installed",
    },
  ];
}

/** @returns {readonly Check[]} */
export function typeChecks() {
  // The page has the DOM's types and not Node's, its tests have both, and everything else only has Node's.
  return [".", "webview", "test/webview"].map((folder) => {
    const args = ["--noEmit", "--project", folder];
    return { ...npmProgram(folder === "." ? "tsc" : `tsc ${folder}`, "typescript/bin/tsc"), args, fix: args };
  });
}

/** @param {string} output */
function shorten(output) {
  const lines = output.split("\n");
  if (lines.length <= 80) return output;
  return [...lines.slice(0, 80), `… and ${lines.length - 80} lines more; \`npm run format\` fixes layout`].join("\n");
}

/** @param {Check} check @param {boolean} fix @returns {Promise<"passed" | "failed" | "skipped">} */
async function runCheck(check, fix) {
  const started = Date.now();
  if (check.program === undefined) {
    console.log(`﹣ ${check.name} # SKIP ${check.otherwise ?? "not installed"}`);
    return "skipped";
  }
  const args = fix ? check.fix : check.args;
  const script = /\.c?js$/.test(check.program) || check.program.includes("node_modules");
  const [program, all] = script ? [process.execPath, [check.program, ...args]] : [check.program, args];
  const { code, output, stalled } = await run(program, all);
  const good = code === 0;
  console.log(`${good ? "✔" : "✖"} ${check.name} (${seconds(started)})${stalled === null ? "" : `: ${stalled}`}`);
  if (!good) console.log(shorten(output.trimEnd()));
  return good ? "passed" : "failed";
}

/**
 * Runs checks side by side, unless they change files; each counts as one test.
 *
 * @param {readonly Check[]} checks
 * @param {{ fix?: boolean }} [options]
 */
export async function runChecks(checks, { fix = false } = {}) {
  const counts = noCounts();
  const left = [...checks];
  const work = async () => {
    for (let check = left.shift(); check !== undefined; check = left.shift()) counts[await runCheck(check, fix)] += 1;
  };
  await Promise.all(Array.from({ length: fix ? 1 : os.availableParallelism() }, work));
  return counts;
}
