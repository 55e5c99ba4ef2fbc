/** `advise UNIT`: what a build's LTO costs and gives under other settings. */
import { Command, Option } from "commander";
import { adviseUnit } from "../core/advise/advise.js";
import { saveReport } from "../core/advise/saved.js";
import { DEFAULT_SETTINGS } from "../core/advise/settings.js";
import { advisePage } from "../core/views/advise-page.js";
import { PRODUCERS } from "../core/producers/registry.js";
import { keepQuota } from "../core/store/quota.js";
import { storeQuota } from "../core/store/store-inventory.js";
import { EXIT } from "../protocol/error-table.js";
import { collect, positiveInteger, withEngine, withJson, type Cli, type CommandOptions } from "./context.js";
import { adviseLines } from "./render/advise-text.js";
import { descriptorOf, writeReportFile } from "./report-file.js";
import { capturedUnit } from "./source.js";

interface AdviseFlags extends CommandOptions {
  readonly llvm: string;
  readonly set?: readonly string[];
  readonly bench?: string;
  readonly rounds: number;
  readonly inlined?: true;
  readonly pin?: string;
  readonly html?: string;
}

export function adviseCommand(cli: Cli): Command {
  const command = new Command("advise")
    .description(
      "measure a build under other settings of LTO: time and memory of LTO and code generation, what an edit re-compiles, size of the output, and with --bench how fast it runs",
    )
    .argument("<unit>", "a captured unit (ID, its beginning, or ID@N)")
    .option(
      "--set <settings>",
      `compare with this (repeatable; default: ${DEFAULT_SETTINGS.join(" ")}). lto=off|thin-local|thin|fat, codegen-units=N and opt-level=LEVEL are built again in folders of their own; lto-opt-level=LEVEL and arguments of LLVM such as import-instr-limit=10 are replayed. Commas combine settings`,
      collect,
    )
    .option(
      "--bench <command>",
      "run each output with this command of the shell, in which {} stands for the program, in turn and several times",
    )
    .option("--inlined", "also say which calls LTO inlines in one setting and not in the other, which takes one more replay of the passes")
    .option("--pin <processors>", "run each output on these processors alone, as taskset takes them: 1, or 2-3")
    .addOption(new Option("--rounds <n>", "runs of each output").argParser(positiveInteger).default(15));
  command.option("--html <file>", "also write a page with the table, a picture of size against time, and the lines to add to Cargo.toml");
  return withJson(withEngine(command)).action((name: string, flags: AdviseFlags) =>
    cli.run(flags, `Comparing settings of ${name}`, async (invocation) => {
      const { core, signal, colors } = invocation;
      const { bench, rounds } = flags;
      const report = await adviseUnit(
        core,
        PRODUCERS.sourceOf(await capturedUnit(core, name)),
        {
          ...{ llvm: flags.llvm, settings: flags.set ?? [], inlined: flags.inlined === true, pin: flags.pin },
          bench: bench === undefined ? null : { command: bench, rounds },
        },
        { signal, progress: (text) => invocation.progress(`advise: ${text}`) },
      );
      await saveReport(core.layout, report);
      await keepQuota(core.layout, storeQuota(), Infinity, signal);
      if (flags.html !== undefined) await writeReportFile(flags.html, advisePage(report), signal);
      const lines = flags.html !== undefined && descriptorOf(flags.html) === 1 ? [] : adviseLines(report, colors);
      return { report, lines, exit: report.failed.length === 0 ? EXIT.done : EXIT.differs };
    }),
  );
}
