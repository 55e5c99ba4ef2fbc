/** `profile UNIT [MODULE]`: where the time and the memory of LTO go. */
import { Command } from "commander";
import { foldedStacks, traceEvents } from "../core/explain/passes/exports.js";
import { profileUnit } from "../core/explain/passes/profile.js";
import { LtoError } from "../core/base/errors.js";
import { openedOnce } from "../core/replay/open-units.js";
import { EXIT } from "../protocol/error-table.js";
import { collect, positiveInteger, withEngine, withJson, type Cli, type CommandOptions } from "./context.js";
import { profileLines } from "./render/profile-text.js";
import { progressLine } from "./render/progress.js";
import { descriptorOf, writeReportFile } from "./report-file.js";
import { ltoSource } from "./source.js";
import { noteDamage } from "./stages-source.js";

interface ProfileFlags extends CommandOptions {
  readonly llvm: string;
  readonly llvmArg?: readonly string[];
  readonly top: number;
  readonly timeLimit?: number;
  readonly trace?: string;
  readonly folded?: string;
}

const TOP = 15;

/** Each of them is a document of its own. @throws LtoError Usage */
function requireOneOutput({ trace, folded, json }: ProfileFlags): void {
  const toOutput = [trace, folded, json].filter((file) => file !== undefined && descriptorOf(file) === 1);
  if (toOutput.length < 2) return;
  throw new LtoError({
    name: "Usage",
    message: "Only one of --trace, --folded and --json can go to standard output.",
    help: "Name a file for each of the others.",
  });
}

export function profileCommand(cli: Cli): Command {
  const command = new Command("profile")
    .description(
      "say where the time and the memory of LTO go, by crate, module, stage, pass and function, from a trace of all passes of each module",
    )
    .argument("<unit>", "a captured unit (ID, its beginning, or ID@N), a session directory, or a file")
    .argument("[module]", "only this module: its name, in any form that is printed, or a unique part of it")
    .option("--top <n>", "list this many of the functions on which a pass spent most", positiveInteger, TOP)
    .option(
      "--time-limit <seconds>",
      "stop tracing after this time, and name the pass and the function that were in progress",
      positiveInteger,
    )
    .option("--trace <file>", "also write a timeline for Perfetto or Chrome (- for standard output)")
    .option("--folded <file>", "also write folded stacks for flame graphs (- for standard output)")
    .option("--llvm-arg <argument>", "pass this argument to LLVM (repeatable)", collect);
  return withJson(withEngine(command)).action((unit: string, module: string | undefined, flags: ProfileFlags) =>
    cli.run(flags, `Profiling ${unit}`, async (invocation) => {
      const { core, signal, colors } = invocation;
      requireOneOutput(flags);
      const unlisten = noteDamage(invocation);
      try {
        const { report, modules, nameOf } = await profileUnit(
          core,
          openedOnce(core),
          {
            source: await ltoSource(core, [unit]),
            llvm: flags.llvm,
            overrides: flags.llvmArg === undefined ? {} : { llvmArgs: flags.llvmArg },
          },
          { module: module ?? null, top: flags.top, timeLimit: flags.timeLimit ?? null },
          { signal, progress: (one) => invocation.progress(progressLine("profile", one)) },
        );
        const { trace, folded } = flags;
        if (trace !== undefined) await writeReportFile(trace, traceEvents(modules, nameOf), signal);
        if (folded !== undefined) await writeReportFile(folded, foldedStacks(modules, nameOf), signal);
        const toOutput = [trace, folded].some((file) => file !== undefined && descriptorOf(file) === 1);
        const lines = toOutput ? [] : profileLines(report, colors);
        return report.notAvailable.length > 0 ? { report, lines, exit: EXIT.differs } : { report, lines };
      } finally {
        unlisten();
      }
    }),
  );
}
