/** Runs a program to its end and collects its output. */
import { spawn, type ChildProcess } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { Socket } from "node:net";
import { getSystemErrorName } from "node:util";
import { cancelled, systemCode } from "./errors.js";
import { ownFile } from "./own-files.js";

export interface ProcessOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
  /** Descriptors of locks to hold until the program and its descendants have ended, even if this process is killed first. */
  readonly held?: readonly number[];
  /** Measure what the program uses. */
  readonly usage?: boolean;
  /** Called for every line of stderr (without its end). */
  readonly onStderrLine?: (line: string) => void;
  /** Called for every line of stdout (without its end). */
  readonly onStdoutLine?: (line: string) => void;
}

/** What a program, and all that it started and waited for, used outside of the kernel. */
export interface ProcessUsage {
  /** Time on processors. */
  readonly userMillis: number;
  /** null: this machine does not count them, or not for this user. */
  readonly instructions: number | null;
}

export interface ProcessResult {
  /** null: ended by a signal. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Absent: not asked for, or there is no supervisor to measure it. */
  readonly usage?: ProcessUsage;
}

/** How long a process may take to end after a request, in milliseconds; and then again after it is killed. */
const PATIENCE = 400;

/** Processes that have not ended. */
const running = new Set<Supervised>();

/** Ends all running processes, because this program is about to exit. */
export function killRunningProcesses(): void {
  for (const child of running) child.abandon();
}

/** The supervisor's exit code if it could not start the program. */
const NOT_STARTED = 127;

/**
 * Runs a program in its own process group, under the supervisor (addon/process/supervise.cpp): when this process ends in any way, or the signal is
 * raised, everything that the program has started ends too.
 *
 * @throws what `spawn` fails with (ENOENT if there is no such program), or the name Cancelled
 */
export async function runProcess(program: string, args: readonly string[], options: ProcessOptions = {}): Promise<ProcessResult> {
  const name = [program, ...args].join(" ");
  if (options.signal?.aborted === true) throw cancelled(`\`${name}\``);
  return new Promise((resolve, reject) => {
    const child = new Supervised(program, args, options);
    running.add(child);
    const stdout = new LineCollector(options.onStdoutLine);
    const stderr = new LineCollector(options.onStderrLine);
    child.process.stdout?.on("data", (chunk: Buffer) => {
      stdout.push(chunk);
    });
    child.process.stderr?.on("data", (chunk: Buffer) => {
      stderr.push(chunk);
    });
    const abort = (): void => {
      child.end();
    };
    options.signal?.addEventListener("abort", abort, { once: true });
    const settle = (act: () => void): void => {
      options.signal?.removeEventListener("abort", abort);
      child.forget();
      running.delete(child);
      act();
    };
    child.process.on("error", (error) => {
      settle(() => {
        reject(child.named(error));
      });
    });
    child.process.on("close", (code) => {
      settle(() => {
        const failure = code === NOT_STARTED ? child.failure : undefined;
        if (options.signal?.aborted === true) reject(cancelled(`\`${name}\``));
        else if (failure !== undefined) reject(failure);
        else resolve({ code, stdout: stdout.end(), stderr: stderr.end(), ...child.usage });
      });
    });
  });
}

/** A program and its supervisor; only the program if this platform has no supervisor. */
class Supervised {
  readonly process: ChildProcess;
  readonly #program: string;
  readonly #lifeline: Socket | undefined;
  #said = "";
  #timer: NodeJS.Timeout | undefined;

  constructor(program: string, args: readonly string[], { cwd, env, held = [], usage = false }: ProcessOptions) {
    this.#program = program;
    const supervisor = findSupervisor();
    const [file, words] = supervisor === undefined ? [program, args] : [supervisor, [...(usage ? ["--usage"] : []), program, ...args]];
    this.process = spawn(file, words, {
      cwd,
      env: env ?? process.env,
      stdio: ["ignore", "pipe", "pipe", ...(supervisor === undefined ? [] : ["pipe" as const, ...held])],
      detached: process.platform !== "win32",
    });
    const lifeline = this.process.stdio[3];
    this.#lifeline = lifeline instanceof Socket ? lifeline : undefined;
    this.#lifeline?.on("data", (chunk: Buffer) => (this.#said += chunk.toString()));
    this.#lifeline?.on("error", () => undefined);
    // If the supervisor is killed, its processes may still run.
    this.process.on("exit", (_code, signal) => {
      if (signal === "SIGKILL") this.#signal("SIGKILL");
    });
  }

  /** Why the program could not be started, as an error of `spawn`. */
  get failure(): Error | undefined {
    const number = Number(this.#said);
    if (!Number.isInteger(number) || number <= 0) return undefined;
    return this.#failed(getSystemErrorName(-number));
  }

  get usage(): Pick<ProcessResult, "usage"> {
    const [, micros, instructions] = /^usage (\d+) (\d+|-)$/.exec(this.#said) ?? [];
    if (micros === undefined || instructions === undefined) return {};
    return { usage: { userMillis: Number(micros) / 1000, instructions: instructions === "-" ? null : Number(instructions) } };
  }

  /** An error of `spawn`, about the program and not about its supervisor. */
  named(error: Error): Error {
    const code = systemCode(error);
    return code === undefined ? error : this.#failed(code);
  }

  #failed(code: string): Error {
    return Object.assign(new Error(`spawn ${this.#program} ${code}`), { code, path: this.#program });
  }

  /** Asks the program to end, and kills everything that it started after a while. */
  end(): void {
    this.#signal("SIGINT");
    this.#timer = setTimeout(() => {
      this.#cut();
    }, PATIENCE);
  }

  forget(): void {
    clearTimeout(this.#timer);
  }

  /** Stops waiting: the supervisor notices when this process ends. */
  abandon(): void {
    if (this.#lifeline === undefined) this.#signal("SIGKILL");
  }

  #cut(): void {
    this.#lifeline?.destroy();
    this.#timer = setTimeout(
      () => {
        this.#signal("SIGKILL");
      },
      this.#lifeline === undefined ? 0 : PATIENCE,
    );
  }

  #signal(signal: NodeJS.Signals): void {
    const { pid } = this.process;
    if (pid === undefined) return;
    try {
      process.kill(process.platform === "win32" ? pid : -pid, signal);
    } catch {
      // It has ended in the meantime.
    }
  }
}

let supervisor: { readonly file: string | undefined } | undefined;

/** The supervisor's path. It needs Linux; if it is missing or not executable, programs run without it, and `doctor` reports it. */
export function findSupervisor(): string | undefined {
  supervisor ??= { file: executable(ownFile("lto-inspector-supervise")) };
  return supervisor.file;
}

function executable(file: string): string | undefined {
  try {
    accessSync(file, constants.X_OK);
    return process.platform === "linux" ? file : undefined;
  } catch {
    return undefined;
  }
}

class LineCollector {
  readonly #chunks: Buffer[] = [];
  readonly #onLine: ((line: string) => void) | undefined;
  #rest = "";

  constructor(onLine: ((line: string) => void) | undefined) {
    this.#onLine = onLine;
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    if (this.#onLine === undefined) return;
    // Latin-1 keeps bytes separate, so that a character across two chunks is joined before it is decoded.
    const lines = (this.#rest + chunk.toString("latin1")).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.#onLine(decode(line));
  }

  end(): string {
    if (this.#rest !== "") this.#onLine?.(decode(this.#rest));
    this.#rest = "";
    return Buffer.concat(this.#chunks).toString("utf8");
  }
}

function decode(latin1: string): string {
  return Buffer.from(latin1, "latin1").toString("utf8").replace(/\r$/, "");
}
