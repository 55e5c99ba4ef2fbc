/** The page's view of the extension: requests, what to show, and state that survives while the page is hidden. */
import * as l10n from "../src/protocol/l10n.js";
import {
  CancellationTokenSource,
  createMessageConnection,
  Disposable,
  Event,
  ResponseError,
  type CancellationToken,
  type DataCallback,
  type Message,
  type MessageConnection,
} from "vscode-jsonrpc/browser";
import type { DashboardParams, DashboardRequest, DashboardResult, ToExtension, ToWebview, WithoutRun } from "../src/protocol/dashboard.js";
import type { LtoErrorReport } from "../src/protocol/errors.js";
import { LTO_FAILURE, type FailureData } from "../src/protocol/requests/declare.js";
import type { Stage } from "../src/protocol/stages.js";
import type { RunView } from "../src/protocol/views.js";

/** The API that VS Code provides to a webview. */
export interface VsCodeApi {
  postMessage(message: Message): void;
  getState(): unknown;
  setState(state: unknown): void;
}

export type Command = (ToExtension & { readonly type: "command" })["command"];

export class Host {
  readonly #connection: MessageConnection;

  constructor(api: VsCodeApi, listener: { show(run: RunView): void; empty(because: WithoutRun): void; changed(): void }) {
    this.#connection = connect(api);
    const on = <T extends ToWebview["type"]>(type: T, told: (message: ToWebview & { readonly type: T }) => void): void => {
      this.#connection.onNotification(type, told);
    };
    on("show", ({ run }) => listener.show(run));
    on("empty", ({ because }) => listener.empty(because));
    on("changed", () => listener.changed());
    this.#connection.listen();
  }

  /** Asks the server. @throws what `reportOf` understands */
  ask<N extends DashboardRequest>(name: N, params: DashboardParams<N>, token?: CancellationToken): Promise<DashboardResult<N>> {
    // An undefined token would be sent as an extra parameter.
    return token === undefined ? this.#connection.sendRequest(name, params) : this.#connection.sendRequest(name, params, token);
  }

  ready(): void {
    this.#tell({ type: "ready" });
  }

  /** Opens the changes of a stage; null: of the last one. */
  open(run: string, module: string, stage: Stage | null): void {
    this.#tell({ type: "open", run, module, stage });
  }

  /** Opens the explanation of a module's verdict. */
  explain(run: string, module: string): void {
    this.#tell({ type: "explain", run, module });
  }

  /** Opens the page of a function. */
  openFunction(run: string, symbol: string): void {
    this.#tell({ type: "function", run, symbol });
  }

  command(command: Command): void {
    this.#tell({ type: "command", command });
  }

  #tell({ type, ...params }: ToExtension): void {
    void this.#connection.sendNotification(type, params);
  }
}

/** The webview's message connection, which ends with its window. */
export function connect(api: VsCodeApi): MessageConnection {
  const lasting = { onError: Event.None, onClose: Event.None, onPartialMessage: Event.None, dispose: () => undefined };
  const listen = (callback: DataCallback): Disposable => {
    window.addEventListener("message", ({ data }: MessageEvent<Message>) => callback(data));
    return Disposable.create(() => undefined);
  };
  const write = (message: Message): Promise<void> => {
    api.postMessage(message);
    return Promise.resolve();
  };
  return createMessageConnection({ ...lasting, listen }, { ...lasting, write, end: () => undefined });
}

/** Converts anything thrown to a report. */
export function reportOf(error: unknown): LtoErrorReport {
  if (error instanceof ResponseError && error.code === LTO_FAILURE) return (error.data as FailureData).report;
  return {
    name: "Internal",
    message: error instanceof Error ? error.message : String(error),
    help: l10n.t("See the log (LTO: Show Log)."),
  };
}

/** Of successive requests, only the last one counts; earlier ones are cancelled. */
export class Latest {
  #asked: CancellationTokenSource | undefined;

  /** @returns undefined if a later request came meanwhile */
  async of<T>(
    question: (token: CancellationToken) => Promise<T>,
  ): Promise<{ readonly answer: T } | { readonly failure: LtoErrorReport } | undefined> {
    this.forget();
    const mine = new CancellationTokenSource();
    this.#asked = mine;
    try {
      const answer = await question(mine.token);
      return mine === this.#asked ? { answer } : undefined;
    } catch (error) {
      return mine === this.#asked ? { failure: reportOf(error) } : undefined;
    }
  }

  /** Ignores pending answers. */
  forget(): void {
    this.#asked?.cancel();
    this.#asked = undefined;
  }
}
