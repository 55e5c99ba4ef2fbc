/** Runs many tasks together, or one alone. */
export class Gate {
  #together = 0;
  #closed = false;
  readonly #waiting: (() => void)[] = [];

  /** Runs while no task runs alone. */
  async together<T>(work: () => Promise<T>): Promise<T> {
    while (this.#closed) await this.#change();
    this.#together += 1;
    try {
      return await work();
    } finally {
      this.#together -= 1;
      this.#wake();
    }
  }

  /** Waits for running tasks, keeps others out, and runs alone. */
  async alone<T>(work: () => Promise<T>): Promise<T> {
    while (this.#closed) await this.#change();
    this.#closed = true;
    try {
      while (this.#together > 0) await this.#change();
      return await work();
    } finally {
      this.#closed = false;
      this.#wake();
    }
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #wake(): void {
    for (const resume of this.#waiting.splice(0)) resume();
  }
}
