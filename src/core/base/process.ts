/** Runs a program to its end and keeps what it printed. */
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
  /** Descriptors of locks that are to be held until all that the program started has ended, also when this process is killed before. */
  readonly held?: readonly number[];
  /** Called for every line of stderr (without its end). */
  readonly onStderrLine?: (line: string) => void;
  /** Called for every line of stdout (without its end). */
  readonly onStdoutLine?: (line: string) => void;
}

export interface ProcessResult {
  /** null: ended by a signal. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How long a process may take to end after it was asked to, in milliseconds; and as long again after it was told to. */
const PATIENCE = 400;

/** Those that have not ended. */
const running = new Set<Supervised>();

/** Ends all that was started here and has not ended: this program is about to. */
export function killRunningProcesses(): void {
  for (const child of running) child.abandon();
}

/** What the supervisor ends with when it could not start the program. */
const NOT_STARTED = 127;

/**
 * Runs a program in a process group of its own, under the supervisor (addon/process/supervise.cpp): when this process ends, however it ends, or the
 * signal is raised, everything that the program has started ends too.
 *
 * @throws what `spawn` fails with (ENOENT when there is no such program), or the name Cancelled
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
        else resolve({ code, stdout: stdout.end(), stderr: stderr.end() });
      });
    });
  });
}

/** A program and its supervisor; the program alone where this platform has no supervisor. */
class Supervised {
  readonly process: ChildProcess;
  readonly #program: string;
  readonly #lifeline: Socket | undefined;
  #said = "";
  #timer: NodeJS.Timeout | undefined;

  constructor(program: string, args: readonly string[], { cwd, env, held = [] }: ProcessOptions) {
    this.#program = program;
    const supervisor = findSupervisor();
    const [file, words] = supervisor === undefined ? [program, args] : [supervisor, [program, ...args]];
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
    // Whoever kills the supervisor has not killed what it watched over.
    this.process.on("exit", (_code, signal) => {
      if (signal === "SIGKILL") this.#signal("SIGKILL");
    });
  }

  /** Why the program could not be started, as `spawn` would have said it. */
  get failure(): Error | undefined {
    const number = Number(this.#said);
    if (!Number.isInteger(number) || number <= 0) return undefined;
    return this.#failed(getSystemErrorName(-number));
  }

  /** An error of `spawn`, about the program and not about its supervisor. */
  named(error: Error): Error {
    const code = systemCode(error);
    return code === undefined ? error : this.#failed(code);
  }

  #failed(code: string): Error {
    return Object.assign(new Error(`spawn ${this.#program} ${code}`), { code, path: this.#program });
  }

  /** Asks the program to end; after a while everything that it started is killed. */
  end(): void {
    this.#signal("SIGINT");
    this.#timer = setTimeout(() => {
      this.#cut();
    }, PATIENCE);
  }

  forget(): void {
    clearTimeout(this.#timer);
  }

  /** The supervisor notices the end of this process; where there is none, nothing is left to wait for. */
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
      // It has ended meanwhile.
    }
  }
}

let supervisor: { readonly file: string | undefined } | undefined;

/** Its path. It needs Linux; where it is missing or may not be executed, programs run without it, and `doctor` says so. */
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
    // Latin-1 keeps bytes apart: a character that is cut by the chunk's end is put together again before it is decoded.
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
