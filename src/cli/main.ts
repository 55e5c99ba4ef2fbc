/** `lto-inspector`, the command line. Each command has a file; this one combines them and sets the exit code. */
import { Command, CommanderError } from "commander";
import { reportOf, systemCode } from "../core/base/errors.js";
import { EXIT, exitCodeOf } from "../protocol/error-table.js";
import { Cancelling } from "./cancelling.js";
import { Cli, errorLines, print } from "./context.js";
import { COLORS } from "./styles.js";
import { adviseCommand } from "./advise.js";
import { asmCommand } from "./asm.js";
import { callsCommand } from "./calls.js";
import { captureCommand } from "./capture.js";
import { compareCommand } from "./compare.js";
import { compareLlvmCommand } from "./compare-llvm.js";
import { diffCommand } from "./diff.js";
import { discoverCommand } from "./discover.js";
import { doctorCommand } from "./doctor.js";
import { explainCommand } from "./explain.js";
import { fateCommand } from "./fate.js";
import { fatCommand } from "./fat.js";
import { findCommand } from "./find.js";
import { linkCommand } from "./link.js";
import { passesCommand } from "./passes.js";
import { profileCommand } from "./profile.js";
import { remarksCommand } from "./remarks.js";
import { showCommand } from "./show.js";
import { storeCommand } from "./store.js";
import { thinCommand } from "./thin.js";
import { verifyCommand } from "./verify.js";
import { sizeCommand } from "./size.js";
import { ownVersion } from "./version.js";
import { whyKeptCommand } from "./why-kept.js";

const EXIT_CODES = `
Exit codes:
  0    success
  1    finished, but something differs or is missing (verify, link, calls, fate, remarks, passes --check, profile, asm, advise, diff --exit-code, compare and compare-llvm --exit-code, store --check, explain --audit, some units of capture)
  2    wrong usage
  3    the inputs cannot be used, or a capture's build failed; the error names the file and says how to fix it
  4    the engine failed; the error names the module and the stage
  130  cancelled (Ctrl-C, SIGTERM, SIGHUP)`;

function buildProgram(cli: Cli): Command {
  const program = new Command("lto-inspector")
    .description(
      "Replays rustc's link-time optimisation on what a Cargo build left behind, saves every stage, and shows what was re-used or re-compiled, and why.",
    )
    .version(ownVersion())
    .addHelpText("after", EXIT_CODES);
  for (const command of [
    doctorCommand,
    discoverCommand,
    captureCommand,
    thinCommand,
    fatCommand,
    verifyCommand,
    linkCommand,
    sizeCommand,
    adviseCommand,
    explainCommand,
    callsCommand,
    fateCommand,
    remarksCommand,
    passesCommand,
    profileCommand,
    whyKeptCommand,
    asmCommand,
    showCommand,
    diffCommand,
    findCommand,
    compareCommand,
    compareLlvmCommand,
    storeCommand,
  ]) {
    program.addCommand(command(cli));
  }
  for (const command of [program, ...program.commands]) {
    // runProgram reports wrong usage like every other error.
    command.exitOverride().configureOutput({ outputError: () => undefined });
  }
  return program;
}

async function main(): Promise<void> {
  const cancelling = new Cancelling();
  guardOutput();
  const cli = new Cli({ stdout: process.stdout, stderr: process.stderr, cancelling });
  const code = await runProgram(buildProgram(cli), cli);
  process.exitCode ??= code;
  cancelling.settle();
}

/** A reader that exits (`| head`) is not an error: the command still ends normally. Reports other failures, such as a full disk, once. */
function guardOutput(): void {
  let told = false;
  process.stderr.on("error", () => undefined);
  process.stdout.on("error", (error) => {
    const code = systemCode(error);
    if (told || code === "EPIPE" || code === "ERR_STREAM_DESTROYED") return;
    told = true;
    const report = reportOf(error, "Writing to standard output");
    process.exitCode = exitCodeOf(report.name);
    print(process.stderr, errorLines(report, COLORS));
  });
}

/** Arguments of `capture` after `--` are Cargo's; commander would treat the first of them as the path. */
function splitCargoArguments(argv: readonly string[]): [string[], string[]] {
  const dashes = argv.indexOf("--");
  if (argv[2] !== "capture" || dashes < 0) return [[...argv], []];
  return [argv.slice(0, dashes), argv.slice(dashes + 1)];
}

/** The value of `--json` on a command line that could not be parsed. */
function jsonOption(argv: readonly string[]): string | undefined {
  const at = argv.findIndex((word) => word === "--json" || word.startsWith("--json="));
  const word = argv[at];
  if (word === undefined) return undefined;
  return word === "--json" ? argv[at + 1] : word.slice("--json=".length);
}

async function runProgram(program: Command, cli: Cli): Promise<number> {
  try {
    const [own, cargo] = splitCargoArguments(process.argv);
    cli.cargoArguments = cargo;
    await program.parseAsync(own);
    return cli.exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) {
      const report = reportOf(error, "Reading the command line");
      await cli.fail(report, jsonOption(process.argv));
      return exitCodeOf(report.name);
    }
    // --help and --version have already printed.
    if (error.exitCode === 0) return EXIT.done;
    if (error.code === "commander.help") return EXIT.usage;
    const message = error.message.replace(/^error: /, "");
    await cli.fail({ name: "Usage", message, help: "Add --help to see commands and options." }, jsonOption(process.argv));
    return EXIT.usage;
  }
}

void main();
