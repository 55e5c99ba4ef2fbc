/** Runs several programs in turn, several times, and says which differ from the first by more than the noise. */
import type { BenchmarkResult, BenchmarkSetup, BenchmarkVerdict } from "../../protocol/advise.js";
import { LtoError, throwIfCancelled } from "../base/errors.js";
import { runProcess } from "../base/process.js";
import { quantile, ratioInterval, type Interval } from "./statistics.js";

/** The probability with which any verdict of a difference may be wrong, over all settings. */
const ERROR = 0.01;

/** Rounds that are not counted: caches fill, and the first run of a program reads it from disk. */
const WARM_UP = 1;

/** Lines of what a failed command said that the error repeats. */
const SAID_LINES = 10;

/** How often each program is run, for this many rounds that count. */
export function runsOf(rounds: number): number {
  return WARM_UP + rounds;
}

export interface Contestant {
  readonly name: string;
  readonly output: string;
}

export interface BenchmarkOptions {
  /** A command of the shell, in which `{}` stands for the program. */
  readonly command: string;
  readonly rounds: number;
  /** Where it runs; absent: where this program does. */
  readonly folder?: string;
  /** Words before the program's, such as those of {@link pinnedTo}. */
  readonly before?: readonly string[];
}

export interface BenchmarkHooks {
  readonly signal?: AbortSignal | undefined;
  readonly progress?: (round: number, rounds: number) => void;
}

export interface Benchmarked {
  readonly setup: BenchmarkSetup;
  /** In the order of the programs. */
  readonly results: readonly BenchmarkResult[];
}

/**
 * A program that fails takes no part in later rounds.
 *
 * @throws LtoError Usage if the command does not contain `{}`, or fails with the first program; Cancelled
 */
export async function benchmark(
  programs: readonly Contestant[],
  { command, rounds, folder, before }: BenchmarkOptions,
  { signal, progress }: BenchmarkHooks = {},
): Promise<Benchmarked> {
  requirePlace(command);
  const [first] = programs;
  if (first === undefined) throw new LtoError({ name: "Internal", message: "There is no program to run." });
  // The first one takes part twice: whether it differs from itself says how much noise there is.
  const scripts = [...programs, first].map(({ output }) => scriptOf(command, output));
  const runs: (Run[] | null)[] = scripts.map(() => []);
  const starts: Run[] = [];
  for (let round = 0; round < runsOf(rounds); round += 1) {
    progress?.(round, runsOf(rounds));
    const isCounted = round >= WARM_UP;
    const start = await runOnce("exec >/dev/null 2>&1; :", { signal, folder, before });
    if (isCounted && start !== null) starts.push(start);
    for (const index of orderOf(round, scripts.length)) {
      const own = runs[index];
      if (own === undefined || own === null) continue;
      const run = await runOnce(scripts[index] ?? "", { signal, folder, before });
      if (run === null) runs[index] = null;
      else if (isCounted) own.push(run);
    }
  }
  if (runs[0] === null) await requireSuccess(first, { command, folder, before }, signal);
  return judged(runs, starts, { command, rounds });
}

/** @throws LtoError Usage */
export function requirePlace(command: string): void {
  if (command.includes("{}")) return;
  const help = "Write {} where the program's path belongs: `--bench '{} --some-option input.txt'`.";
  throw new LtoError({ name: "Usage", message: `The benchmark \`${command}\` does not say where the program goes.`, help });
}

/** Begins with another program each time, and in the other direction. */
export function orderOf(round: number, programs: number): number[] {
  const direction = round % 2 === 0 ? 1 : -1;
  return Array.from({ length: programs }, (_, index) => (((round + direction * index) % programs) + programs) % programs);
}

/** What the program writes is discarded, and costs no time here. */
function scriptOf(command: string, output: string): string {
  return `exec >/dev/null 2>&1; ${command.replaceAll("{}", quoted(output))}`;
}

interface RunOf {
  readonly signal: AbortSignal | undefined;
  readonly folder: string | undefined;
  readonly before: readonly string[] | undefined;
}

/** The program and arguments that run a script. */
function wordsOf(script: string, before: readonly string[] | undefined): readonly [string, string[]] {
  const [program, ...more] = [...(before ?? []), "/bin/sh", "-c", script] as const;
  return [program, more];
}

function inFolder(folder: string | undefined): { readonly cwd?: string } {
  return folder === undefined ? {} : { cwd: folder };
}

/** One run of a command. */
export interface Run {
  readonly millis: number;
  /** null: this system does not tell. */
  readonly userMillis: number | null;
  /** null: this machine does not count them. */
  readonly instructions: number | null;
}

