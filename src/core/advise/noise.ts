/** What makes times of programs noisy on this machine, and pinning, which helps against one of the causes. */
import os from "node:os";
import { setTimeout } from "node:timers/promises";
import { LtoError } from "../base/errors.js";
import { runProcess } from "../base/process.js";
import { LIMITS, readTextFile } from "../base/read-file.js";
import { findProgram } from "../machine/programs.js";
import { number } from "../../protocol/words.js";

/** The share of the processors' time from which on programs wait for others. */
const BUSY = 0.1;

/** Long enough to tell a share, in milliseconds. */
const OBSERVED = 500;

/** Governors that keep the frequency as it is. */
const STEADY: readonly string[] = ["performance", "userspace"];

/** Causes of noise that can be told before anything is run, in sentences. */
export async function noiseWarnings(): Promise<string[]> {
  const busy = await busyShare();
  const governor = await scalingGovernor();
  return [
    ...(busy < BUSY
      ? []
      : [
          `Other programs use ${number(Math.round(100 * busy))} % of the processors' time: close them, or small differences cannot be told.`,
        ]),
    ...(governor === null || STEADY.includes(governor)
      ? []
      : [
          `The processors' frequency varies (governor \`${governor}\`): as root, \`cpupower frequency-set -g performance\` makes it steady.`,
        ]),
  ];
}

/** Of the processors' time, while this program waits. Load averages would still contain its own builds. */
async function busyShare(): Promise<number> {
  const [idle, all] = processorTimes();
  await setTimeout(OBSERVED);
  const [idleThen, allThen] = processorTimes();
  return allThen === all ? 0 : 1 - (idleThen - idle) / (allThen - all);
}

function processorTimes(): readonly [idle: number, all: number] {
  const times = os.cpus().map((one) => one.times);
  const all = times.map(({ user, nice, sys, idle, irq }) => user + nice + sys + idle + irq);
  return [times.reduce((sum, { idle }) => sum + idle, 0), all.reduce((sum, one) => sum + one, 0)];
}

/** @returns null: this machine does not tell; virtual machines seldom do */
async function scalingGovernor(): Promise<string | null> {
  const text = await readTextFile("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", LIMITS.text).catch(() => null);
  return text === null ? null : text.trim();
}

/**
 * The words before a program that pin it and all that it starts.
 *
 * @param processors as taskset takes them: "2", "2,3", "4-7"; null: none
 * @throws LtoError Usage if there is no taskset, or it refuses
 */
export async function pinnedTo(processors: string | null): Promise<readonly string[]> {
  if (processors === null) return [];
  const refused = (why: string): LtoError =>
    new LtoError({
      name: "Usage",
      message: `Programs cannot be pinned to the processors ${processors}: ${why}.`,
      help: "Name processors of this machine, such as --pin 1 or --pin 2-3, or leave it out.",
    });
  if (!/^\d+(?:[-,]\d+)*$/.test(processors)) throw refused("this is no list of numbers");
  const taskset = await findProgram("taskset", process.env);
  if (taskset === undefined) throw refused("taskset (of util-linux) is not installed");
  const { code, stderr } = await runProcess(taskset, ["--cpu-list", processors, "/bin/sh", "-c", ":"]);
  if (code !== 0) throw refused(stderr.trim().split("\n").at(-1) ?? "taskset failed");
  return [taskset, "--cpu-list", processors];
}
