/** Runs a program to its end and keeps what it printed. */
import { spawn } from "node:child_process";
import { cancelled } from "../errors.js";

export interface ProcessOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
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

/** How long a process may take to end after it was asked to, in milliseconds. */
const PATIENCE = 800;

/**
 * Runs a program in a process group of its own, so that cancelling ends everything that it started.
 *
 * @throws what `spawn` fails with (ENOENT when there is no such program), or the name Cancelled
 */
export async function runProcess(program: string, args: readonly string[], options: ProcessOptions = {}): Promise<ProcessResult> {
  const name = [program, ...args].join(" ");
  if (options.signal?.aborted === true) throw cancelled(`\`${name}\``);
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ["ignore", "pipe", "pipe"],
      detached: process.platform !== "win32",
    });
    const stdout = new LineCollector(options.onStdoutLine);
    const stderr = new LineCollector(options.onStderrLine);
    child.stdout.on("data", (chunk: Buffer) => {
      stdout.push(chunk);
    });
    child.stderr.on("data", (chunk: Buffer) => {
      stderr.push(chunk);
    });
    let killer: NodeJS.Timeout | undefined;
    const abort = (): void => {
      endGroup(child.pid, "SIGINT");
      killer = setTimeout(() => {
        endGroup(child.pid, "SIGKILL");
      }, PATIENCE);
    };
    options.signal?.addEventListener("abort", abort, { once: true });
    const settle = (act: () => void): void => {
      options.signal?.removeEventListener("abort", abort);
      clearTimeout(killer);
      act();
    };
    child.on("error", (error) => {
      settle(() => {
        reject(error);
      });
    });
    child.on("close", (code) => {
      settle(() => {
        if (options.signal?.aborted === true) reject(cancelled(`\`${name}\``));
        else resolve({ code, stdout: stdout.end(), stderr: stderr.end() });
      });
    });
  });
}

function endGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === "win32" ? pid : -pid, signal);
  } catch {
    // It has ended by itself meanwhile.
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
