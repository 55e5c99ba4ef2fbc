/** The extension, as the page sees it: questions with answers, what is to be shown, and state that outlives the page while it is hidden. */
import type { DashboardParams, DashboardRequest, DashboardResult, ToExtension, ToWebview, WithoutRun } from "../src/protocol/dashboard.js";
import type { LtoErrorReport } from "../src/protocol/errors.js";
import type { Stage } from "../src/protocol/stages.js";
import type { RunView } from "../src/protocol/views.js";

/** What VS Code gives a webview. */
export interface VsCodeApi {
  postMessage(message: ToExtension): void;
  getState(): unknown;
  setState(state: unknown): void;
}

export type Command = (ToExtension & { readonly type: "command" })["command"];

/** A question that was answered with a failure. */
export class RequestFailure extends Error {
  readonly report: LtoErrorReport;

  constructor(report: LtoErrorReport) {
    super(report.message);
    this.name = "RequestFailure";
    this.report = report;
  }
}

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (failure: RequestFailure) => void;
}

export class Host {
  readonly #api: VsCodeApi;
  readonly #waiting = new Map<number, Waiting>();
  #next = 1;

  constructor(api: VsCodeApi, listener: { show(run: RunView): void; empty(because: WithoutRun): void; changed(): void }) {
    this.#api = api;
    window.addEventListener("message", ({ data }: MessageEvent<ToWebview>) => {
      switch (data.type) {
        case "show":
          listener.show(data.run);
          break;
        case "empty":
          listener.empty(data.because);
          break;
        case "changed":
          listener.changed();
          break;
        case "answer":
          this.#take(data.id)?.resolve(data.result);
          break;
        case "failure":
          this.#take(data.id)?.reject(new RequestFailure(data.report));
          break;
      }
    });
  }

  /** Asks the server. @throws {RequestFailure} (as a rejection) with what to do about it */
  async ask<N extends DashboardRequest>(name: N, params: DashboardParams<N>): Promise<DashboardResult<N>> {
    const id = this.#next++;
    const answer = new Promise<unknown>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
    });
    this.#api.postMessage({ type: "ask", id, name, params });
    return (await answer) as DashboardResult<N>;
  }

  ready(): void {
    this.#api.postMessage({ type: "ready" });
  }

  /** Opens what a stage changed; null: what the last stage changed. */
  open(run: string, module: string, stage: Stage | null): void {
    this.#api.postMessage({ type: "open", run, module, stage });
  }

  /** Opens the explanation of a module's verdict. */
  explain(run: string, module: string): void {
    this.#api.postMessage({ type: "explain", run, module });
  }

  command(command: Command): void {
    this.#api.postMessage({ type: "command", command });
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }
}

/** Whatever was thrown, as something that can be shown. */
export function reportOf(error: unknown): LtoErrorReport {
  if (error instanceof RequestFailure) return error.report;
  return { name: "Internal", message: error instanceof Error ? error.message : String(error), help: "See the log (LTO: Show Log)." };
}

/** Of questions asked one after the other only the answer to the last one counts. */
export class Latest {
  #asked = 0;

  /** @returns undefined when there was a later question meanwhile */
  async of<T>(question: Promise<T>): Promise<{ readonly answer: T } | { readonly failure: LtoErrorReport } | undefined> {
    this.#asked += 1;
    const mine = this.#asked;
    try {
      const answer = await question;
      return mine === this.#asked ? { answer } : undefined;
    } catch (error) {
      return mine === this.#asked ? { failure: reportOf(error) } : undefined;
    }
  }

  /** Answers that are still to come do not count. */
  forget(): void {
    this.#asked += 1;
  }
}
