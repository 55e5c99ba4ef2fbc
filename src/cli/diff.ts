/** `diff UNIT MODULE STAGE_A STAGE_B [--function F] [--exit-code]`: what changed between two stages, function by function. */
import { Command } from "commander";
import { diffStages } from "../core/ir/diff.js";
import { stageNamed } from "../core/ir/stages-of.js";
import { EXIT } from "../protocol/error-table.js";
import { withEngine, withJson, type Cli, type CommandOptions } from "./context.js";
import { diffLines } from "./render/diff-text.js";
import { filtersOf, stageWords, withFilters, withStages, type Hidden } from "./stages-source.js";

interface DiffFlags extends CommandOptions {
  readonly llvm: string;
  readonly function?: string;
  readonly exitCode?: true;
  readonly hide: readonly Hidden[];
  readonly demangle?: true;
  readonly all?: true;
}

export function diffCommand(cli: Cli): Command {
  const command = new Command("diff")
    .description("show what changed in a module between two stages, function by function; with --function, as a unified diff")
    .argument(
      "<unit>",
      "a captured unit (ID, its beginning, or ID@N), a session directory, a file, or a folder of stage files (rustc's, or written by --out)",
    )
    .argument("<module>", "a module's name, or a unique part of it")
    .argument("<stage-a>", stageWords())
    .argument("<stage-b>", "the same")
    .option("--function <name>", "show the text of this function: its symbol, its demangled name, or a unique part of either")
    .option("--exit-code", "exit with 1 if anything differs")
    .option("--all", "list every changed function, not only those that changed most");
  return withJson(withEngine(withFilters(command, ["debug", "guids"]))).action(
    (unit: string, module: string, from: string, to: string, flags: DiffFlags) =>
      cli.run(flags, `Comparing ${from} and ${to} of ${module}`, (invocation) =>
        withStages(invocation, unit, flags.llvm, async (stages) => {
          const options = {
            module,
            from: stageNamed(from, stages.pipeline),
            to: stageNamed(to, stages.pipeline),
            function: flags.function ?? null,
            filters: filtersOf(flags.hide),
            demangle: flags.demangle === true,
          };
          const report = await diffStages(stages, options, invocation.signal);
          const exit = flags.exitCode === true && report.different ? EXIT.differs : EXIT.done;
          return { report, lines: diffLines(report, invocation.colors, flags.all === true), exit };
        }),
      ),
  );
}
