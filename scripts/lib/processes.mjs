// Finds processes by a mark in their environment, which child processes inherit in any process group or session. Only Linux reveals other processes'
// environment; elsewhere nothing is found.
import fs from "node:fs";
import path from "node:path";

/** @typedef {{ pid: number, parent: number, command: string }} Process */

/** @param {string} file @returns {string} empty if the process is gone or belongs to another user */
export function read(file) {
  try {
    return fs.readFileSync(file, "latin1");
  } catch {
    return "";
  }
}

/**
 * The program's name is in parentheses and may contain anything, so the fields after it are found from the end.
 *
 * @param {string} pid
 * @returns {{ state: string, parent: number }}
 */
function statusOf(pid) {
  const text = read(path.join("/proc", pid, "stat"));
  const [state = "X", parent = "0"] = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return { state, parent: Number(parent) };
}

/**
 * Living processes that were started with a variable in their environment.
 *
 * @param {string} variable
 * @param {string} value
 * @returns {Process[]}
 */
export function processesWith(variable, value) {
  if (!fs.existsSync("/proc/self/environ")) return [];
  const wanted = `\0${variable}=${value}\0`;
  return fs
    .readdirSync("/proc")
    .filter((pid) => /^\d+$/.test(pid) && `\0${read(path.join("/proc", pid, "environ"))}\0`.includes(wanted))
    .map((pid) => ({ pid, ...statusOf(pid) }))
    .filter(({ state }) => state !== "Z" && state !== "X")
    .map(({ pid, parent }) => ({
      pid: Number(pid),
      parent,
      command: read(path.join("/proc", pid, "cmdline"))
        .replaceAll("\0", " ")
        .trim(),
    }));
}

/** Whether a process runs; a zombie does not. @param {number} pid */
export function isRunning(pid) {
  return !["Z", "X", ""].includes(statusOf(String(pid)).state);
}

/**
 * Sends a signal to a process, or with a negative number to a process group; it is not an error if that is gone.
 *
 * @param {number} pid
 * @param {NodeJS.Signals} signal
 */
export function signalProcess(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch {
    // It has exited.
  }
}
