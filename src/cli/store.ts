/** `store [--prune] [--check [--repair]]`: shows what the store contains, its size and quota; removes the oldest entries; audits everything. */
import { Command } from "commander";
import { readingEngine } from "../core/replay/reading-engine.js";
import { engineDigests } from "../core/engine/digests.js";
import { prune } from "../core/store/prune.js";
import { checkStore } from "../core/store/store-check.js";
import { inventory, storeQuota } from "../core/store/store-inventory.js";
import { EXIT } from "../protocol/error-table.js";
import { formatCaptureRef } from "../protocol/refs.js";
import type { StoreCheck, StoreReport } from "../protocol/reports.js";
import { withJson, type Cli, type Colors, type CommandOptions, type Invocation } from "./context.js";
import { bytes, counted } from "../protocol/words.js";

interface StoreFlags extends CommandOptions {
  readonly prune?: true;
  readonly check?: true;
  readonly repair?: true;
}

/** The most problems to list; the report has all of them. */
const LISTED = 50;

export function storeCommand(cli: Cli): Command {
  const command = new Command("store")
    .description("show what the store contains, its size and its quota (LTO_INSPECTOR_STORE_QUOTA)")
    .option("--prune", "remove the oldest stages, runs and earlier captures until the store is below its quota; pinned runs stay")
    .option("--check", "check every stored stage, record, capture, run and verification; exit with 1 if anything is wrong")
    .option("--repair", "with --check: remove damaged stages and records, which are made again when needed");
  return withJson(command).action((flags: StoreFlags) =>
    cli.run(flags, "Reading the store", async (invocation) => {
      const { core, colors, signal } = invocation;
      const quota = storeQuota();
      const check = flags.check === true || flags.repair === true ? await checked(invocation, flags.repair === true) : null;
      const pruned = flags.prune === true ? await prune(core.layout, quota, signal) : null;
      const report: StoreReport = { ...(await inventory(core.layout, quota)), pruned, check };
      const wrong = check?.problems.some(({ repaired }) => !repaired) === true;
      return { report, lines: storeLines(report, colors), exit: wrong ? EXIT.differs : EXIT.done };
    }),
  );
}

async function checked(invocation: Invocation, repair: boolean): Promise<StoreCheck> {
  const { core, signal } = invocation;
  const engine = await readingEngine(core, "auto");
  const progress = (what: string): void => {
    invocation.progress(`store: ${what}`);
  };
  return checkStore(core.layout, engineDigests(engine), { repair, signal, progress });
}

function storeLines(report: StoreReport, colors: Colors): string[] {
  const over = report.totalBytes > report.quotaBytes ? colors.yellow("  over its quota: use --prune") : "";
  const lines = [
    `${colors.bold(report.root)}  ${bytes(report.totalBytes)} of ${bytes(report.quotaBytes)}${over}`,
    ...report.parts.map((part) => `  ${part.name.padEnd(9)} ${bytes(part.bytes).padStart(9)}  ${counted(part.files, "file")}`),
  ];
  if (report.captures.length > 0) lines.push("Captures:");
  for (const { unit, capture, bytes: size, capturedAt } of report.captures) {
    lines.push(`  ${formatCaptureRef({ id: unit, capture })}  ${bytes(size)}  ${capturedAt}`);
  }
  const unfinished = report.runs.filter((run) => run.state !== "done");
  if (unfinished.length > 0) lines.push("Runs that did not finish:");
  for (const { id, unit, state } of unfinished) lines.push(`  ${id}  ${unit}  ${state}`);
  if (report.pruned !== null) {
    const { bytes: size, stageRecords, blobs, captures, runs, targets, pinnedRuns } = report.pruned;
    const counts = [counted(stageRecords, "stage record"), counted(blobs, "blob"), counted(runs, "run"), counted(captures, "capture")];
    const what = [...counts, ...(targets > 0 ? [counted(targets, "target folder")] : [])].join(", ");
    lines.push(`Removed ${bytes(size)}: ${what}.`);
    if (pinnedRuns > 0) lines.push(`Kept ${counted(pinnedRuns, "pinned run")} with captures and stages.`);
  }
  if (report.check !== null) lines.push(...checkLines(report.check, colors));
  return lines;
}

function checkLines({ checked: looked, problems, unnamedBlobs }: StoreCheck, colors: Colors): string[] {
  const { blobs, records, captures, runs, verified } = looked;
  const counts = [counted(blobs, "blob"), counted(records, "record"), counted(captures, "capture"), counted(runs, "run")];
  const lines = [`Checked ${counts.join(", ")} and ${counted(verified, "verification")}.`];
  for (const { kind, file, why, repaired } of problems.slice(0, LISTED)) {
    lines.push(`  ${colors.red(kind)}${repaired ? " (removed)" : ""}: ${file}: ${why}`);
  }
  if (problems.length > LISTED) lines.push(`  … and ${problems.length - LISTED} more`);
  if (unnamedBlobs > 0) lines.push(`${counted(unnamedBlobs, "blob")} without a record; --prune removes them.`);
  lines.push(problems.length === 0 ? "No problems found." : `${counted(problems.length, "problem")}.`);
  return lines;
}
