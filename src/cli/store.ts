/** `store [--prune]`: what the store holds, its size and quota; removes the oldest. */
import { Command } from "commander";
import { inventory, prune, storeQuota } from "../core/stages/store-inventory.js";
import type { StoreReport } from "../protocol/reports.js";
import { withJson, type Cli, type Colors, type CommandOptions } from "./context.js";
import { bytes, plural } from "./render/units.js";

interface StoreFlags extends CommandOptions {
  readonly prune?: true;
}

export function storeCommand(cli: Cli): Command {
  const command = new Command("store")
    .description("show what the store holds, its size and its quota (LTO_INSPECTOR_STORE_QUOTA)")
    .option("--prune", "remove the oldest stages, runs and earlier captures until the store is below its quota");
  return withJson(command).action((flags: StoreFlags) =>
    cli.run(flags, "Looking at the store", async ({ core, colors }) => {
      const quota = storeQuota();
      const pruned = flags.prune === true ? await prune(core.layout, quota) : null;
      const report: StoreReport = { ...(await inventory(core.layout, quota)), pruned };
      return { report, lines: storeLines(report, colors) };
    }),
  );
}

function storeLines(report: StoreReport, colors: Colors): string[] {
  const over = report.totalBytes > report.quotaBytes ? colors.yellow("  over its quota: use --prune") : "";
  const lines = [
    `${colors.bold(report.root)}  ${bytes(report.totalBytes)} of ${bytes(report.quotaBytes)}${over}`,
    ...report.parts.map((part) => `  ${part.name.padEnd(9)} ${bytes(part.bytes).padStart(9)}  ${plural(part.files, "file")}`),
  ];
  if (report.captures.length > 0) lines.push("Captures:");
  for (const { unit, capture, bytes: size, capturedAt } of report.captures) {
    lines.push(`  ${unit}@${capture}  ${bytes(size)}  ${capturedAt}`);
  }
  const unfinished = report.runs.filter((run) => run.state !== "done");
  if (unfinished.length > 0) lines.push("Runs that did not finish:");
  for (const { id, unit, state } of unfinished) lines.push(`  ${id}  ${unit}  ${state}`);
  if (report.pruned !== null) {
    const { bytes: size, stageRecords, blobs, captures, runs } = report.pruned;
    const what = [plural(stageRecords, "stage record"), plural(blobs, "blob"), plural(runs, "run"), plural(captures, "capture")].join(", ");
    lines.push(`Removed ${bytes(size)}: ${what}.`);
  }
  return lines;
}
