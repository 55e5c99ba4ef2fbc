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

export interface Contestant {
  readonly name: string;
  readonly output: string;
}

export interface BenchmarkOptions {
  /** A command of the shell, in which `{}` stands for the program. */
  readonly command: string;
  readonly rounds: number;
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

/** @throws LtoError Usage if the command does not contain `{}`, or fails; Cancelled */
export async function benchmark(
  programs: readonly Contestant[],
  { command, rounds }: BenchmarkOptions,
  { signal, progress }: BenchmarkHooks = {},
): Promise<Benchmarked> {
  requirePlace(command);
  const [first] = programs;
  if (first === undefined) throw new LtoError({ name: "Internal", message: "There is no program to run." });
  // The first one takes part twice: whether it differs from itself says how much noise there is.
  const all = [...programs, first];
  const times: number[][] = all.map(() => []);
  for (let round = 0; round < WARM_UP + rounds; round += 1) {
    progress?.(round, WARM_UP + rounds);
    for (const index of orderOf(round, all.length)) {
      throwIfCancelled(signal, "The benchmark");
      const millis = await timed(all[index] ?? first, command, signal);
      if (round >= WARM_UP) times[index]?.push(millis);
    }
  }
  return judged(times, command, rounds);
}

/** @throws LtoError Usage */
export function requirePlace(command: string): void {
  if (command.includes("{}")) return;
  const help = "Write {} where the program's path belongs: `--bench '{} --some-option input.txt'`.";
  throw new LtoError({ name: "Usage", message: `The benchmark \`${command}\` does not say where the program goes.`, help });
}

/** Neither begins nor follows the same program each time. */
export function orderOf(round: number, programs: number): number[] {
  const direction = round % 2 === 0 ? 1 : -1;
  return Array.from({ length: programs }, (_, index) => (((round + direction * index) % programs) + programs) % programs);
}

async function timed({ name, output }: Contestant, command: string, signal: AbortSignal | undefined): Promise<number> {
  const script = `exec >/dev/null; ${command.replaceAll("{}", quoted(output))}`;
  const begun = performance.now();
  const { code, stderr } = await runProcess("/bin/sh", ["-c", script], { signal });
  const millis = performance.now() - begun;
  if (code === 0) return millis;
  const said = stderr.trim().split("\n").slice(-SAID_LINES).join("\n");
  throw new LtoError({
    name: "Usage",
    message: `The benchmark \`${command}\` failed with the program of "${name}": it ended with ${code === null ? "a signal" : `exit code ${code}`}.`,
    ...(said === "" ? {} : { output: said }),
    help: "Give --bench a command that succeeds, with {} for the program.",
  });
}

/** As one word of the shell. */
function quoted(path: string): string {
  return `'${path.replaceAll("'", "'\\''")}'`;
}

/** @param times of each program in each round; the last one is the first program again */
export function judged(times: readonly (readonly number[])[], command: string, rounds: number): Benchmarked {
  const [first = [], own] = [times[0], times.at(-1)];
  const others = Math.max(1, times.length - 2);
  const noise = own === undefined ? null : ratioInterval(own, first, ERROR);
  const results = times.slice(0, -1).map((list, index): BenchmarkResult => {
    const ratio = index === 0 ? null : ratioInterval(list, first, ERROR / others);
    return {
      medianMillis: quantile(list, 0.5),
      quartiles: [quantile(list, 0.25), quantile(list, 0.75)],
      runs: list.length,
      verdict: index === 0 ? "baseline" : verdictOf(ratio, noise),
      ratio,
    };
  });
  return { setup: { command, rounds, error: ERROR, noise }, results };
}

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
