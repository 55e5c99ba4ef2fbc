// The licences of the packages whose code is in the bundles and in the engines; they are distributed with dist/.
import fs from "node:fs";
import { inRoot } from "./paths.mjs";

/** @param {string} input a file that was bundled, relative to the repository @returns {string | undefined} the package it belongs to */
function packageOf(input) {
  return /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1];
}

/**
 * The licence of a package without a licence file: the text of MIT is always the same, and taken from our own LICENSE.
 *
 * @param {{ license?: string, author?: string | { name: string } }} manifest
 */
function wellKnown({ license, author }) {
  const holder = typeof author === "object" ? author.name : author;
  if (license !== "MIT" || holder === undefined) return "";
  return fs
    .readFileSync(inRoot("LICENSE"), "utf8")
    .replace(/^Copyright.*$/m, `Copyright (c) ${holder}`)
    .trim();
}

/** @param {string} name */
function notice(name) {
  const folder = inRoot("node_modules", name);
  const manifest = JSON.parse(fs.readFileSync(inRoot("node_modules", name, "package.json"), "utf8"));
  const { version, license } = manifest;
  const file = fs.readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file === undefined ? wellKnown(manifest) : fs.readFileSync(inRoot("node_modules", name, file), "utf8").trim();
  return `${name} ${version} (${license})\n\n${text}\n`;
}

/** What is compiled into the engines (lto_inspector-*.node) besides our own code. libLLVM itself is not shipped. */
const IN_ENGINES = `LLVM, every series that there is an engine for (Apache-2.0 WITH LLVM-exception)

The engines contain code of LLVM's headers.
${"-".repeat(80)}

libstdc++ and libgcc (GPL-3.0-or-later WITH GCC-exception-3.1)

The engines are linked to both statically.
`;

/**
 * The notices of every package that the given files belong to, and of what is in the engines.
 *
 * @param {Iterable<string>} inputs
 */
export function notices(inputs) {
  const names = new Set([...inputs].map(packageOf).filter((name) => name !== undefined));
  names.add("node-addon-api");
  return [...[...names].sort().map(notice), IN_ENGINES].join(`\n${"-".repeat(80)}\n\n`);
}
