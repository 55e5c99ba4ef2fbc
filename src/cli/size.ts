/** `size UNIT`: what the bytes of a build's linked output belong to. */
import { Command } from "commander";
import { unitSizes } from "../core/explain/size/unit-sizes.js";
import { PRODUCERS } from "../core/producers/registry.js";
import { withEngine, withJson, type Cli, type CommandOptions } from "./context.js";
import { sizeLines } from "./render/size-text.js";
import { capturedUnit } from "./source.js";

interface SizeFlags extends CommandOptions {
  readonly llvm: string;
  readonly against?: string;
}

export function sizeCommand(cli: Cli): Command {
  const command = new Command("size")
    .description("say what the bytes of a build's linked output belong to, by section, crate and symbol")
    .argument("<unit>", "a captured unit (ID, its beginning, or ID@N)")
    .option("--against <unit>", "compare with the output of another unit or build, which counts as the earlier one");
  return withJson(withEngine(command)).action((name: string, flags: SizeFlags) =>
    cli.run(flags, `Measuring ${name}`, async ({ core, signal, colors }) => {
      const source = PRODUCERS.sourceOf(await capturedUnit(core, name));
      const against = flags.against === undefined ? null : PRODUCERS.sourceOf(await capturedUnit(core, flags.against));
      const report = await unitSizes(core, source, { llvm: flags.llvm, against }, signal);
      return { report, lines: sizeLines(report, colors) };
    }),
  );
}
