/** `asm UNIT FUNCTION`: a function's assembly after LTO. */
import { Command } from "commander";
import { explainAssembly } from "../core/explain/asm/explain-assembly.js";
import { openedOnce } from "../core/replay/open-units.js";
import { EXIT } from "../protocol/error-table.js";
import { withEngine, withJson, type Cli, type CommandOptions } from "./context.js";
import { asmLines } from "./render/asm-text.js";
import { progressLine } from "./render/progress.js";
import { ltoSource } from "./source.js";
import { noteDamage } from "./stages-source.js";

interface AsmFlags extends CommandOptions {
  readonly llvm: string;
  readonly module?: string;
  readonly raw?: true;
  readonly against?: string;
}

export function asmCommand(cli: Cli): Command {
  const command = new Command("asm")
    .description(
      "print the assembly of a function after LTO, with the places in the source, its stack, spills and instructions; every function is compared with rustc's object, or with the replay's own if the capture has none",
    )
    .argument("<unit>", "a captured unit (ID, its beginning, or ID@N), or a session directory")
    .argument("<function>", "a symbol, a readable name, or part of either")
    .option("--module <module>", "only this module's copy, also of a function that passes made")
    .option("--raw", "also print directives that only debuggers and unwinders need")
    .option("--against <unit>", "show what differs from another build");
  return withJson(withEngine(command)).action((unit: string, name: string, flags: AsmFlags) =>
    cli.run(flags, `Showing the assembly of ${name} in ${unit}`, async (invocation) => {
      const { core, signal } = invocation;
      const unlisten = noteDamage(invocation);
      try {
        const source = await ltoSource(core, [unit]);
        const choice = { llvm: flags.llvm, overrides: {} };
        const against = flags.against === undefined ? null : { ...choice, source: await ltoSource(core, [flags.against]) };
        const options = { function: name, module: flags.module ?? null, raw: flags.raw === true, against };
        const report = await explainAssembly(core, openedOnce(core), { ...choice, source }, options, {
          signal,
          wholeNext: true,
          progress: (one) => invocation.progress(progressLine("asm", one)),
        });
        const isTrue = report.functions.every(({ checked }) => checked.result !== "different");
        return { report, lines: asmLines(report, invocation.colors), exit: isTrue ? EXIT.done : EXIT.differs };
      } finally {
        unlisten();
      }
    }),
  );
}
