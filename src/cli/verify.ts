/** `verify UNIT`: replays, and compares every stage, key, decision and object, the output and the preserved-symbol count with rustc's own files and log. */
import { Command } from "commander";
import { keepQuota } from "../core/store/quota.js";
import { storeQuota } from "../core/store/store-inventory.js";
import { PRODUCERS } from "../core/producers/registry.js";
import { verifyUnit } from "../core/verify/verify.js";
import { EXIT } from "../protocol/error-table.js";
import { outcomeOf } from "../protocol/verification.js";
import { withEngine, withJson, type Cli, type CommandOptions } from "./context.js";
import { progressLine } from "./render/progress.js";
import { verifyLines } from "./render/verify-text.js";
import { capturedUnit } from "./source.js";
import { noteDamage } from "./stages-source.js";

interface VerifyFlags extends CommandOptions {
  readonly llvm: string;
}

export function verifyCommand(cli: Cli): Command {
  const command = new Command("verify")
    .description(
      "replay a captured unit and compare every stage, key, decision and object, the output and the preserved-symbol count with rustc's own files and log",
    )
    .argument("<unit>", "a captured unit (ID, its beginning, ID@N, or the path of a capture)");
  return withJson(withEngine(command)).action((name: string, flags: VerifyFlags) =>
    cli.run(flags, `Verifying ${name}`, async (invocation) => {
      const unit = await capturedUnit(invocation.core, name);
      noteDamage(invocation);
      const report = await verifyUnit(
        invocation.core,
        PRODUCERS.sourceOf(unit),
        { llvm: flags.llvm },
        { signal: invocation.signal, progress: (progress) => invocation.progress(progressLine("verify", progress)) },
      );
      await keepQuota(invocation.core.layout, storeQuota(), Infinity, invocation.signal);
      return { report, lines: verifyLines(report, invocation.colors), exit: outcomeOf(report) === "differs" ? EXIT.differs : EXIT.done };
    }),
  );
}
