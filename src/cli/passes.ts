/** `passes UNIT MODULE [--function F] [--at N]`: what the passes of LTO did to a module, or to one of its functions. */
import { Command, InvalidArgumentError, Option } from "commander";
import { LtoError } from "../core/base/errors.js";
import { explainPasses } from "../core/explain/passes/explain-passes.js";
import type { OtherReplay } from "../core/explain/passes/options.js";
import { openedOnce, type ReplayedBuild } from "../core/replay/open-units.js";
import type { CoreContext } from "../core/engine/core-context.js";
import { EXIT } from "../protocol/error-table.js";
import type { PassSubject } from "../protocol/passes.js";
import { collect, positiveInteger, withEngine, withJson, type Cli, type CommandOptions } from "./context.js";
import { passesLines } from "./render/passes-text.js";
import { progressLine } from "./render/progress.js";
import { ltoSource } from "./source.js";
import { filtersOf, noteDamage, withFilters, type Hidden } from "./stages-source.js";

const KINDS: readonly PassSubject[] = ["module", "scc", "function", "loop"];

interface PassesFlags extends CommandOptions {
  readonly llvm: string;
  readonly function?: string;
  readonly at?: number;
  readonly blame?: true;
  readonly text?: string;
  readonly check?: true;
  readonly changed?: true;
  readonly all?: true;
  readonly pass?: string;
  readonly kind?: PassSubject;
  readonly limit?: number;
  readonly hide: readonly Hidden[];
  readonly demangle?: true;
  readonly llvmArg?: readonly string[];
  readonly against?: string;
  readonly againstModule?: string;
  readonly againstLlvm?: string;
  readonly againstLlvmArg?: readonly string[];
}

export function passesCommand(cli: Cli): Command {
  const command = new Command("passes")
    .description(
      "list the passes that LTO ran on a module, by time; with --function, those that changed a function, in order, and what each of them did",
    )
    .argument("<unit>", "a captured unit (ID, its beginning, or ID@N), a session directory, or a file")
    .argument("<module>", "a module's name, in any form that is printed, or a unique part of it")
    .option("--function <name>", "what passes did to this function: its symbol, a readable name, or part of either")
    .option("--at <run>", "show what this run changed in the function, as a unified diff", runNumber)
    .option("--text <text>", "only runs that added or removed lines of the function with this text, such as load, and these lines")
    .option("--blame", "show the function after the passes (or after --at), with the run that made each line")
    .option("--check", "of a module, also hash every function after every run, and say whether a change was missed")
    .option("--changed", "of a module, only runs that changed something")
    .option("--all", "of a function, also runs that did not change it")
    .option("--pass <pass>", "only passes whose name has this text, or these letters in this order")
    .addOption(
      new Option("--kind <kind>", "only runs on modules, on groups of functions that call each other, on functions, or on loops").choices([
        ...KINDS,
      ]),
    )
    .option("--limit <rows>", "print at most this many rows of a list", positiveInteger);
  return withJson(withEngine(withAgainst(withFilters(command, ["debug", "guids"])))).action(
    (unit: string, module: string, flags: PassesFlags) =>
      cli.run(flags, `Tracing the passes of ${module}`, async (invocation) => {
        const { core, signal, colors } = invocation;
        checkFlags(flags);
        const unlisten = noteDamage(invocation);
        try {
          const build = await buildOf(core, unit, flags.llvm, flags.llvmArg);
          const report = await explainPasses(
            openedOnce(core),
            build,
            {
              module,
              function: flags.function ?? null,
              pass: flags.pass ?? null,
              kind: flags.kind ?? null,
              changed: flags.function === undefined ? flags.changed === true : flags.all !== true,
              check: flags.check === true,
              text: flags.text ?? null,
              at: flags.at ?? null,
              blame: flags.blame === true,
              filters: filtersOf(flags.hide),
              demangle: flags.demangle === true,
              against: await otherOf(core, unit, flags),
            },
            { signal, progress: (one) => invocation.progress(progressLine("passes", one)) },
          );
          const missed = report.function === null ? (report.missed ?? []).length : 0;
          return { report, lines: passesLines(report, colors, flags.limit ?? null), exit: missed === 0 ? EXIT.done : EXIT.differs };
        } finally {
          unlisten();
        }
      }),
  );
}

/** Adds the other replay with which a function is compared, and LLVM's arguments for each. */
function withAgainst(command: Command): Command {
  return command
    .option("--llvm-arg <argument>", "pass this argument to LLVM (repeatable)", collect)
    .option("--against <unit>", "name the first pass that decided otherwise in another unit or build (default: the same one)")
    .option("--against-module <module>", "the module there (default: the one of the same name)")
    .option("--against-llvm <library>", "compare with a replay by this libLLVM")
    .option(
      "--against-llvm-arg <argument>",
      "compare with a replay with this argument of LLVM instead of those of --llvm-arg (repeatable)",
      collect,
    );
}

function runNumber(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 0) throw new InvalidArgumentError("It must be the number of a run, from 0 on.");
  return number;
}

const OF_A_FUNCTION = ["at", "text", "blame", "all", "against", "againstModule", "againstLlvm", "againstLlvmArg"] as const;

const OF_A_MODULE = ["changed", "check"] as const;

/** @throws LtoError Usage */
function checkFlags(flags: PassesFlags): void {
  if (flags.function !== undefined) {
    const [wrong] = OF_A_MODULE.filter((flag) => flags[flag] !== undefined);
    if (wrong === undefined) return;
    throw new LtoError({
      name: "Usage",
      message: `--${wrong} is about a module, and a function is named.`,
      help: "Leave out --function; with it, `passes` lists the runs that changed the function, and with --all the others too.",
    });
  }
  const [wrong] = OF_A_FUNCTION.filter((flag) => flags[flag] !== undefined);
  if (wrong === undefined) return;
  const option = `--${wrong.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  throw new LtoError({
    name: "Usage",
    message: `${option} is about one function, and none is named.`,
    help: "Name it with --function; without, `passes` lists the functions on which passes spent most.",
  });
}

async function buildOf(core: CoreContext, unit: string, llvm: string, llvmArgs: readonly string[] | undefined): Promise<ReplayedBuild> {
  return { source: await ltoSource(core, [unit]), llvm, overrides: llvmArgs === undefined ? {} : { llvmArgs } };
}

async function otherOf(core: CoreContext, unit: string, flags: PassesFlags): Promise<OtherReplay | null> {
  const { against, againstModule, againstLlvm, againstLlvmArg } = flags;
  if ([against, againstModule, againstLlvm, againstLlvmArg].every((flag) => flag === undefined)) return null;
  const build = await buildOf(
    core,
    against ?? unit,
    againstLlvm ?? flags.llvm,
    againstLlvmArg ?? (against === undefined ? undefined : flags.llvmArg),
  );
  return { build, module: againstModule ?? null };
}
