/** What `thin` and `fat` share: their options, and how a run becomes a report and an exit code. */
import { Command, InvalidArgumentError, Option } from "commander";
import { LtoError, messageOf } from "../core/base/errors.js";
import type { Overrides } from "../core/replay/inputs.js";
import type { RunProgress } from "../core/replay/each-module.js";
import { runCommand } from "../core/replay/run-command.js";
import { readTextFile } from "../core/base/read-file.js";
import { bytesMade } from "../core/views/stage-totals.js";
import { whileInUse } from "../core/store/in-use.js";
import { keepQuota } from "../core/store/quota.js";
import { storeQuota } from "../core/store/store-inventory.js";
import { EXIT } from "../protocol/error-table.js";
import type { RunReport } from "../protocol/runs.js";
import { PIPELINES, type LtoCommand, type Pipeline, type Stage } from "../protocol/pipelines.js";
import { parseStage, tagsOf } from "../protocol/stages.js";
import type { CrateType, OptLevel } from "../protocol/units.js";
import { collect, withEngine, withJson, type Cli, type CommandOptions } from "./context.js";
import { progressLine } from "./render/progress.js";
import { thinLines } from "./render/thin-text.js";
import { ltoSource } from "./source.js";

interface LtoFlags extends CommandOptions {
  readonly llvm: string;
  readonly out?: string;
  readonly saveTemps: readonly Stage[];
  readonly session?: string;
  readonly only?: string;
  readonly analyze?: true;
  readonly crateType?: readonly CrateType[];
  readonly optLevel?: OptLevel;
  readonly targetCpu?: string;
  readonly targetFeatures?: string;
  readonly llvmArg?: readonly string[];
  readonly preserve?: readonly string[];
  readonly preserveFile?: string;
}

const CRATE_TYPES = ["bin", "cdylib", "staticlib", "dylib", "rlib", "lib", "proc-macro", "sdylib"];

/** Describes one of the two commands. */
export interface LtoKind {
  readonly name: LtoCommand;
  readonly description: string;
  /** What else is in `--out`, and what `--analyze` does. */
  readonly out: string;
  readonly analyze: string;
}

export function ltoCommand(cli: Cli, kind: LtoKind): Command {
  const pipeline = PIPELINES[kind.name];
  const stages = tagsOf(pipeline);
  const command = new Command(kind.name)
    .description(kind.description)
    .argument("<unit-or-paths...>", "a captured unit (ID, its beginning, or ID@N), a session directory, or files")
    .option("--out <dir>", kind.out)
    .addOption(
      new Option("--save-temps <stages>", `all, none, or a list of ${pipeline.stages.map(({ short }) => short).join(",")}`)
        .argParser((text) => parseSaveTemps(text, pipeline))
        .default(stages, "all"),
    )
    // Without keys, the option only leads to an error that says so.
    .addOption(new Option("--session <dir>", "read the previous keys from this session directory").hideHelp(!pipeline.keys))
    .option("--only <module>", "make only the stages of this module")
    .option("--analyze", kind.analyze)
    .addOption(new Option("--crate-type <type>", "use this crate type instead of the build's (repeatable)").argParser(collectCrateType))
    .addOption(new Option("--opt-level <level>", "use this opt level instead of the build's").choices(["0", "1", "2", "3", "s", "z"]))
    .option("--target-cpu <cpu>", "use this target CPU instead of the build's")
    .option("--target-features <features>", 'use these target features instead of the build\'s ("+avx2,-sse4a")')
    .option("--llvm-arg <argument>", "pass this argument to LLVM (repeatable); what LLVM prints goes to stderr, by module", collect)
    .option("--preserve <symbol>", "also preserve this symbol (repeatable); with plain files, preserve only these symbols", collect)
    .option("--preserve-file <file>", "like --preserve, for each line of a file");
  return withJson(withEngine(command)).action((words: string[], flags: LtoFlags) =>
    cli.run(flags, `Running ${kind.name} LTO on ${words.join(" ")}`, async (invocation) => {
      const source = await ltoSource(invocation.core, words);
      const options = {
        llvm: flags.llvm,
        overrides: await overridesOf(flags),
        out: flags.out ?? null,
        saveTemps: flags.saveTemps,
        only: flags.only ?? null,
        analyzeOnly: flags.analyze === true,
      };
      const { core, signal } = invocation;
      // A run must not prune what its own report names.
      const report = await whileInUse(core.layout, { making: true }, async () => {
        const progress = (one: RunProgress): void => {
          invocation.progress(progressLine(kind.name, one));
        };
        const printed = (text: string): void => {
          invocation.passOn({ llvm: text });
        };
        const made = await runCommand(core, kind.name, source, options, { signal, progress, printed });
        await keepQuota(core.layout, storeQuota(), bytesMade(made), signal);
        return made;
      });
      return { report, lines: thinLines(report, invocation.colors), exit: exitOf(report) };
    }),
  );
}

function exitOf(report: RunReport): typeof EXIT.done | typeof EXIT.engineFailed {
  return report.modules.some((module) => module.verdict === "failed") ? EXIT.engineFailed : EXIT.done;
}

function parseSaveTemps(text: string, pipeline: Pipeline): readonly Stage[] {
  const stages = tagsOf(pipeline);
  if (text === "all") return stages;
  if (text === "none" || text === "") return [];
  const wanted = text.split(",").map((word) => {
    const stage = parseStage(word.trim(), pipeline);
    if (stage === undefined) throw new InvalidArgumentError(`There is no stage "${word}".`);
    return stage;
  });
  return stages.filter((stage) => wanted.includes(stage));
}

function collectCrateType(value: string, earlier: string[] | undefined): string[] {
  if (!CRATE_TYPES.includes(value)) throw new InvalidArgumentError(`Allowed are ${CRATE_TYPES.join(", ")}.`);
  return collect(value, earlier);
}

async function overridesOf(flags: LtoFlags): Promise<Overrides> {
  const preserve = [...(flags.preserve ?? []), ...(flags.preserveFile === undefined ? [] : await symbolsIn(flags.preserveFile))];
  return {
    ...(flags.crateType === undefined ? {} : { crateTypes: flags.crateType }),
    ...(flags.optLevel === undefined ? {} : { optLevel: flags.optLevel }),
    ...(flags.targetCpu === undefined ? {} : { targetCpu: flags.targetCpu }),
    ...(flags.targetFeatures === undefined ? {} : { targetFeatures: flags.targetFeatures }),
    ...(flags.llvmArg === undefined ? {} : { llvmArgs: flags.llvmArg }),
    ...(preserve.length === 0 ? {} : { preserve }),
    ...(flags.session === undefined ? {} : { session: flags.session }),
  };
}

async function symbolsIn(file: string): Promise<string[]> {
  const help = "Give --preserve-file a text file with one symbol per line.";
  const text = await readTextFile(file).catch((error: unknown) => {
    const message = `The list of symbols to preserve cannot be read: ${messageOf(error)}`;
    throw new LtoError({ name: "UnreadableFile", message, file, help }, { cause: error });
  });
  const lines = text.split("\n").map((line) => line.trim());
  const symbols = lines.filter((line) => line !== "" && !line.startsWith("#"));
  if (symbols.length > 0) return symbols;
  throw new LtoError({ name: "Usage", message: `The list of symbols to preserve names no symbol: ${file}.`, file, help });
}
