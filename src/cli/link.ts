/** `link UNIT`: links the objects of a replay, and compares the output with the build's. */
import { resolve } from "node:path";
import { Command } from "commander";
import { PRODUCERS } from "../core/producers/registry.js";
import { linkUnit } from "../core/verify/link.js";
import { EXIT } from "../protocol/error-table.js";
import { withEngine, withJson, type Cli, type CommandOptions } from "./context.js";
import { linkLines } from "./render/link-text.js";
import { progressLine } from "./render/progress.js";
import { capturedUnit } from "./source.js";
import { noteDamage } from "./stages-source.js";

interface LinkFlags extends CommandOptions {
  readonly llvm: string;
  readonly output?: string;
}

export function linkCommand(cli: Cli): Command {
  const command = new Command("link")
    .description("link the objects of a replay as the build did, and compare the output with the build's")
    .argument("<unit>", "a captured unit (ID, its beginning, or ID@N)")
    .option("-o, --output <file>", "keep the output in this file, which must not exist (default: it is only compared)");
  return withJson(withEngine(command)).action((name: string, flags: LinkFlags) =>
    cli.run(flags, `Linking ${name}`, async (invocation) => {
      const unit = await capturedUnit(invocation.core, name);
      noteDamage(invocation);
      const report = await linkUnit(
        invocation.core,
        PRODUCERS.sourceOf(unit),
        { llvm: flags.llvm, output: flags.output === undefined ? null : resolve(flags.output) },
        { signal: invocation.signal, progress: (progress) => invocation.progress(progressLine("link", progress)) },
      );
      return { report, lines: linkLines(report, invocation.colors), exit: report.identical === true ? EXIT.done : EXIT.differs };
    }),
  );
}
