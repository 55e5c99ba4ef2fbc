/** `size UNIT`: what the bytes of a build's linked output belong to. */
import { Command } from "commander";
import { unitSizes } from "../core/explain/size/unit-sizes.js";
import { PRODUCERS } from "../core/producers/registry.js";
import { withEngine, withJson, type Cli, type CommandOptions } from "./context.js";
import { progressLine } from "./render/progress.js";
import { sizeLines } from "./render/size-text.js";
import { capturedUnit } from "./source.js";

interface SizeFlags extends CommandOptions {
  readonly llvm: string;
  readonly against?: string;
  readonly inlined?: true;
}

export function sizeCommand(cli: Cli): Command {
  const command = new Command("size")
    .description("say what the bytes of a build's linked output belong to, by section, crate and symbol")
    .argument("<unit>", "a captured unit (ID, its beginning, or ID@N)")
    .option("--against <unit>", "compare with the output of another unit or build, which counts as the earlier one")
    .option("--inlined", "also say what LTO inlined into each function, which the first time takes a replay of each module");
  return withJson(withEngine(command)).action((name: string, flags: SizeFlags) =>
    cli.run(flags, `Measuring ${name}`, async (invocation) => {
      const { core, signal, colors } = invocation;
      const source = PRODUCERS.sourceOf(await capturedUnit(core, name));
      const against = flags.against === undefined ? null : PRODUCERS.sourceOf(await capturedUnit(core, flags.against));
      const report = await unitSizes(
        core,
        source,
        { llvm: flags.llvm, against, inlined: flags.inlined === true },
        { signal, progress: (one) => invocation.progress(progressLine("size", one)) },
      );
      return { report, lines: sizeLines(report, colors) };
    }),
  );
}
