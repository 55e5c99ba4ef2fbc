#!/usr/bin/env node
// Changes one function body of the example, or changes it back: `node edit.mjs --apply|--revert DIR`, where DIR is a copy of the workspace.
// rustc then re-compiles that function's codegen unit and those that had imported the function; it re-uses the others.
import fs from "node:fs";
import path from "node:path";

const FILE = path.join("crates", "textstats", "src", "bars.rs");
const BEFORE = `    let mut text = "#".repeat(filled);`;
const AFTER = `    let mut text = if filled == WIDTH { "=" } else { "-" }.repeat(filled);`;

const [option, folder, ...rest] = process.argv.slice(2);
if ((option !== "--apply" && option !== "--revert") || folder === undefined || rest.length > 0) {
  console.error("usage: node edit.mjs --apply|--revert DIR");
  process.exit(2);
}
const [from, to] = option === "--apply" ? [BEFORE, AFTER] : [AFTER, BEFORE];
const file = path.join(folder, FILE);
const text = fs.readFileSync(file, "utf8");
if (text.includes(to) && !text.includes(from)) {
  console.log(`${file}: nothing to do`);
} else if (text.split(from).length !== 2) {
  console.error(`${file}: the line to change is not there once:\n${from}`);
  process.exit(1);
} else {
  fs.writeFileSync(file, text.replace(from, to));
  console.log(`${file}: changed the body of bar()`);
}
