/** Runs a program that has to succeed, and measures time and peak memory of it and its descendants (Linux: /proc). */
import { spawn } from "node:child_process";
import fs from "node:fs";
import { BenchFailure } from "./failure.js";

export interface Measured {
  /** Wall time, seconds. */
  readonly seconds: number;
  /** Processor time of the process and its descendants, seconds. What ran shorter than a sample is missing. */
  readonly cpuSeconds: number;
  /** Processor time that was spent between two times, seconds since the start. */
  readonly cpuBetween: (from: number, to: number) => number;
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
  const sampler = new ProcessSampler(child.pid ?? 0);
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
    sampler.stop();
  });
  const seconds = (performance.now() - started) / 1000;
  if (code !== 0) {
    const said = (stderr + stdout).trimEnd().split("\n").slice(-15).join("\n");
    throw new BenchFailure(
      `\`${program} ${args.slice(0, 6).join(" ")} …\` ended with ${code ?? "a signal"}.\n${said}`,
      "Fix what it reports.",
    );
  }
  return {
    ...{ seconds, cpuSeconds: sampler.cpuSeconds, treePeakBytes: sampler.treePeak, processPeakBytes: sampler.processPeak },
    cpuBetween: (from, to) => sampler.cpuAt(to) - sampler.cpuAt(from),
    ...{ stdout, stderr, stderrLines },
  };
}

/** Samples a process and its descendants until it is stopped. */
export class ProcessSampler {
  /** The largest sum of the resident memory of all, bytes. */
  treePeak = 0;
  /** The largest peak of a single one, bytes. */
  processPeak = 0;
  readonly #root: number;
  readonly #started = performance.now();
  readonly #timer: NodeJS.Timeout;
  /** The last sample of each process, seconds: those that have ended count too. */
  readonly #cpu = new Map<number, number>();
  readonly #samples: { readonly at: number; readonly cpuSeconds: number }[] = [];

  constructor(root: number) {
    this.#root = root;
    this.#timer = setInterval(() => {
      this.sample();
    }, SAMPLE_MILLIS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Processor time up to the last sample, seconds. */
  get cpuSeconds(): number {
    return [...this.#cpu.values()].reduce((sum, value) => sum + value, 0);
  }

  /** Processor time up to a time, seconds since the sampler started. */
  cpuAt(seconds: number): number {
    return this.#samples.findLast(({ at }) => at <= seconds)?.cpuSeconds ?? 0;
  }

  sample(): void {
    let sum = 0;
    for (const pid of family(this.#root)) {
      const { resident, peak } = memoryOf(pid);
      sum += resident;
      this.processPeak = Math.max(this.processPeak, peak);
      this.#cpu.set(pid, Math.max(this.#cpu.get(pid) ?? 0, cpuOf(pid)));
    }
    this.treePeak = Math.max(this.treePeak, sum);
    this.#samples.push({ at: (performance.now() - this.#started) / 1000, cpuSeconds: this.cpuSeconds });
  }
}

/** Any thread may start processes, and the kernel lists them by thread. */
function family(root: number): number[] {
  const children = threadsOf(root).flatMap((thread) =>
    read(`/proc/${root}/task/${thread}/children`).split(" ").filter(Boolean).map(Number),
  );
  return [root, ...children.flatMap(family)];
}

function threadsOf(pid: number): string[] {
  try {
    return fs.readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

function memoryOf(pid: number): { resident: number; peak: number } {
  const status = read(`/proc/${pid}/status`);
  const field = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1] ?? 0) * 1024;
  return { resident: field("VmRSS"), peak: field("VmHWM") };
}

/** The kernel counts in hundredths of a second (USER_HZ). */
function cpuOf(pid: number): number {
  // The name of the program, in parentheses, may contain spaces.
  const fields = read(`/proc/${pid}/stat`).split(") ").at(-1)?.split(" ") ?? [];
  const [user = 0, system = 0] = fields.slice(11, 13).map(Number);
  return (user + system) / 100;
}

/** Processes may exit at any time, here and above. */
function read(file: string): string {
  try {
    return fs.readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
