/** Work with several waiters: it continues while any of them waits, and is aborted when the last one cancels. */
import { cancelled } from "./errors.js";

export class SharedWork<T> {
  readonly #stop = new AbortController();
  readonly #work: Promise<T>;
  readonly #what: string;
  #waiting = 0;
  #ended = false;

  /** Starts the work. @param what its name for the error of a cancelled waiter ("Making a stage") */
  constructor(what: string, start: (signal: AbortSignal) => Promise<T>) {
    this.#what = what;
    this.#work = start(this.#stop.signal);
    const ended = (): void => {
      this.#ended = true;
    };
    // The waiters get the error.
    this.#work.then(ended, ended);
  }

  /** Settles when the work does. */
  get done(): Promise<unknown> {
    return this.#work;
  }

  /** False if the work was aborted: new callers must start it again. */
  get joinable(): boolean {
    return !this.#stop.signal.aborted;
  }

  /** Waits for the work. @throws LtoError Cancelled at once if the signal is raised, and what the work throws */
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
      if (this.#waiting === 0 && signal?.aborted === true && !this.#ended) this.#stop.abort();
    }
  }
}
