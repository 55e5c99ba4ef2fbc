/** Runs a program that has to succeed, and measures wall time and peak memory of it and its descendants (Linux: /proc). */
import { spawn } from "node:child_process";
import fs from "node:fs";
import { BenchFailure } from "./failure.js";

export interface Measured {
  /** Wall time, seconds. */
  readonly seconds: number;
  /** The largest observed sum of the resident memory of the process and its descendants, bytes. */
  readonly treePeakBytes: number;
  /** The largest peak of a single one of them, from the kernel (VmHWM), bytes. */
  readonly processPeakBytes: number;
  readonly stdout: string;
  readonly stderr: string;
  /** When each line of stderr came, seconds since the start. */
  readonly stderrLines: readonly { readonly at: number; readonly line: string }[];
}

const SAMPLE_MILLIS = 20;

export interface MeasureOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal;
}

/** @throws BenchFailure if the program's exit code is not 0 */
export async function measure(program: string, args: readonly string[], options: MeasureOptions = {}): Promise<Measured> {
  const started = performance.now();
  const child = spawn(program, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
  const memory = new MemorySampler(child.pid ?? 0);
  let stdout = "";
  let stderr = "";
  let rest = "";
  const stderrLines: { at: number; line: string }[] = [];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    const at = (performance.now() - started) / 1000;
    stderrLines.push(...lines.map((line) => ({ at, line })));
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  }).finally(() => {
    memory.stop();
  });
  const seconds = (performance.now() - started) / 1000;
  if (code !== 0) {
    const said = (stderr + stdout).trimEnd().split("\n").slice(-15).join("\n");
    throw new BenchFailure(
      `\`${program} ${args.slice(0, 6).join(" ")} …\` ended with ${code ?? "a signal"}.\n${said}`,
      "Fix what it reports.",
    );
  }
  return { seconds, treePeakBytes: memory.treePeak, processPeakBytes: memory.processPeak, stdout, stderr, stderrLines };
}

class MemorySampler {
  treePeak = 0;
  processPeak = 0;
  readonly #timer: NodeJS.Timeout;

  constructor(pid: number) {
    this.#timer = setInterval(() => {
      this.#sample(pid);
    }, SAMPLE_MILLIS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #sample(root: number): void {
    let sum = 0;
    for (const pid of family(root)) {
      const { resident, peak } = memoryOf(pid);
      sum += resident;
      this.processPeak = Math.max(this.processPeak, peak);
    }
    this.treePeak = Math.max(this.treePeak, sum);
  }
}

function family(root: number): number[] {
  const children = read(`/proc/${root}/task/${root}/children`).split(" ").filter(Boolean).map(Number);
  return [root, ...children.flatMap(family)];
}

function memoryOf(pid: number): { resident: number; peak: number } {
  const status = read(`/proc/${pid}/status`);
  const field = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1] ?? 0) * 1024;
  return { resident: field("VmRSS"), peak: field("VmHWM") };
}

/** Processes may exit at any time. */
function read(file: string): string {
  try {
    return fs.readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
