/** `calls UNIT [FUNCTION]`: what is imported and inlined, and why. */
import { Command } from "commander";
import { explainCalls, isChecked } from "../core/explain/calls/explain-calls.js";
import { EXIT } from "../protocol/error-table.js";
import { collect, withEngine, withJson, type Cli, type CommandOptions } from "./context.js";
import { callsLines } from "./render/calls-text.js";
import { progressLine } from "./render/progress.js";
import { ltoSource } from "./source.js";
import { noteDamage } from "./stages-source.js";

interface CallsFlags extends CommandOptions {
  readonly llvm: string;
  readonly module?: string;
  readonly importsOnly?: true;
  readonly check?: true;
  readonly llvmArg?: readonly string[];
}

export function callsCommand(cli: Cli): Command {
  const command = new Command("calls")
    .description(
      "say why functions are imported into other modules or not, and why each call is inlined or not, with sizes, limits, costs and places",
    )
    .argument("<unit>", "a captured unit (ID, its beginning, or ID@N), a session directory, or a file")
    .argument("[function]", "explain only calls of this function and in it: a symbol, a readable name, or part of either")
    .option("--module <module>", "explain only what this module imports and inlines")
    .option("--imports-only", "explain only imports, which needs no replay")
    .option("--check", "also compare every refused import with what LLVM prints about it")
    .option("--llvm-arg <argument>", "pass this argument to LLVM (repeatable), such as -import-instr-limit=30", collect);
  return withJson(withEngine(command)).action((unit: string, name: string | undefined, flags: CallsFlags) =>
    cli.run(flags, `Explaining calls in ${unit}`, async (invocation) => {
      const { core, signal } = invocation;
      const unlisten = noteDamage(invocation);
      try {
        const report = await explainCalls(
          core,
          await ltoSource(core, [unit]),
          {
            llvm: flags.llvm,
            overrides: flags.llvmArg === undefined ? {} : { llvmArgs: flags.llvmArg },
            function: name ?? null,
            module: flags.module ?? null,
            importsOnly: flags.importsOnly === true,
            check: flags.check === true,
          },
          { signal, progress: (one) => invocation.progress(progressLine("calls", one)) },
        );
        return { report, lines: callsLines(report, invocation.colors), ...(isChecked(report.checked) ? {} : { exit: EXIT.differs }) };
      } finally {
        unlisten();
      }
    }),
  );
}
