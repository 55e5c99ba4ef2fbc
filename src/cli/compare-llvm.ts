/** `compare-llvm UNIT [MODULE] --to LLVM`: replays a unit with its own LLVM and with a newer one, and shows what differs, and from which stage on. */
import { Command, Option } from "commander";
import { compareLlvm, type CompareLlvmOptions, type CompareLlvmProgress } from "../core/ir/llvms/compare-llvm.js";
import { stageNamed } from "../core/ir/stages-of.js";
import { libraryNamed } from "../core/engine/named-llvm.js";
import { LtoError } from "../core/base/errors.js";
import type { LtoSource } from "../core/replay/producer.js";
import { keepQuota } from "../core/store/quota.js";
import { storeQuota } from "../core/store/store-inventory.js";
import { EXIT, type ExitCode } from "../protocol/error-table.js";
import type { CompareLlvmReport } from "../protocol/llvm-comparison.js";
import { DEFAULT_COMMAND, pipelineOf } from "../protocol/pipelines.js";
import { withEngine, withJson, type Cli, type CommandOptions } from "./context.js";
import { compareLlvmLines } from "./render/compare-llvm-text.js";
import { progressLine } from "./render/progress.js";
import { ltoSource } from "./source.js";
import { filtersOf, noteDamage, stageWords, withFilters, type Hidden } from "./stages-source.js";

interface CompareLlvmFlags extends CommandOptions {
  readonly llvm: string;
  readonly to: string;
  readonly function?: string;
  readonly stage?: string;
  readonly exitCode?: true;
  readonly all?: true;
  readonly hide: readonly Hidden[];
  readonly demangle?: true;
}

export function compareLlvmCommand(cli: Cli): Command {
  const command = new Command("compare-llvm")
    .description("replay a unit with its own LLVM and with a newer one, and show the first stage and the functions that differ")
    .argument("<unit>", "a captured unit (ID, its beginning, or ID@N), a session directory, or a file")
    .argument("[module]", "compare only this module: its name, or a unique part of it")
    .addOption(
      new Option(
        "--to <llvm>",
        "the newer LLVM: a series (22), a toolchain (stable, 1.95), system, or the path of a libLLVM or a rustc",
      ).makeOptionMandatory(),
    )
    .option("--function <name>", "with a module: show the difference in the text of this function")
    .option("--stage <stage>", `with --function: ${stageWords()} (default: the first stage at which a function differs)`)
    .option("--exit-code", "exit with 1 if a function or what is imported differs")
    .option("--all", "list every module and function, not only those that differ most");
  return withJson(withEngine(withFilters(command, ["debug", "guids"]))).action(
    (unit: string, module: string | undefined, flags: CompareLlvmFlags) =>
      cli.run(flags, `Comparing LLVMs on ${unit}`, async (invocation) => {
        const { core, signal, colors } = invocation;
        const source = await ltoSource(core, [unit]);
        const options = { ...optionsOf(source, module, flags), to: await libraryNamed(flags.to, signal) };
        noteDamage(invocation);
        const progress = (one: CompareLlvmProgress): void => {
          invocation.progress(lineOf(one));
        };
        const report = await compareLlvm(core, source, options, { signal, progress });
        await keepQuota(core.layout, storeQuota(), Infinity, signal);
        return { report, lines: compareLlvmLines(report, colors, flags.all === true, flags.to), exit: exitOf(report, flags) };
      }),
  );
}

/** @throws LtoError Usage, UnknownStage */
function optionsOf(source: LtoSource, module: string | undefined, flags: CompareLlvmFlags): Omit<CompareLlvmOptions, "to"> {
  if (module === undefined && (flags.function !== undefined || flags.stage !== undefined)) {
    throw new LtoError({
      name: "Usage",
      message: `--${flags.function === undefined ? "stage" : "function"} needs a module.`,
      help: "Name the module after the unit.",
    });
  }
  const pipeline = pipelineOf(source.kind === "unit" ? source.unit.mode : (source.mode ?? DEFAULT_COMMAND));
  const stage = flags.stage === undefined ? null : stageNamed(flags.stage, pipeline);
  const text = { filters: filtersOf(flags.hide), demangle: flags.demangle === true };
  return {
    llvm: flags.llvm,
    module: module ?? null,
    function: flags.function === undefined ? null : { name: flags.function, stage, ...text },
  };
}

function lineOf(progress: CompareLlvmProgress): string {
  if (progress.kind === "comparing") return `compare-llvm: comparing ${progress.done}/${progress.total}`;
  return progressLine(`compare-llvm: LLVM ${progress.llvm}`, progress.progress);
}

function exitOf({ modules, different }: CompareLlvmReport, { exitCode }: CompareLlvmFlags): ExitCode {
  if (modules.some(({ failed }) => failed.length > 0)) return EXIT.engineFailed;
  return exitCode === true && different ? EXIT.differs : EXIT.done;
}
