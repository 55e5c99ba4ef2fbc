/** Stops tracing after some time, and says what was in progress then: a pass that does not end would otherwise hide which one it is. */
import { number } from "../../../protocol/words.js";
import { LtoError } from "../../base/errors.js";
import type { EngineClient } from "../../engine/client.js";
import { passOf, type JournalEntry } from "../../engine/journal.js";

/** Node's timers have no longer delay: 25 days. */
const LONGEST_MILLIS = 2 ** 31 - 1;

export class TimeLimit {
  readonly #seconds: number | null;
  readonly #stopped = new AbortController();
  readonly #timer: NodeJS.Timeout | undefined;
  #work: readonly JournalEntry[] = [];
  /** Of the request; both stop the work. */
  readonly signal: AbortSignal;

  /** @param seconds null: no limit */
  constructor(engine: EngineClient, seconds: number | null, signal: AbortSignal | undefined) {
    this.#seconds = seconds;
    this.signal = signal === undefined ? this.#stopped.signal : AbortSignal.any([signal, this.#stopped.signal]);
    if (seconds !== null) this.#timer = setTimeout(() => void this.#stop(engine), Math.min(seconds * 1000, LONGEST_MILLIS)).unref();
  }

  /** Whether the limit was reached. */
  get reached(): boolean {
    return this.#stopped.signal.aborted;
  }

  end(): void {
    clearTimeout(this.#timer);
  }

  /** Why a module is not traced. */
  errorFor(module: string): LtoError {
    const limit = `The time limit of ${number(this.#seconds ?? 0)} s was reached`;
    const work = this.#work.find((entry) => entry.module === module);
    const during = work === undefined ? "before its turn" : work.pass === "" ? `in the stage ${work.stage}` : `in ${passOf(work)}`;
    return new LtoError({
      name: "EngineFailed",
      message: `${limit} ${during}.`,
      module,
      help: "What was traced is kept. Repeat it with a higher --time-limit.",
    });
  }

  async #stop(engine: EngineClient): Promise<void> {
    this.#work = await engine.work();
    this.#stopped.abort();
  }
}
