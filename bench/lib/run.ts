/** Runs programs for benches: at low priority (nice), with their output kept for failures. */
import { runProcess } from "../../src/core/base/process.js";
import type { ProcessResult } from "../../src/core/base/process.js";
import { systemCode } from "../../src/core/base/errors.js";
import { BenchFailure } from "./failure.js";

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
}

export interface TimedResult extends ProcessResult {
  readonly seconds: number;
}

/** Runs a program, with `nice` at low priority so that it does not disturb the machine's other work. */
export async function runTimed(
  program: string,
  args: readonly string[],
  options: RunOptions & { readonly nice?: boolean },
): Promise<TimedResult> {
  const started = performance.now();
  const result = await startable(program, () =>
    options.nice === true ? runProcess("nice", ["-n", "10", program, ...args], options) : runProcess(program, args, options),
  );
  return { ...result, seconds: (performance.now() - started) / 1000 };
}

/**
 * Runs a program that has to succeed.
 *
 * @param doing for the message ("Fetching the source package")
 */
export async function mustRun(doing: string, program: string, args: readonly string[], options: RunOptions = {}): Promise<ProcessResult> {
  const result = await startable(program, () => runProcess(program, args, options));
  if (result.code === 0) return result;
  const last = (result.stderr + result.stdout).trimEnd().split("\n").slice(-15).join("\n");
  throw new BenchFailure(
    `${doing}: \`${program} ${args.join(" ")}\` ended with ${result.code ?? "a signal"}.\n${last}`,
    "Fix what it reports, then run the bench again.",
  );
}

async function startable<T>(program: string, start: () => Promise<T>): Promise<T> {
  try {
    return await start();
  } catch (error) {
    if (systemCode(error) !== "ENOENT") throw error;
    throw new BenchFailure(
      `There is no program \`${program}\`.`,
      `Install it (Debian: apt-get install ${PACKAGE_OF[program] ?? program}).`,
    );
  }
}

const PACKAGE_OF: Readonly<Record<string, string>> = { nice: "coreutils", "dpkg-source": "dpkg-dev", "apt-get": "apt" };
