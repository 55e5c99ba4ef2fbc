/** `remarks UNIT [FUNCTION]`: what passes say. */
import { Command, Option } from "commander";
import { explainRemarks } from "../core/explain/remarks/explain-remarks.js";
import { REMARK_KINDS } from "../core/explain/remarks/symbol-remarks.js";
import { EXIT } from "../protocol/error-table.js";
import type { RemarkKind } from "../protocol/remarks.js";
import { collect, withEngine, withJson, type Cli, type CommandOptions } from "./context.js";
import { progressLine } from "./render/progress.js";
import { remarksLines } from "./render/remarks-text.js";
import { ltoSource } from "./source.js";
import { noteDamage } from "./stages-source.js";

interface RemarksFlags extends CommandOptions {
  readonly llvm: string;
  readonly module?: string;
  readonly pass?: readonly string[];
  readonly kind?: RemarkKind;
}

export function remarksCommand(cli: Cli): Command {
  const command = new Command("remarks")
    .description(
      "print what LLVM's passes say about functions: what they vectorised, unrolled, hoisted or removed, and what they could not and why",
    )
    .argument("<unit>", "a captured unit (ID, its beginning, or ID@N), a session directory, or a file")
    .argument("[function]", "only about this function: a symbol, a readable name, or part of either")
    .option("--module <module>", "only about this module's functions")
    .option("--pass <pass>", "only of this pass, such as loop-vectorize (repeatable)", collect)
    .addOption(new Option("--kind <kind>", "only what passes did, could not do, or found out").choices([...REMARK_KINDS]));
  return withJson(withEngine(command)).action((unit: string, name: string | undefined, flags: RemarksFlags) =>
    cli.run(flags, `Reading remarks about ${unit}`, async (invocation) => {
      const { core, signal } = invocation;
      const unlisten = noteDamage(invocation);
      try {
        const report = await explainRemarks(
          core,
          await ltoSource(core, [unit]),
          {
            llvm: flags.llvm,
            function: name ?? null,
            module: flags.module ?? null,
            passes: flags.pass ?? [],
            kinds: flags.kind === undefined ? [] : [flags.kind],
          },
          { signal, progress: (one) => invocation.progress(progressLine("remarks", one)) },
        );
        const lines = remarksLines(report, invocation.colors);
        return report.notAvailable.length > 0 ? { report, lines, exit: EXIT.differs } : { report, lines };
      } finally {
        unlisten();
      }
    }),
  );
}
