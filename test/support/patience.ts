/**
 * How tests wait. No test asserts a duration, because that depends on the machine and its other work: a test waits for what must happen, and
 * asserts an order only where one is promised. Benches measure durations.
 */

/** Far more than any wait needs, even on a slow and busy machine. */
export const PATIENCE_MILLIS = 10 * 60_000;

/** After this time, an action that may have been lost is repeated. */
export const ASK_AGAIN_MILLIS = 15_000;

/**
 * Waits until a probe succeeds.
 *
 * @param what for the failure
 * @param probe undefined, null or false: not yet
 * @throws if time is up, with the probe's last error, if any
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

/** Runs the event loop a few times, so that everything that is promised at once has happened. */
export async function aFewTurns(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
}