/** @returns null: it failed */
async function runOnce(script: string, { signal, folder, before }: RunOf): Promise<Run | null> {
  throwIfCancelled(signal, "The benchmark");
  const begun = performance.now();
  const { code, usage } = await runProcess(...wordsOf(script, before), { signal, usage: true, ...inFolder(folder) });
  const millis = performance.now() - begun;
  return code === 0 ? { millis, userMillis: usage?.userMillis ?? null, instructions: usage?.instructions ?? null } : null;
}

/** What to run, where. */
export interface BenchmarkCommand extends Pick<BenchmarkOptions, "command"> {
  readonly folder?: string | undefined;
  readonly before?: readonly string[] | undefined;
}

/**
 * Runs the command once.
 *
 * @param variables of the environment, beside this process's own
 * @throws LtoError Usage with what it wrote if it fails; Cancelled
 */
export async function requireSuccess(
  { name, output }: Contestant,
  { command, folder, before }: BenchmarkCommand,
  signal: AbortSignal | undefined,
  variables: NodeJS.ProcessEnv = {},
): Promise<void> {
  const script = `exec >/dev/null; ${command.replaceAll("{}", quoted(output))}`;
  const env = { ...process.env, ...variables };
  const { code, stderr } = await runProcess(...wordsOf(script, before), { signal, env, ...inFolder(folder) });
  if (code === 0) return;
  const said = stderr.trim().split("\n").slice(-SAID_LINES).join("\n");
  throw new LtoError({
    name: "Usage",
    message: `The benchmark \`${command}\` failed with the program of "${name}": it ended with ${code === null ? "a signal" : `exit code ${code}`}.`,
    ...(said === "" ? {} : { output: said }),
    help: "Give a command that succeeds, with {} for the program.",
  });
}

/** As one word of the shell. */
function quoted(path: string): string {
  return `'${path.replaceAll("'", "'\\''")}'`;
}

/**
 * @param runs of each program in each round, null for one that failed; the last one is the first program again
 * @param starts runs of a command that does nothing, which every run contains
 */
export function judged(
  runs: readonly (readonly Run[] | null)[],
  starts: readonly Run[],
  setup: Pick<BenchmarkSetup, "command" | "rounds">,
): Benchmarked {
  const startMillis = medianOf(starts, ({ millis }) => millis) ?? 0;
  const times = runs.map((list) => list?.map(({ millis }) => Math.max(LEAST_MILLIS, millis - startMillis)) ?? null);
  const first = times[0] ?? [];
  const own = times.at(-1) ?? null;
  const others = Math.max(1, times.length - 2);
  const noise = own === null ? null : ratioInterval(own, first, ERROR);
  const results = times.slice(0, -1).map((list, index): BenchmarkResult => {
    if (list === null) {
      return { ...{ medianMillis: null, quartiles: null, runs: 0, userMillis: null, instructions: null }, verdict: "failed", ratio: null };
    }
    const ratio = index === 0 ? null : ratioInterval(list, first, ERROR / others);
    return {
      medianMillis: quantile(list, 0.5),
      quartiles: [quantile(list, 0.25), quantile(list, 0.75)],
      runs: list.length,
      userMillis: without(runs[index] ?? [], starts, ({ userMillis }) => userMillis),
      instructions: rounded(without(runs[index] ?? [], starts, ({ instructions }) => instructions)),
      verdict: index === 0 ? "baseline" : verdictOf(ratio, noise),
      ratio,
    };
  });
  return { setup: { ...setup, startMillis, error: ERROR, noise }, results };
}

function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value);
}

/** null: not known of every run. */
function medianOf(runs: readonly Run[], of: (run: Run) => number | null): number | null {
  const values = runs.map(of).filter((value) => value !== null);
  return values.length === 0 || values.length < runs.length ? null : quantile(values, 0.5);
}

/** The median without that of starting a command. */
function without(runs: readonly Run[], starts: readonly Run[], of: (run: Run) => number | null): number | null {
  const [whole, start] = [medianOf(runs, of), medianOf(starts, of)];
  return whole === null || start === null ? null : Math.max(0, whole - start);
}

/** A ratio needs times above zero. */
const LEAST_MILLIS = 0.01;

/** Programs are called equal only if the interval leaves no room for a larger difference. */
const EQUAL = 1.05;

/** A difference counts if no round's luck explains it, and if it is larger than what the same program shows against itself. */
export function verdictOf(ratio: Interval | null, noise: Interval | null): BenchmarkVerdict {
  if (ratio === null || noise === null) return "too-few-runs";
  if (noise[0] > 1 || noise[1] < 1) return "too-noisy";
  const least = Math.max(noise[1], 1 / noise[0]);
  const middle = Math.sqrt(ratio[0] * ratio[1]);
  if (ratio[1] < 1 && middle < 1 / least) return "faster";
  if (ratio[0] > 1 && middle > least) return "slower";
  return ratio[0] > 1 / EQUAL && ratio[1] < EQUAL ? "no-difference" : "too-noisy";
}
