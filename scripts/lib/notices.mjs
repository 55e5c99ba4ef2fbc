// The licences of the packages whose code is in the bundles: whoever gets dist/ gets them too.
import fs from "node:fs";
import { inRoot } from "./paths.mjs";

/** @param {string} input a file that was bundled, relative to the repository @returns {string | undefined} the package it belongs to */
function packageOf(input) {
  return /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1];
}

/** @param {string} name */
function notice(name) {
  const folder = inRoot("node_modules", name);
  const { version, license } = JSON.parse(fs.readFileSync(inRoot("node_modules", name, "package.json"), "utf8"));
  const file = fs.readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file === undefined ? "" : fs.readFileSync(inRoot("node_modules", name, file), "utf8").trim();
  return `${name} ${version} (${license})\n\n${text}\n`;
}

/**
 * The notices of every package that the given files belong to.
 *
 * @param {Iterable<string>} inputs
 */
export function notices(inputs) {
  const names = new Set([...inputs].map(packageOf).filter((name) => name !== undefined));
  return [...names]
    .sort()
    .map(notice)
    .join(`\n${"-".repeat(80)}\n\n`);
}
