// Runs other programs: those with much output into a log file with a sign of life, tests with their output shown. A program may run as long as it
// makes progress.
import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { logs, root } from "./paths.mjs";
import { signalProcess } from "./processes.mjs";
import { describe, watchProgress } from "./progress.mjs";

/** A failure that needs no stack: it is already explained, or the message says what to do. */
export class PlainError extends Error {}

/** @type {Set<number>} running process groups, which are ended when this process is interrupted */
const groups = new Set();

for (const [signal, code] of /** @type {const} */ ([
  ["SIGINT", 130],
  ["SIGTERM", 143],
])) {
  process.on(signal, () => {
    for (const group of groups) signalProcess(-group, signal);
    process.exit(code);
  });
}

/** @param {number} since milliseconds, as `Date.now()` gives them */
export function seconds(since) {
  return `${((Date.now() - since) / 1000).toFixed(1)} s`;
}

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env]
 * @property {Partial<import("./progress.mjs").Limits>} [progress] different limits, for tests
 * @property {(text: string) => void} [onOutput]
 *
 * @typedef {object} RunResult
 * @property {number | null} code
 * @property {NodeJS.Signals | null} signal
 * @property {string | null} stalled why it was ended, and what still ran, if it made no progress for minutes
 * @property {string} output
 */

/**
 * Runs a program in a separate process group and collects its output.
 *
 * @param {string} program
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<RunResult>} rejects only if the program cannot be started
 */
export function run(program, args, options = {}) {
  const { progress, onOutput, cwd = root, env = process.env } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
    const group = child.pid;
    let output = "";
    /** @type {string | null} */
    let stalled = null;
    /** @type {NodeJS.Timeout | undefined} */
    let killer;
    /** @param {number} pid @param {readonly import("./progress.mjs").Usage[]} processes */
    const end = (pid, processes) => {
      const lines = processes.map(describe).join("\n");
      stalled = `made no progress (no output and no processor time for minutes) and was ended; what ran:\n${lines}`;
      signalProcess(-pid, "SIGTERM");
      killer = setTimeout(() => {
        signalProcess(-pid, "SIGKILL");
        // Also processes in other groups.
        for (const each of processes) signalProcess(each.pid, "SIGKILL");
      }, 10_000);
    };
    const watch = group === undefined ? undefined : watchProgress(group, (processes) => end(group, processes), progress);
    if (group !== undefined) groups.add(group);
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8");
      stream.on("data", (/** @type {string} */ text) => {
        watch?.output();
        output += text;
        onOutput?.(text);
      });
    }
    /** @param {() => void} settle */
    const finish = (settle) => {
      watch?.stop();
      clearTimeout(killer);
      if (group !== undefined) {
        // Ends processes that outlive the program (a server, a stray compiler).
        if (stalled !== null) signalProcess(-group, "SIGKILL");
        groups.delete(group);
      }
      settle();
    };
    child.on("error", (error) => {
      finish(() => {
        reject(new PlainError(`cannot start ${program}: ${error.message}`));
      });
    });
    child.on("close", (code, signal) => {
      finish(() => {
        resolve({ code, signal, stalled, output });
      });
    });
  });
}

/** @param {string} text */
function lastLine(text) {
  return (
    text
      .trimEnd()
      .split(/[\r\n]/)
      .at(-1)
      ?.trim()
      .slice(0, 100) ?? ""
  );
}

/**
 * Reports from time to time that a step is still running, and what it does.
 *
 * @param {string} label
 * @param {() => string} detail
 * @returns {() => void} stops the reports
 */
function signOfLife(label, detail) {
  const started = Date.now();
  const live = process.stdout.isTTY;
  const timer = setInterval(
    () => {
      const line = `${label} … ${((Date.now() - started) / 1000).toFixed(0)} s  ${detail()}`;
      if (live) process.stdout.write(`\r\x1b[2K${line.slice(0, process.stdout.columns - 1)}`);
      else console.log(line);
    },
    live ? 500 : 20_000,
  );
  return () => {
    clearInterval(timer);
    if (live) process.stdout.write("\r\x1b[2K");
  };
}

/**
 * Runs a program with much output, which goes to `.cache/logs/<log>.log`. If the program fails, shows the end of the log.
 *
 * @param {string} label the name that the user sees
 * @param {string} log
 * @param {string} program
 * @param {readonly string[]} args
 * @param {RunOptions & { append?: boolean }} [options]
 * @throws {PlainError} if it fails
 */
export async function runLogged(label, log, program, args, options = {}) {
  fs.mkdirSync(logs, { recursive: true });
  const file = path.join(logs, `${log}.log`);
  const shown = path.relative(root, file);
  const stream = fs.createWriteStream(file, { flags: options.append ? "a" : "w" });
  stream.write(`$ ${program} ${args.join(" ")}\n`);
  let last = "";
  const stop = signOfLife(label, () => last);
  try {
    const result = await run(program, args, {
      ...options,
      onOutput: (text) => {
        stream.write(text);
        last = lastLine(text) || last;
      },
    });
    if (result.code === 0) return;
    stop();
    const why = result.stalled ?? `ended with ${result.code ?? result.signal ?? "an unknown status"}`;
    const tail = result.output.trimEnd().split("\n").slice(-40).join("\n");
    throw new PlainError(`${label}: ${path.basename(program)} ${why} (full output: ${shown})\n${tail}`);
  } finally {
    stop();
    stream.end();
  }
}

/**
 * Runs one step of the set-up and reports how long it took.
 *
 * @param {string} label
 * @param {() => Promise<void>} work
 */
export async function step(label, work) {
  const started = Date.now();
  console.log(`set-up: ${label}`);
  await work();
  console.log(`set-up: ${label}: done in ${seconds(started)}`);
}
