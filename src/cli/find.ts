/** `find UNIT SYMBOL`: where a symbol is defined, imported and referenced, across all modules. */
import { Command } from "commander";
import { findSymbol } from "../core/ir/find.js";
import { stageNamed } from "../core/ir/stages-of.js";
import { positiveInteger, withEngine, withJson, type Cli, type CommandOptions } from "./context.js";
import { findLines } from "./render/find-text.js";
import { withStages } from "./stages-source.js";

interface FindFlags extends CommandOptions {
  readonly llvm: string;
  readonly stage?: string;
  readonly module?: string;
  readonly limit: number;
}

const DEFAULT_LIMIT = 200;

export function findCommand(cli: Cli): Command {
  const command = new Command("find")
    .description("find where a symbol is defined, imported and referenced, across all modules of a unit")
    .argument(
      "<unit>",
      "a captured unit (ID, its beginning, or ID@N), a session directory, a file, or a folder of stage files (rustc's, or written by --out)",
    )
    .argument("<symbol>", "a symbol, a demangled name, or part of either (case-sensitive)")
    .option(
      "--stage <stage>",
      "search the modules as they are after this stage (default: import, which shows where functions were imported)",
    )
    .option("--module <module>", "search only this module")
    .option("--limit <n>", "list at most this many symbols", positiveInteger, DEFAULT_LIMIT);
  return withJson(withEngine(command)).action((unit: string, symbol: string, flags: FindFlags) =>
    cli.run(flags, `Searching ${symbol} in ${unit}`, (invocation) =>
      withStages(invocation, unit, flags.llvm, async (stages) => {
        const stage = stageNamed(flags.stage ?? stages.pipeline.searched, stages.pipeline);
        const options = { symbol, stage, module: flags.module ?? null, limit: flags.limit };
        const report = await findSymbol(invocation.core, stages, options, {
          signal: invocation.signal,
          progress: (done, total) => invocation.progress(`find: ${done}/${total} modules`),
        });
        return { report, lines: findLines(report, invocation.colors) };
      }),
    ),
  );
}
