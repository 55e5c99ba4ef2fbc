/** A failure that is explained to the person: what was being done, and what to do now. Anything else is a mistake in a bench. */
export class BenchFailure extends Error {
  override readonly name = "BenchFailure";
  /** What to do now. */
  readonly mend: string;

  constructor(message: string, mend: string) {
    super(message);
    this.mend = mend;
  }
}

/** Runs a bench's main function: failures that are explained are printed without a stack, and the process exits with 3. */
export async function endWith(work: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await work();
  } catch (error) {
    if (!(error instanceof BenchFailure)) throw error;
    console.error(`error: ${error.message}\n  mend: ${error.mend}`);
    process.exitCode = 3;
  }
}
