/** faults: a campaign of damaged input, hostile workspaces and programs that are killed; docs/faults.md has its figures. */
import fs from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { BenchFailure } from "../lib/failure.js";
import { CLI, RESULTS, WORK } from "../lib/paths.js";
import { captures } from "./captures.js";
import { mutatedFiles } from "./disk/main.js";
import { codeOfWorkspaces } from "./code.js";
import { damagedFilesPart } from "./damaged-files.js";
import { injections } from "./injections.js";
import { killsPart } from "./kills.js";
import type { Part } from "./part.js";
import { fuzzedRequests } from "./requests.js";
import { longSession } from "./session.js";

const PARTS: readonly Part[] = [
  { name: "files", what: "damaged bitcode, objects and archives through the engine", count: 20_000, run: damagedFilesPart },
  { name: "kills", what: "runs in which the server, the command line or the engine is killed", count: 200, run: killsPart },
  { name: "session", what: "requests in one server: memory, open files and store stay bounded", count: 300, run: longSession },
  { name: "requests", what: "fuzzed requests to a server", count: 5000, run: fuzzedRequests },
  { name: "formats", what: "mutated files of each format in the store and in sessions", count: 2000, run: mutatedFiles },
  {
    name: "code",
    what: "attempts to run code of a workspace that is inspected, or of a capture that is replayed (at most)",
    count: 100,
    run: codeOfWorkspaces,
  },
  { name: "injections", what: "commands that print names with escape sequences (at most)", count: 100, run: injections },
  { name: "captures", what: "captures that are killed, each with the next capture at once", count: 50, run: captures },
];

export const FAULTS_USAGE = `usage: npm run bench -- faults [PART…] [options]

Without a part, runs all of them, one after the other:

${PARTS.map(({ name, what, count }) => `  ${name.padEnd(13)} ${what} (${count})`).join("\n")}

  --count N     cases of each part, instead of the number in brackets
  --only N,N    only these cases, to examine them again (with one part)
  --seed N      another seed makes other cases (default: 1)
  --limit N     seconds without an answer that count as hanging (default: 30)
  --cli FILE    the built command line (default: dist/cli.js)
  --help        print this help

Exits with 1 if a case failed.`;

/** @returns the exit code */
export async function faults(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      count: { type: "string" },
      only: { type: "string" },
      seed: { type: "string", default: "1" },
      limit: { type: "string", default: "30" },
      cli: { type: "string", default: CLI },
    },
  });
  const chosen = partsNamed(positionals);
  if (values.only !== undefined && chosen.length !== 1) throw new BenchFailure("--only needs one part.", FAULTS_USAGE);
  const options = {
    seed: wholeNumber("seed", values.seed),
    limit: wholeNumber("limit", values.limit),
    only: values.only?.split(",").map((text) => wholeNumber("only", text)),
    cli: path.resolve(values.cli),
  };
  let failures = 0;
  for (const part of chosen) {
    const work = path.join(WORK, "faults", part.name);
    await fs.rm(work, { recursive: true, force: true, maxRetries: 5 });
    await fs.mkdir(work, { recursive: true });
    const count = values.count === undefined ? part.count : wholeNumber("count", values.count);
    const result = await part.run(count, { ...options, work });
    failures += result.failures.length;
    await report(part.name, result.text);
  }
  return failures === 0 ? 0 : 1;
}

function partsNamed(names: readonly string[]): readonly Part[] {
  const unknown = names.find((name) => PARTS.every((part) => part.name !== name));
  if (unknown !== undefined) throw new BenchFailure(`There is no part ${unknown}.`, FAULTS_USAGE);
  return names.length === 0 ? PARTS : PARTS.filter(({ name }) => names.includes(name));
}

function wholeNumber(option: string, text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new BenchFailure(`--${option} takes a whole number, not ${text}.`, FAULTS_USAGE);
}

async function report(name: string, lines: readonly string[]): Promise<void> {
  const text = [`# faults: ${name}`, "", ...lines].join("\n");
  const file = path.join(RESULTS, `faults-${name}.md`);
  await fs.mkdir(RESULTS, { recursive: true });
  await fs.writeFile(file, text);
  console.log(`\n${text}\nwritten to ${path.relative(process.cwd(), file)}`);
}
