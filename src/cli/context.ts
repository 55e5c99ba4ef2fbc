/** What all commands share: output, progress, cancelling, errors, `--json` and exit codes. */
import { InvalidArgumentError, Option, type Command } from "commander";
import { availableParallelism } from "node:os";
import pc from "picocolors";
import { EXIT, exitCodeOf, type ExitCode } from "../protocol/error-table.js";
import type { LtoErrorReport } from "../protocol/errors.js";
import { closeCore, createCore, type CoreContext } from "../core/engine/core-context.js";
import { reportOf } from "../core/base/errors.js";
import { closeStoreRoot } from "../core/base/private-folder.js";
import { visible, visibleJson, visibleLines } from "../protocol/visible.js";
import type { Cancelling } from "./cancelling.js";
import { descriptorOf, writeReportFile } from "./report-file.js";
import { warningLines } from "./render/llvm-lines.js";
import { COLORS, printable, type Colors } from "./styles.js";

export type { Colors } from "./styles.js";

/** How a command ended: the report for `--json`, what is printed on stdout unless the report goes there, and the exit code. */
export interface Outcome {
  readonly report: unknown;
  /** One element per line: a line break or an escape sequence in it comes from a file and is printed visibly (see styles.ts). */
  readonly lines: readonly string[] | LlvmText;
  readonly exit?: ExitCode;
}

/** Text that LLVM printed: its line breaks and tabs are kept. */
export interface LlvmText {
  readonly llvm: string;
}

export interface CommandOptions {
  readonly json?: string;
  readonly threads?: number;
}

/** What a command's action receives. */
export interface Invocation {
  readonly core: CoreContext;
  readonly signal: AbortSignal;
  readonly colors: Colors;
  /** Columns of the terminal; 100 if there is none. */
  readonly columns: number;
  /** Shows a line of progress if stderr is a terminal; the next one replaces it. */
  progress(line: string): void;
  /** Prints on stderr immediately (Cargo's output, for instance), one line per argument. */
  note(...lines: readonly string[]): void;
  /** Prints LLVM's output on stderr. */
  passOn(text: LlvmText): void;
}

/** The standard streams, and the cancelling of a command. */
export interface Surroundings {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly cancelling: Cancelling;
}

/**
 * Whether a stream gets colours: on a terminal unless NO_COLOR is set, elsewhere only if FORCE_COLOR is set. `isTTY` is undefined for a pipe or a
 * file, and picocolors would then make its own guess, which is "yes" on most CI services.
 */
function isColored(stream: NodeJS.WriteStream): boolean {
  const wanted = stream.isTTY || Boolean(process.env["FORCE_COLOR"]);
  return wanted && pc.isColorSupported;
}

/** The only place where text goes to a terminal. */
export function print(stream: NodeJS.WriteStream, lines: Outcome["lines"]): void {
  const colored = isColored(stream);
  const text = "llvm" in lines ? visibleLines(lines.llvm) : lines.map((line) => printable(line, colored)).join("\n");
  if (text !== "") stream.write(text.endsWith("\n") ? text : `${text}\n`);
}

export class Cli {
  /** The arguments of `capture` after `--`. */
  cargoArguments: readonly string[] = [];
  readonly #around: Surroundings;
  #exit: ExitCode = EXIT.done;
  #lineShown = false;

  constructor(around: Surroundings) {
    this.#around = around;
  }

  /** The exit code of the command that ran. */
  get exitCode(): ExitCode {
    return this.#exit;
  }

