/**
 * Ctrl-C, SIGTERM and SIGHUP: the only place that decides how a command ends early. The command is asked to end in order. After a grace period,
 * unfinished work is abandoned, and the process ends within a second. A second signal ends it at once.
 */
import { killRunningProcesses } from "../core/base/process.js";
import { removeUnfinished } from "../core/base/atomic-file.js";
import { cancelled } from "../core/base/errors.js";
import { EXIT } from "../protocol/error-table.js";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** The time that a command has to end in order and report it. */
const GRACE_MILLIS = 600;

/** By then the process ends, whatever it is doing. */
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
   * Waits for some work, but if it is cancelled, only for the grace period.
   *
   * @param the work, as the beginning of a sentence
   * @throws what the work throws; Cancelled if it did not stop in time
   */
  async orGiveUp<T>(work: Promise<T>, what: string): Promise<T> {
    // If it fails later, nothing handles the error.
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

  /** Called after all output: ends the process if a signal asked for it, because abandoned work may still be running. */
  settle(): void {
    if (!this.signal.aborted) return;
    if (readsOrWrites()) setTimeout(() => this.settle(), MILLIS_BETWEEN_LOOKS).unref();
    else endNow();
  }
}

/** Whether threads of Node's pool are reading or writing files, or waiting for them. */
function readsOrWrites(): boolean {
  return process.getActiveResourcesInfo().some((resource) => resource.startsWith("FSReq"));
}

/** Engine processes notice that their parent is gone; this ends all other child processes. */
function endNow(): never {
  killRunningProcesses();
  removeUnfinished();
  for (const signal of SIGNALS) process.removeAllListeners(signal);
  // An exit waits for every thread of Node's pool, and one of them may be reading from a file system that does not answer. The signal does not wait, and
  // shells report it as the same exit code.
  if (readsOrWrites()) process.kill(process.pid, "SIGINT");
  process.exit(EXIT.cancelled);
}
