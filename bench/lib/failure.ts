/** Failures of benches, and their exit codes. */
import { isLtoError } from "../../src/core/base/errors.js";
import { EXIT } from "../../src/protocol/error-table.js";

/** A failure that is explained to the user: what failed, and what to do. Any other error is a bug in a bench. */
export class BenchFailure extends Error {
  override readonly name = "BenchFailure";
  /** What to do now. */
  readonly help: string;

  constructor(message: string, help: string) {
    super(message);
    this.help = help;
  }
}

/**
 * Runs a bench's main function: explained failures are printed without a stack, and the process exits with 3. Ctrl-C also ends its children.
 */
export async function endWith(work: (signal: AbortSignal) => Promise<number>): Promise<void> {
  const cancel = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => cancel.abort());
  try {
    process.exitCode = await work(cancel.signal);
  } catch (error) {
    if (isLtoError(error, "Cancelled")) process.exitCode = EXIT.cancelled;
    else if (error instanceof BenchFailure) {
      console.error(`error: ${error.message}\n  help: ${error.help}`);
      process.exitCode = 3;
    } else throw error;
  }
}
