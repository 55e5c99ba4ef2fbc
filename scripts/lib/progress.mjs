// Detects whether a running program makes progress: it prints something, or it or its children use processor time. A program that does neither for
// minutes hangs; otherwise its duration depends on the machine and on the machine's other work.
import fs from "node:fs";
import path from "node:path";
import { read } from "./processes.mjs";

/** `sysconf(_SC_CLK_TCK)`, which is 100 on every Linux that Node runs on. */
const TICKS_A_SECOND = 100;

/**
 * @typedef {object} Usage
 * @property {number} pid
 * @property {number} parent
 * @property {number} session
 * @property {string} state "R", "S", "D" …
 * @property {number} seconds of processor time, including that of its children that have ended
 */

/** @returns {Usage[]} every process of this machine; none if the system does not report them */
function usages() {
  if (!fs.existsSync("/proc/self/stat")) return [];
  return fs
    .readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const text = read(path.join("/proc", name, "stat"));
      // The program's name is in parentheses and may contain anything.
      const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
      const [state = "", parent = "", , session = ""] = fields;
      // utime, stime, cutime, cstime
      const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
      return text === ""
        ? []
        : [{ pid: Number(name), parent: Number(parent), session: Number(session), state, seconds: ticks / TICKS_A_SECOND }];
    });
}

/**
 * A process and its descendants. Orphans are found by their session, which stays the same.
 *
 * @param {Set<number>} own the processes that belonged to it before; new ones are added
 * @returns {Usage[]}
 */
function family(own) {
  const all = usages();
  for (let before = 0; before < own.size;) {
    before = own.size;
    for (const { pid, parent, session } of all) if (own.has(parent) || own.has(session)) own.add(pid);
  }
  return all.filter(({ pid }) => own.has(pid));
}

/** Describes a process in one line. @param {Usage} usage */
export function describe({ pid, state, seconds }) {
  const command = read(path.join("/proc", String(pid), "cmdline"))
    .replaceAll("\0", " ")
    .trim();
  return `  ${pid} ${state} ${seconds.toFixed(1)} s  ${command.slice(0, 160)}`;
}

/**
 * @typedef {object} Limits
 * @property {number} stallMillis without any progress
 * @property {number} silentMillis without output, if the system does not report what processes use
 * @property {number} pollMillis
 */

/** @type {Limits} */
const LIMITS = { stallMillis: 5 * 60_000, silentMillis: 45 * 60_000, pollMillis: 5000 };

/** A program that only waits and polls uses less than this share of a processor; one that works gets more, even on a busy machine. */
const LEAST_SHARE = 0.02;

/** @typedef {{ output: () => void, stop: () => void }} Watch `output` is called whenever the program prints something */

/**
 * Watches a program.
 *
 * @param {number} pid
 * @param {(processes: readonly Usage[]) => void} onStall called once, with all processes, if there is no progress
 * @param {Partial<Limits>} [limits] different limits, for tests
 * @returns {Watch}
 */
export function watchProgress(pid, onStall, limits = {}) {
  const { stallMillis, silentMillis, pollMillis } = { ...LIMITS, ...limits };
  const own = new Set([pid]);
  let heard = Date.now();
  /** @type {Map<number, number>} the last known processor time by process */
  let last = new Map();
  /** @type {{ at: number, seconds: number }[]} processor time between polls, for as long as there may be no progress */
  let used = [];
  const look = () => {
    const at = Date.now();
    const processes = family(own);
    const seconds = processes.reduce((sum, process) => sum + Math.max(0, process.seconds - (last.get(process.pid) ?? 0)), 0);
    last = new Map(processes.map((process) => [process.pid, process.seconds]));
    used = [...used.filter((each) => each.at > at - stallMillis), { at, seconds }];
    const told = processes.length > 0;
    if (at - heard < (told ? stallMillis : silentMillis)) return;
    const sum = used.reduce((all, each) => all + each.seconds, 0);
    if (told && sum * 1000 > LEAST_SHARE * stallMillis) return;
    clearInterval(timer);
    onStall(processes);
  };
  const timer = setInterval(look, pollMillis);
  return { output: () => (heard = Date.now()), stop: () => clearInterval(timer) };
}
