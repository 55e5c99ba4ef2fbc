/** Starts the command line for the campaign: at low priority, with its output collected, and with a time limit. */
import { spawn, type ChildProcess } from "node:child_process";

export interface Ended {
  /** null: ended by a signal. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** It did not end in time and was killed. */
  readonly hung: boolean;
  readonly millis: number;
}

export interface ProgramOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Seconds after which it counts as hanging. */
  readonly limit?: number;
  readonly onStart?: (child: ChildProcess) => void;
  readonly onStderr?: (text: string) => void;
}

/** Starts a program and waits for its end. Standard input is closed. */
export function runProgram(program: string, args: readonly string[], options: ProgramOptions): Promise<Ended> {
  const begun = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env: options.env, cwd: options.cwd, stdio: ["ignore", "pipe", "pipe"] });
    let [stdout, stderr, hung] = ["", "", false];
    const timer =
      options.limit === undefined
        ? undefined
        : setTimeout(() => {
            hung = true;
            child.kill("SIGKILL");
          }, options.limit * 1000);
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
      options.onStderr?.(text);
    });
    child.once("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
    // Its children may keep its pipes open, so its own exit counts.
    child.once("exit", (code) => {
      clearTimeout(timer);
      setImmediate(() => {
        resolve({ code, stdout, stderr, hung, millis: performance.now() - begun });
      });
    });
    options.onStart?.(child);
  });
}

/** The last lines of a failed program's output. */
export function lastLines(text: string, lines = 3): string {
  return text.trimEnd().split("\n").slice(-lines).join(" | ");
}
