/** Work that several wait for: it goes on while one of them does, and is aborted when its last waiter cancels. */
import { cancelled } from "./errors.js";

export class SharedWork<T> {
  readonly #stop = new AbortController();
  readonly #work: Promise<T>;
  readonly #what: string;
  #waiting = 0;

  /** Starts the work. @param what names it, where somebody's waiting was cancelled ("Making a stage") */
  constructor(what: string, start: (signal: AbortSignal) => Promise<T>) {
    this.#what = what;
    this.#work = start(this.#stop.signal);
    // Those who wait hear of it.
    this.#work.catch(() => undefined);
  }

  /** Settles when the work does. */
  get done(): Promise<unknown> {
    return this.#work;
  }

  /** False when nobody waits any more: whoever comes now must start again. */
  get joinable(): boolean {
    return !this.#stop.signal.aborted;
  }

  /** Waits for the work. @throws LtoError Cancelled at once when the signal is raised, and what the work throws */
  async join(signal?: AbortSignal): Promise<T> {
    this.#waiting += 1;
    let listener: (() => void) | undefined;
    try {
      return await new Promise<T>((resolve, reject) => {
        listener = (): void => {
          reject(cancelled(this.#what));
        };
        if (signal?.aborted === true) listener();
        signal?.addEventListener("abort", listener, { once: true });
        this.#work.then(resolve, reject);
      });
    } finally {
      if (listener !== undefined) signal?.removeEventListener("abort", listener);
      this.#waiting -= 1;
      if (this.#waiting === 0 && signal?.aborted === true) this.#stop.abort();
    }
  }
}
