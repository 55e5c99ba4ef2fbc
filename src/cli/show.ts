/** `show UNIT MODULE [--stage S] [--function F]`: LLVM IR text of a module or function at a stage. */
import { Command } from "commander";
import { showStage } from "../core/ir/show.js";
import { stageNamed } from "../core/ir/stages-of.js";
import { positiveInteger, withEngine, withJson, type Cli, type CommandOptions } from "./context.js";
import { number } from "../protocol/words.js";
import { filtersOf, stageWords, withFilters, withStages, type Hidden } from "./stages-source.js";

interface ShowFlags extends CommandOptions {
  readonly llvm: string;
  readonly stage: string;
  readonly function?: string;
  readonly hide: readonly Hidden[];
  readonly demangle?: true;
  readonly stable?: true;
  readonly limit?: number;
}

export function showCommand(cli: Cli): Command {
  const command = new Command("show")
    .description("print the LLVM IR of a module, or of one of its functions, at a stage; make the stage if it is missing")
    .argument(
      "<unit>",
      "a captured unit (ID, its beginning, or ID@N), a session directory, a file, or a folder of stage files (rustc's, or written by --out)",
    )
    .argument("<module>", "a module's name, in any form that is printed, or a unique part of it")
    .option("--stage <stage>", stageWords(), "pm")
    .option("--function <name>", "show only this function: its symbol, its demangled name, or a unique part of either")
    .option("--stable", "number values, metadata and attributes by content, so that two texts can be compared")
    .option("--limit <lines>", "print at most this many lines", positiveInteger);
  return withJson(withEngine(withFilters(command, []))).action((unit: string, module: string, flags: ShowFlags) =>
    cli.run(flags, `Showing ${module} of ${unit}`, (invocation) =>
      withStages(invocation, unit, flags.llvm, async (stages) => {
        const options = {
          module,
          stage: stageNamed(flags.stage, stages.pipeline),
          function: flags.function ?? null,
          lines: flags.limit ?? null,
          filters: { ...filtersOf(flags.hide), stableNumbers: flags.stable === true },
          demangle: flags.demangle === true,
        };
        const report = await showStage(stages, options, invocation.signal);
        if (report.truncated) {
          invocation.note(
            `The text was truncated; all of it is ${number(report.totalBytes)} bytes. Choose a --function, or raise --limit.`,
          );
        }
        return { report, lines: { llvm: report.text } };
      }),
    ),
  );
}
