/**
 * The rustc wrapper of a capture (RUSTC_WRAPPER). For the final crates of the packages being captured it adds `-C save-temps`, enables rustc's log
 * of LTO, separates that log from the diagnostics that Cargo reads, and sends the capture a record of the run. It starts everything else unchanged.
 * It exits as rustc exited, and never fails a build itself: if it cannot record a run, it says so on stderr.
 */
import { spawn } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import path from "node:path";
import { codegenValue, expandArgumentFiles, isFinalCrate, splitInvocation, valuesOf } from "./invocation.js";
import { inheritedDescriptors } from "./jobserver.js";
import { snapshotSessions } from "../../../pipelines/past-sessions.js";
import { LOG_FILE } from "../../../store/captured-files.js";
import { BYPASS_FOR_FINAL, CAPTURE_FOLDER, CHAINED_WRAPPER, LINK_ARGS_FILE, RECORD_SOCKET, RECORDED } from "./record.js";
import type { WrapperMessage } from "./record.js";
import { StderrSplitter } from "./stderr-splitter.js";

const ADDED = ["-C", "save-temps"] as const;
const LOG_FILTER = "rustc_codegen_llvm::back::lto=info,rustc_codegen_ssa::back::lto=info";
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const;
/** Variables of this build and this wrapper that would mislead a later run of rustc: a jobserver that has ended, a log that nobody reads. */
const NOT_RECORDED = /^(?:MAKEFLAGS|MFLAGS|CARGO_MAKEFLAGS|RUSTC_LOG.*|ELECTRON_RUN_AS_NODE)$/;

interface Ending {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

function main(argv: readonly string[]): void {
  const { programs, args } = splitInvocation(argv);
  const expanded = expandArgumentFiles(args);
  const folder = process.env[CAPTURE_FOLDER];
  const recording = folder !== undefined && isFinalCrate(expanded, process.env) ? begin(folder, programs, expanded) : undefined;
  const chain = process.env[CHAINED_WRAPPER];
  const bypass = recording !== undefined && process.env[BYPASS_FOR_FINAL] === "1";
  const command = [...(chain === undefined || chain === "" || bypass ? [] : [chain]), ...argv, ...(recording?.added ?? [])];
  run(command, recording, (ending) => {
    void Promise.resolve(recording?.finish(ending)).then(() => {
      endAs(ending);
    });
  });
}

interface Recording {
  /** Arguments for rustc. */
  readonly added: readonly string[];
  readonly log: (bytes: Buffer) => void;
  readonly finish: (ending: Ending) => Promise<void>;
}

/** Starts a record: the sessions as they are now, and an empty log. */
function begin(captureFolder: string, programs: readonly string[], args: readonly string[]): Recording | undefined {
  try {
    const crate = valuesOf(args, "--crate-name").at(-1) ?? "crate";
    const folder = fs.mkdtempSync(path.join(captureFolder, `${crate}-`));
    const incremental = codegenValue(args, "incremental");
    const previousSessions = incremental === undefined ? [] : snapshotSessions(incremental, crate, folder);
    const log = fs.openSync(path.join(folder, LOG_FILE), "w");
    const startedAt = Date.now();
    return {
      // Only the linker's command line shows which rlibs are linked as they are. Printing it does not change the build.
      added: [...ADDED, `--print=link-args=${path.join(folder, LINK_ARGS_FILE)}`],
      log: (bytes) => fs.writeSync(log, bytes),
      finish: async (ending) => {
        fs.closeSync(log);
        const environment = recordedEnvironment();
        const record = {
          ...{ schema: 1 as const, programs, args, added: ADDED, cwd: process.cwd(), environment, previousSessions },
          ...{ startedAt, finishedAt: Date.now(), ...ending },
        };
        await send({ folder: path.basename(folder), record }).catch(complain);
      },
    };
  } catch (error) {
    complain(error);
    return undefined;
  }
}

/** The environment for compiling the crate again; build scripts can set variables of any name. */
function recordedEnvironment(): Record<string, string> {
  const own: readonly string[] = [CAPTURE_FOLDER, RECORD_SOCKET, CHAINED_WRAPPER, BYPASS_FOR_FINAL];
  const entries = Object.entries(process.env).filter(([name]) => !NOT_RECORDED.test(name) && !own.includes(name));
  return Object.fromEntries(entries.map(([name, value]) => [name, value ?? ""]));
}

/** @throws if the capture does not confirm it */
function send(message: WrapperMessage): Promise<void> {
  return new Promise((resolve, reject) => {
    let answer = "";
    const socket = net.connect(process.env[RECORD_SOCKET] ?? "", () => {
      socket.end(JSON.stringify(message));
    });
    socket.on("data", (chunk) => (answer += chunk.toString()));
    socket.on("error", reject);
    socket.on("close", () => {
      if (answer === RECORDED) resolve();
      else reject(new Error(answer === "" ? "the capture did not answer" : answer));
    });
  });
}

function complain(error: unknown): void {
  process.stderr.write(`lto-inspector: this rustc run could not be recorded: ${error instanceof Error ? error.message : String(error)}\n`);
}

function run(command: readonly string[], recording: Recording | undefined, done: (ending: Ending) => void): void {
  const [program = "rustc", ...args] = command;
  // Signals must be caught before rustc runs: a signal that only ended this process would leave rustc running. Handlers run in a later turn.
  const forward = (signal: NodeJS.Signals): void => void child.kill(signal);
  for (const signal of SIGNALS) process.on(signal, forward);
  const child = spawn(program, args, {
    env: childEnvironment(recording !== undefined),
    stdio: ["inherit", "inherit", recording === undefined ? "inherit" : "pipe", ...inheritedDescriptors(process.env)],
  });
  if (recording !== undefined && child.stderr !== null) {
    const splitter = new StderrSplitter(recording.log, (bytes) => writeAll(2, bytes));
    child.stderr.on("data", (chunk: Buffer) => splitter.push(chunk));
    child.stderr.on("end", () => splitter.end());
  }
  child.on("error", (error) => {
    process.stderr.write(`error: could not start ${program}: ${error.message}\n`);
    process.exit(127);
  });
  child.on("close", (exitCode, signal) => {
    for (const name of SIGNALS) process.removeListener(name, forward);
    done({ exitCode, signal });
  });
}

/** rustc's environment: for recorded runs, a plain log of LTO that replaces the user's own RUSTC_LOG. */
function childEnvironment(recorded: boolean): NodeJS.ProcessEnv {
  const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => name !== "ELECTRON_RUN_AS_NODE"));
  if (!recorded) return environment;
  const others = Object.entries(environment).filter(([name]) => !name.startsWith("RUSTC_LOG"));
  return { ...Object.fromEntries(others), RUSTC_LOG: LOG_FILTER, RUSTC_LOG_COLOR: "never" };
}

/** Writes everything synchronously, even if the pipe is full at the moment. */
function writeAll(descriptor: number, bytes: Buffer): void {
  let written = 0;
  while (written < bytes.length) {
    try {
      written += fs.writeSync(descriptor, bytes, written);
    } catch (error) {
      if (!(error instanceof Error) || !("code" in error) || error.code !== "EAGAIN") return;
    }
  }
}

/** Ends this process like rustc: by the same signal, or with the same exit code. */
function endAs({ exitCode, signal }: Ending): void {
  if (signal === null) process.exit(exitCode ?? 1);
  process.kill(process.pid, signal);
  // A signal that does not end a process (such as SIGCHLD) must not leave this one running.
  setTimeout(() => process.exit(1), 1000);
}

main(process.argv.slice(2));
