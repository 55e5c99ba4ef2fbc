/**
 * What all requests share: they can be cancelled (by `$/cancelRequest` or `window/workDoneProgress/cancel`) and are then answered at once, they
 * report progress, and their errors carry a report.
 */
import {
  WorkDoneProgress,
  WorkDoneProgressCancelNotification,
  type CancellationToken,
  type Connection,
  type ProgressToken,
} from "vscode-languageserver/node";
import { cancelled } from "../../core/base/errors.js";
import { cancelledToken } from "../params.js";
import { asResponse } from "./failures.js";

/** What a handler receives besides its parameters. */
export interface Call {
  readonly signal: AbortSignal;
  /** Reports progress. Only the latest message is sent, some ten times a second. */
  readonly report: (message: string, percentage?: number) => void;
}

/** The part of the connection that progress needs. */
export interface ProgressSender {
  sendProgress(type: typeof WorkDoneProgress.type, token: ProgressToken, value: object): Promise<void>;
}

const MILLIS_BETWEEN_REPORTS = 100;

export class Calls {
  readonly #sender: ProgressSender;
  readonly #byToken = new Map<ProgressToken, AbortController>();

  constructor(sender: ProgressSender) {
    this.#sender = sender;
  }

  /** Listens to `window/workDoneProgress/cancel`, because the connection's own listener only knows tokens that the server made. */
  takeCancels(connection: Pick<Connection, "onNotification">): void {
    connection.onNotification(WorkDoneProgressCancelNotification.type, (params: unknown) => {
      const token = cancelledToken(params);
      if (token !== undefined) this.#byToken.get(token)?.abort();
    });
  }

  /**
   * Runs a handler.
   *
   * @param doing what is being done, for errors without a message and for the progress title
   * @throws ResponseError
   */
  async run<R>(doing: string, params: unknown, token: CancellationToken, work: (call: Call) => Promise<R>): Promise<R> {
    const controller = new AbortController();
    const listener = token.onCancellationRequested(() => controller.abort());
    if (token.isCancellationRequested) controller.abort();
    const workDone = workDoneToken(params);
    const progress = new Progress(this.#sender, workDone, doing);
    if (workDone !== undefined) this.#byToken.set(workDone, controller);
    try {
      return await orAborted(controller.signal, doing, async () =>
        work({
          signal: controller.signal,
          report: (message, percentage) => {
            progress.report(message, percentage);
          },
        }),
      );
    } catch (error) {
      throw asResponse(error, doing);
    } finally {
      listener.dispose();
      progress.end();
      if (workDone !== undefined) this.#byToken.delete(workDone);
    }
  }
}

/** Answers at once if the request is cancelled. The work gets the signal too and may end later. */
async function orAborted<R>(signal: AbortSignal, doing: string, work: () => Promise<R>): Promise<R> {
  if (signal.aborted) throw cancelled(doing);
  return new Promise((resolve, reject) => {
    signal.addEventListener(
      "abort",
      () => {
        reject(cancelled(doing));
      },
      { once: true },
    );
    work().then(resolve, reject);
  });
}

function workDoneToken(params: unknown): ProgressToken | undefined {
  if (typeof params !== "object" || params === null || !("workDoneToken" in params)) return undefined;
  const { workDoneToken: token } = params;
  return typeof token === "string" || typeof token === "number" ? token : undefined;
}

/** `$/progress` of one request; sends nothing without a token. */
class Progress {
  readonly #sender: ProgressSender;
  readonly #token: ProgressToken | undefined;
  #sent = -Infinity;
  #waiting: { readonly message: string; readonly percentage: number | undefined } | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(sender: ProgressSender, token: ProgressToken | undefined, title: string) {
    this.#sender = sender;
    this.#token = token;
    this.#send({ kind: "begin", title, cancellable: true, percentage: 0 });
  }

  report(message: string, percentage: number | undefined): void {
    if (this.#token === undefined) return;
    this.#waiting = { message, percentage };
    if (this.#timer !== undefined) return;
    const wait = this.#sent + MILLIS_BETWEEN_REPORTS - performance.now();
    if (wait <= 0) this.#flush();
    else {
      this.#timer = setTimeout(() => {
        this.#flush();
      }, wait);
    }
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#waiting = undefined;
    this.#send({ kind: "end" });
  }

  #flush(): void {
    this.#timer = undefined;
    this.#sent = performance.now();
    const { message, percentage } = this.#waiting ?? {};
    this.#send({ kind: "report", message, ...(percentage === undefined ? {} : { percentage: Math.trunc(percentage) }) });
  }

  #send(value: object): void {
    if (this.#token === undefined) return;
    // A closed connection needs no progress.
    this.#sender.sendProgress(WorkDoneProgress.type, this.#token, value).catch(() => undefined);
  }
}
