/**
 * Ctrl-C, SIGTERM and SIGHUP: the one place that decides how a command ends early. The command is asked to end in order; what has not ended after a
 * while is left where it is, and the process ends all the same within a second. Asked twice, it ends at once.
 */
import { killRunningProcesses } from "../core/base/process.js";
import { removeUnfinished } from "../core/base/atomic-file.js";
import { cancelled } from "../core/base/errors.js";
import { EXIT } from "../protocol/error-table.js";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** What a command gets to end in order and say so. */
const GRACE_MILLIS = 600;

/** By then the process ends, whatever it is at. */
const LAST_MILLIS = 850;

const MILLIS_BETWEEN_LOOKS = 10;

export class Cancelling {
  readonly #controller = new AbortController();

  constructor() {
    for (const signal of SIGNALS) {
      process.on(signal, () => {
        if (this.#controller.signal.aborted) endNow();
        this.#controller.abort();
        setTimeout(endNow, LAST_MILLIS).unref();
      });
    }
  }

  /** Raised by the first signal. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /**
   * Waits for some work, but not much longer than until it should have ended.
   *
   * @param what it is, as the beginning of a sentence
   * @throws what the work throws; Cancelled where it did not stop in time
   */
  async orGiveUp<T>(work: Promise<T>, what: string): Promise<T> {
    // When it fails later, nobody is there to be told.
    work.catch(() => undefined);
    let stop: (() => void) | undefined;
    const givenUp = new Promise<never>((_resolve, reject) => {
      const onAbort = (): void => {
        setTimeout(() => {
          reject(cancelled(what));
        }, GRACE_MILLIS).unref();
      };
      if (this.signal.aborted) onAbort();
      else this.signal.addEventListener("abort", onAbort, { once: true });
      stop = () => {
        this.signal.removeEventListener("abort", onAbort);
      };
    });
    try {
      return await Promise.race([work, givenUp]);
    } finally {
      stop?.();
    }
  }

  /** Called when all has been said: ends the process where it was asked to end, for what was given up may still be under way. */
  settle(): void {
    if (!this.signal.aborted) return;
    if (readsOrWrites()) setTimeout(() => this.settle(), MILLIS_BETWEEN_LOOKS).unref();
    else endNow();
  }
}

/** Whether threads of Node's pool are at work on files, or wait for them. */
function readsOrWrites(): boolean {
  return process.getActiveResourcesInfo().some((resource) => resource.startsWith("FSReq"));
}

/** Engine processes notice that their parent is gone; what else was started is ended here. */
function endNow(): never {
  killRunningProcesses();
  removeUnfinished();
  for (const signal of SIGNALS) process.removeAllListeners(signal);
  // An exit waits for every thread of Node's pool, and one of them may be reading from a file system that does not answer. The signal does not wait, and
  // shells tell it as the same code.
  if (readsOrWrites()) process.kill(process.pid, "SIGINT");
  process.exit(EXIT.cancelled);
}
