/** Reads processes from /proc. A variable in their environment says which case they belong to, even if their parents have exited. */
import fs from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

export interface FoundProcess {
  readonly pid: number;
  /** The command line, with spaces between words. */
  readonly command: string;
}

/** Processes that were started with the variable: `NAME=value`. Zombies have no environment. */
export async function processesWith(variable: string): Promise<FoundProcess[]> {
  const names = (await fs.readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    names.map(async (name) => {
      const environment = await fs.readFile(`/proc/${name}/environ`, "utf8").catch(() => "");
      if (!environment.split("\0").includes(variable)) return [];
      return [{ pid: Number(name), command: await commandOf(Number(name)) }];
    }),
  );
  return found.flat();
}

export async function commandOf(pid: number): Promise<string> {
  const text = await fs.readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
  return text.replaceAll("\0", " ").trim();
}

/** Waits until no process has the variable. @returns those that still run after the given time */
export async function leftAfter(variable: string, millis: number): Promise<FoundProcess[]> {
  const end = Date.now() + millis;
  for (;;) {
    const left = await processesWith(variable);
    if (left.length === 0 || Date.now() >= end) return left;
    await sleep(50);
  }
}

/** @returns whether there was a process to kill */
export function kill(pid: number, signal: NodeJS.Signals = "SIGKILL"): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

export async function childrenOf(pid: number): Promise<number[]> {
  const text = await fs.readFile(`/proc/${pid}/task/${pid}/children`, "utf8").catch(() => "");
  return text.split(" ").filter(Boolean).map(Number);
}

/** A process's memory in bytes and its open files; zero if it is gone. */
export async function usageOf(pid: number): Promise<{ readonly resident: number; readonly files: number }> {
  const status = await fs.readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  const resident = Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
  const files = await fs.readdir(`/proc/${pid}/fd`).then(
    (names) => names.length,
    () => 0,
  );
  return { resident, files };
}
