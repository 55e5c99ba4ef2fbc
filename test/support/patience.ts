/**
 * How tests wait. No test asserts how long something took, since that depends on the machine and on what else it does: a test waits for what must come, and
 * asserts order where order is promised. The benches measure.
 */

/** Far more than any wait needs, also on a slow machine that does other things: who waits so long waits in vain. */
export const PATIENCE_MILLIS = 10 * 60_000;

/** Something that was asked for and may have been lost is asked for again after so long. */
export const ASK_AGAIN_MILLIS = 15_000;

/**
 * Waits until something is there.
 *
 * @param what for the failure
 * @param probe undefined, null or false: not yet
 * @throws when patience is over, with what the probe threw last, if it did
 */
export async function until<T>(what: string, probe: () => T | Promise<T>): Promise<Exclude<T, undefined | null | false>> {
  const end = Date.now() + PATIENCE_MILLIS;
  for (;;) {
    let problem: unknown;
    try {
      const found = await probe();
      if (isThere(found)) return found;
    } catch (error) {
      problem = error;
    }
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`, { cause: problem });
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

function isThere<T>(found: T): found is Exclude<T, undefined | null | false> {
  return found !== undefined && found !== null && found !== false;
}

/** Lets everything that is ready in this process go first, some times over: what is promised at once has happened then. */
export async function aFewTurns(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
}
