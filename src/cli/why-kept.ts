/** `why-kept UNIT SYMBOL`: the references that keep a symbol in the program. */
import { Command } from "commander";
import { LtoError } from "../core/base/errors.js";
import { whyKept } from "../core/explain/kept/why-kept.js";
import { withEngine, withJson, type Cli, type CommandOptions } from "./context.js";
import { progressLine } from "./render/progress.js";
import { whyKeptLines } from "./render/why-kept-text.js";
import { ltoSource } from "./source.js";
import { noteDamage, stageWords } from "./stages-source.js";

interface WhyKeptFlags extends CommandOptions {
  readonly llvm: string;
  readonly stage?: string;
  readonly roots?: true;
}

export function whyKeptCommand(cli: Cli): Command {
  const command = new Command("why-kept")
    .description("say why a symbol is still in the program after LTO: the shortest chain of references that leads to it from a root")
    .argument("<unit>", "a captured unit (ID, its beginning, or ID@N), a session directory, or a file")
    .argument("[symbol]", "a symbol, a readable name, or part of either")
    .option("--stage <stage>", `ask for the program as it is after this stage (${stageWords()}; default: pm)`)
    .option("--roots", "list everything that is kept without being referred to, each with the reason, instead of a chain");
  return withJson(withEngine(command)).action((unit: string, symbol: string | undefined, flags: WhyKeptFlags) =>
    cli.run(flags, `Looking for what keeps ${symbol ?? "symbols"} in ${unit}`, async (invocation) => {
      const { core, signal } = invocation;
      if ((symbol === undefined) !== (flags.roots === true)) throw wrongUsage(symbol);
      const unlisten = noteDamage(invocation);
      try {
        const source = await ltoSource(core, [unit]);
        const options = { llvm: flags.llvm, symbol: symbol ?? null, stage: flags.stage ?? null };
        const report = await whyKept(core, source, options, {
          signal,
          progress: (one) => invocation.progress(progressLine("why-kept", one)),
        });
        return { report, lines: whyKeptLines(report, invocation.colors) };
      } finally {
        unlisten();
      }
    }),
  );
}

function wrongUsage(symbol: string | undefined): LtoError {
  return new LtoError({
    name: "Usage",
    message: symbol === undefined ? "why-kept needs a symbol." : "why-kept takes a symbol or --roots, and not both.",
    help: "`lto-inspector why-kept UNIT SYMBOL` explains one symbol; `lto-inspector why-kept UNIT --roots` lists all roots.",
  });
}
