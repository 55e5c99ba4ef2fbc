/** extension: measures how fast the extension is, and compares that with its limits. */
import fs from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { RESULTS, WORK } from "../lib/paths.js";
import { repeat, spread, type Spread } from "../lib/statistics.js";
import { dashboard } from "./dashboard.js";
import { host } from "./host.js";
import { longFunction } from "./long-function.js";
import { unifiedDiffs } from "./unified-diff.js";
import { manyModules } from "./many-modules.js";

export const EXTENSION_USAGE = `usage: npm run bench -- extension [options]

  --times N   measurements of each figure (default: 5); the table has medians
  --no-host   skip measurements in VS Code (\`npm run test:host\` sets it up)
  --help      print this help`;

interface Row {
  readonly figure: string;
  readonly millis: Spread;
  readonly atMost?: number;
}

/** @returns the exit code: 0, even if a limit is missed; the table says so */
export async function extension(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    allowNegative: true,
    options: {
      times: { type: "string", default: "5" },
      host: { type: "boolean", default: true },
    },
  });
  const times = Number(values.times);
  const work = path.join(WORK, "extension");
  const rows: Row[] = [];
  const notes: string[] = [];
  const many = await repeat(times, async () => manyModules(work, 10_000));
  rows.push({
    figure: "tree of 10,000 CGUs: first groups, from the server",
    millis: spread(many.map((run) => run.firstPaint)),
    atMost: 300,
  });
  rows.push({
    figure: "tree of 10,000 CGUs: a group's crates and first 500 CGUs",
    millis: spread(many.map((run) => run.expand)),
    atMost: 300,
  });
  rows.push({
    figure: "tree of 10,000 CGUs: the filter after a letter, all groups with their crates and first 500 CGUs",
    millis: spread(many.flatMap((run) => run.filtered)),
    atMost: 300,
  });
  const texts = await longFunction(path.join(work, "long"), 5000, times);
  rows.push({ figure: "stage diff of a function of 5,000 lines: both sides, all filters", millis: spread(texts), atMost: 300 });
  const diffs = Array.from({ length: times }, unifiedDiffs);
  rows.push({
    figure: "unified diff of 5,000 lines, 100 of them removed",
    millis: spread(diffs.map(({ similar }) => similar)),
    atMost: 300,
  });
  rows.push({ figure: "unified diff of 5,000 and 4,000 lines with nothing in common", millis: spread(diffs.map(({ unlike }) => unlike)) });
  const { paint, treemap, sort, filter } = await dashboard({ modules: 1000, symbols: 10_000, times });
  rows.push({ figure: "dashboard of 1,000 modules: first paint", millis: spread(paint), atMost: 500 });
  rows.push({ figure: "dashboard of 1,000 modules: treemap of an output with 10,000 symbols", millis: spread(treemap), atMost: 500 });
  rows.push({ figure: "dashboard of 1,000 modules: sort", millis: spread(sort) });
  rows.push({ figure: "dashboard of 1,000 modules: filter (including 150 ms of waiting for more letters)", millis: spread(filter) });
  if (values.host) {
    const hosts = await repeat(times, async () => host(work));
    rows.unshift({ figure: "activation", millis: spread(hosts.map((run) => run.activation)), atMost: 50 });
    const last = hosts.at(-1);
    const megabytes = (bytes = 0): string => `${(bytes / 1e6).toFixed(1)} MB`;
    notes.push(
      `Extension host memory: ${megabytes(last?.heap)} of heap and ${megabytes(last?.resident)} resident added by activation, of ${megabytes(last?.whole)} in total.`,
    );
  }
  await report(rows, notes);
  return 0;
}

async function report(rows: readonly Row[], notes: readonly string[]): Promise<void> {
  const line = ({ figure, millis, atMost }: Row): string => {
    const measured = `${millis.median.toFixed(0)} ms (${millis.least.toFixed(0)}–${millis.most.toFixed(0)})`;
    const verdict = atMost === undefined ? ["", ""] : [`at most ${atMost} ms`, millis.median <= atMost ? "met" : "**missed**"];
    return `| ${[figure, measured, ...verdict].join(" | ")} |`;
  };
  const text = [
    "# extension",
    "",
    "| figure | median (least–most) | limit | |",
    "| --- | --- | --- | --- |",
    ...rows.map(line),
    "",
    ...notes,
    "",
  ].join("\n");
  await fs.mkdir(RESULTS, { recursive: true });
  await fs.writeFile(path.join(RESULTS, "extension.md"), text);
  console.log(`\n${text}`);
}
