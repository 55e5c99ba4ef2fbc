/** `fate UNIT [FUNCTION]`: what became of every function and variable. */
import { Command } from "commander";
import { explainFate } from "../core/explain/fate/explain-fate.js";
import { EXIT } from "../protocol/error-table.js";
import { withEngine, withJson, type Cli, type CommandOptions } from "./context.js";
import { fateLines } from "./render/fate-text.js";
import { progressLine } from "./render/progress.js";
import { ltoSource } from "./source.js";
import { noteDamage } from "./stages-source.js";

interface FateFlags extends CommandOptions {
  readonly llvm: string;
  readonly module?: string;
}

export function fateCommand(cli: Cli): Command {
  const command = new Command("fate")
    .description(
      "say what became of functions and variables in every module that has a copy: kept, inlined, merged, dropped or gone, and why",
    )
    .argument("<unit>", "a captured unit (ID, its beginning, or ID@N), a session directory, or a file")
    .argument("[function]", "only this function or variable: a symbol, a readable name, or part of either")
    .option("--module <module>", "only what this module defines or imports");
  return withJson(withEngine(command)).action((unit: string, name: string | undefined, flags: FateFlags) =>
    cli.run(flags, `Following the functions of ${unit}`, async (invocation) => {
      const { core, signal } = invocation;
      const unlisten = noteDamage(invocation);
      try {
        const source = await ltoSource(core, [unit]);
        const options = { llvm: flags.llvm, function: name ?? null, module: flags.module ?? null };
        const report = await explainFate(core, source, options, {
          signal,
          progress: (one) => invocation.progress(progressLine("fate", one)),
        });
        const lines = fateLines(report, invocation.colors);
        return report.checked.code.different > 0 ? { report, lines, exit: EXIT.differs } : { report, lines };
      } finally {
        unlisten();
      }
    }),
  );
}
