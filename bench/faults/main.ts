/** faults: a campaign of damaged input and of programs that are killed; its figures stand in docs/faults.md. */
import fs from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { CLI, RESULTS, WORK } from "../lib/paths.js";
import { damagedFiles, type DamagedFilesResult } from "./damaged-files.js";
import { kills, type KillsResult } from "./kills.js";

export const FAULTS_USAGE = `usage: npm run bench -- faults [options]

  --files N     damaged files (default: 20000)
  --only N,N    these cases of damage only, to look at them again (no kills)
  --kills N     programs that are killed at a random moment (default: 200)
  --seed N      another seed gives other damage (default: 1)
  --limit N     seconds that one damaged file may take (default: 30)
  --cli FILE    the built command line, for --kills (default: dist/cli.js)
  --help        print this and end

Exits with 1 when a file was not answered, or a run after a kill was not right.`;

/** @returns the exit code */
export async function faults(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      files: { type: "string", default: "20000" },
      only: { type: "string" },
      kills: { type: "string", default: "200" },
      seed: { type: "string", default: "1" },
      limit: { type: "string", default: "30" },
      cli: { type: "string", default: CLI },
    },
  });
  const seed = Number(values.seed);
  const work = path.join(WORK, "faults");
  const parts: string[] = ["# faults", ""];
  let bad = 0;
  const cases = values.only?.split(",").map(Number) ?? Array.from({ length: Number(values.files) }, (_, index) => index);
  if (cases.length > 0) {
    const result = await damagedFiles({ cases, seed, limit: Number(values.limit), work: path.join(work, "files") });
    bad += result.bad.length;
    parts.push(...filesText(result));
  }
  if (values.only === undefined && Number(values.kills) > 0) {
    const result = await kills({ count: Number(values.kills), seed, cli: path.resolve(values.cli), work: path.join(work, "kills") });
    bad += result.bad.length;
    parts.push(...killsText(result));
  }
  const text = parts.join("\n");
  await fs.mkdir(RESULTS, { recursive: true });
  await fs.writeFile(path.join(RESULTS, "faults.md"), text);
  console.log(`\n${text}\nwritten to ${path.relative(process.cwd(), path.join(RESULTS, "faults.md"))}`);
  return bad === 0 ? 0 : 1;
}

function filesText({ count, outcomes, bad, slowestSeconds, seconds }: DamagedFilesResult): string[] {
  const rows = [...outcomes].sort(([, left], [, right]) => right - left).map(([outcome, times]) => `| ${outcome} | ${times} |`);
  return [
    `${count} damaged files in ${(seconds / 60).toFixed(1)} min, the slowest answered after ${slowestSeconds.toFixed(1)} s; ${bad.length} not answered as they should.`,
    "",
    ...["| outcome | files |", "| --- | --- |", ...rows, ""],
    ...bad.slice(0, 100).map(({ index, what }) => `* case ${index}: ${what}`),
    "",
  ];
}

function killsText({ count, victims, underWay, bad, seconds }: KillsResult): string[] {
  const who = [...victims].map(([victim, times]) => `${victim} ${times}`).join(", ");
  return [
    `${count} kills in ${(seconds / 60).toFixed(1)} min (${who}; ${underWay} of them in the middle of a run): ${bad.length} times the next run was not right.`,
    ...bad.slice(0, 100).map(({ index, what }) => `* kill ${index}: ${what}`),
    "",
  ];
}
