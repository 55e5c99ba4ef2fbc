/** `calls UNIT [FUNCTION]`: what is imported and inlined, and why. */
import { Command, Option } from "commander";
import { explainCalls, isChecked, type CallsHooks } from "../core/explain/calls/explain-calls.js";
import { sarifLog } from "../core/explain/calls/sarif.js";
import { explainCallsAndFates, type CallsAndFatesOptions } from "../core/explain/fate/calls-and-fates.js";
import type { LtoSource } from "../core/replay/producer.js";
import { EXIT } from "../protocol/error-table.js";
import { collect, withEngine, withJson, type Cli, type CommandOptions, type Invocation, type Outcome } from "./context.js";
import { callsLines } from "./render/calls-text.js";
import { progressLine } from "./render/progress.js";
import { descriptorOf, writeReportFile } from "./report-file.js";
import { ltoSource } from "./source.js";
import { noteDamage } from "./stages-source.js";
import { ownVersion } from "./version.js";

interface CallsFlags extends CommandOptions {
  readonly llvm: string;
  readonly module?: string;
  readonly importsOnly?: true;
  readonly check?: true;
  readonly llvmArg?: readonly string[];
  readonly sarif?: string;
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
    .addOption(
      new Option(
        "--sarif <file>",
        "also write what was not inlined, not imported and imported in vain to a file (- for standard output) in SARIF 2.1.0, which editors and CI services show",
      ).conflicts(["importsOnly", "check"]),
    )
    .option("--llvm-arg <argument>", "pass this argument to LLVM (repeatable), such as -import-instr-limit=30", collect);
  return withJson(withEngine(command)).action((unit: string, name: string | undefined, flags: CallsFlags) =>
    cli.run(flags, `Explaining calls in ${unit}`, async (invocation) => {
      const { core, signal } = invocation;
      const unlisten = noteDamage(invocation);
      try {
        const source = await ltoSource(core, [unit]);
        const options = {
          llvm: flags.llvm,
          overrides: flags.llvmArg === undefined ? {} : { llvmArgs: flags.llvmArg },
          function: name ?? null,
          module: flags.module ?? null,
        };
        const hooks: CallsHooks = { signal, progress: (one) => invocation.progress(progressLine("calls", one)) };
        if (flags.sarif !== undefined) return await exported(invocation, source, options, { ...hooks, file: flags.sarif });
        const checks = { importsOnly: flags.importsOnly === true, check: flags.check === true };
        const report = await explainCalls(core, source, { ...options, ...checks }, hooks);
        return { report, lines: callsLines(report, invocation.colors), ...(isChecked(report.checked) ? {} : { exit: EXIT.differs }) };
      } finally {
        unlisten();
      }
    }),
  );
}

/** Writes a SARIF file. What is printed is the same as without, unless the file is standard output. */
async function exported(
  { core, signal, colors }: Invocation,
  source: LtoSource,
  options: CallsAndFatesOptions,
  { file, ...hooks }: CallsHooks & { readonly file: string },
): Promise<Outcome> {
  const { calls: report, fates } = await explainCallsAndFates(core, source, options, hooks);
  const workspace = source.kind === "unit" ? source.unit.workspace : "";
  const shown = new Set(report.imports.map(({ symbol }) => symbol));
  const inVain = report.function === null ? fates.inVain : fates.inVain.filter(({ symbol }) => shown.has(symbol));
  const log = sarifLog({ report, inVain, version: ownVersion(), workspace });
  await writeReportFile(file, `${JSON.stringify(log)}\n`, signal);
  const lines = descriptorOf(file) === 1 ? [] : callsLines(report, colors);
  return { report, lines, ...(isChecked(report.checked) ? {} : { exit: EXIT.differs }) };
}