  /**
   * Runs a command's action: prints what it returns or throws, writes the report, and ends the engine processes.
   *
   * @param doing what the command was doing, for errors without a message ("Verifying demo-cli-bin-01234567")
   */
  async run(options: CommandOptions, doing: string, action: (invocation: Invocation) => Promise<Outcome>): Promise<void> {
    const { cancelling } = this.#around;
    const core = createCore(options.threads === undefined ? {} : { threads: options.threads });
    try {
      await cancelling.orGiveUp(closeStoreRoot(core.layout.root), doing);
      const outcome = await cancelling.orGiveUp(action(this.#invocation(core)), doing);
      this.#clearLine();
      if (!toStandardOutput(options.json)) print(this.#around.stdout, outcome.lines);
      print(this.#around.stderr, warningLines(core.work.takeWarning(), COLORS));
      this.#exit = outcome.exit ?? EXIT.done;
      await this.#writeReport(options.json, outcome.report);
    } catch (error) {
      await this.#fail(reportOf(error, doing), options.json);
    } finally {
      await cancelling.orGiveUp(closeCore(core), doing).catch(() => undefined);
    }
  }

  /** Reports an error outside any action (wrong usage), and sets the exit code. */
  async fail(report: LtoErrorReport, json: string | undefined): Promise<void> {
    await this.#fail(report, json);
  }

  #invocation(core: CoreContext): Invocation {
    const { stdout, stderr, cancelling } = this.#around;
    return {
      core,
      signal: cancelling.signal,
      colors: COLORS,
      columns: stdout.isTTY ? stdout.columns : 100,
      progress: (line) => {
        if (!stderr.isTTY) return;
        // A terminal that does not know its width reports 0.
        const width = stderr.columns > 0 ? stderr.columns : 80;
        stderr.write(`\r\x1b[2K${visible(line).slice(0, width - 1)}`);
        this.#lineShown = true;
      },
      note: (...lines) => {
        this.#clearLine();
        print(stderr, lines);
      },
      passOn: (text) => {
        this.#clearLine();
        print(stderr, text);
      },
    };
  }

  #clearLine(): void {
    if (this.#lineShown) this.#around.stderr.write("\r\x1b[2K");
    this.#lineShown = false;
  }

  async #fail(report: LtoErrorReport, json: string | undefined): Promise<void> {
    this.#tell(report);
    await this.#writeReport(json, { error: report });
  }

  #tell(report: LtoErrorReport): void {
    this.#clearLine();
    this.#exit = exitCodeOf(report.name);
    print(this.#around.stderr, errorLines(report, COLORS));
  }

  /** Never fails: if a report cannot be written, prints the error and sets the exit code. */
  async #writeReport(json: string | undefined, report: unknown): Promise<void> {
    if (json === undefined) return;
    try {
      await this.#writeTo(json, `${visibleJson(report)}\n`);
    } catch (error) {
      this.#tell(reportOf(error, `Writing the report to ${json}`));
    }
  }

  async #writeTo(json: string, text: string): Promise<void> {
    if (toStandardOutput(json)) this.#around.stdout.write(text);
    else await this.#around.cancelling.orGiveUp(writeReportFile(json, text, this.#around.cancelling.signal), "Writing the report");
  }
}

function toStandardOutput(json: string | undefined): boolean {
  return json !== undefined && descriptorOf(json) === 1;
}

/** An error as it is printed: what failed, on what, and how to fix it. */
export function errorLines(report: LtoErrorReport, colors: Colors): string[] {
  const lines = [`${colors.red("error")} (${report.name}): ${report.message}`];
  if (report.output !== undefined) lines.push(...report.output.split("\n").map((line) => `    ${line}`));
  if (report.file !== undefined && !report.message.includes(report.file)) lines.push(`  file: ${report.file}`);
  if (report.module !== undefined && !report.message.includes(report.module)) lines.push(`  module: ${report.module}`);
  if (report.stage !== undefined && !report.message.includes(report.stage)) lines.push(`  stage: ${report.stage}`);
  if (report.help !== undefined) lines.push(`  ${colors.bold("help")}: ${report.help}`);
  return lines;
}

/** Adds `--json FILE`, which every command has. */
export function withJson(command: Command): Command {
  return command.option("--json <file>", "write the report as JSON to a file (- = stdout)");
}

/** Adds `--llvm` and `--threads`, which every command that runs the engine has. */
export function withEngine(command: Command): Command {
  return command
    .option("--llvm <library>", "the libLLVM to use: auto (the toolchain's own), system, or a path", "auto")
    .addOption(
      new Option("--threads <n>", "modules processed in parallel").argParser(positiveInteger).default(availableParallelism(), "all cores"),
    );
}

/** What a command that only inspects may do. */
export interface LookingFlags {
  readonly runToolchain?: true;
}

/** `--run-toolchain`, for commands that inspect a workspace. */
export function runToolchainOption(): Option {
  return new Option(
    "--run-toolchain",
    "run the toolchain that the workspace chooses, even if it chooses by path (default: query another toolchain)",
  );
}

export function positiveInteger(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError("It must be a whole number of at least 1.");
  return number;
}

/** For options that can be given several times. */
export function collect(value: string, earlier: string[] | undefined): string[] {
  return [...(earlier ?? []), value];
}
