/**
 * One life of the server: the process and the connection to it. This is the only part of the client that needs vscode-languageclient, and it is loaded
 * with the first question (later.ts), so that activation does not pay for it. The dashboard's connection comes with it, for vscode-jsonrpc.
 */
import type { CancellationToken, Disposable, LogOutputChannel } from "vscode";
import {
  CloseAction,
  ErrorAction,
  LanguageClient,
  State,
  TextDocumentContentRefreshRequest,
  TransportKind,
  WorkDoneProgress,
  type LanguageClientOptions,
  type ServerOptions,
  type WorkDoneProgressBegin,
  type WorkDoneProgressReport,
} from "vscode-languageclient/node";
import { notifications, type Changed } from "../protocol/requests/all.js";
import type { InitializationOptions } from "../protocol/settings.js";
import { SERVER_INSPECTOR } from "./debug-run.js";

export { PageConnection } from "./dashboard/connection.js";

/** How long an orderly end may take, in milliseconds. */
const STOP_MILLIS = 2000;

export interface SessionOptions {
  /** The bundled server (dist/server.js). */
  readonly module: string;
  readonly log: LogOutputChannel;
  readonly initializationOptions: InitializationOptions;
  readonly onChanged: (changed: Changed) => void;
  /** The document at this URI has another text. */
  readonly onDocumentChanged: (uri: string) => void;
  /** The server has exited unasked. */
  readonly onEnded: () => void;
}

export class ServerSession {
  readonly #client: LanguageClient;
  #stopping = false;

  private constructor(client: LanguageClient) {
    this.#client = client;
  }

  /** Starts a server. @throws what keeps it from starting */
  static async start({
    module,
    log,
    initializationOptions,
    onChanged,
    onDocumentChanged,
    onEnded,
  }: SessionOptions): Promise<ServerSession> {
    const client = new LanguageClient("lto-inspector", "LTO Inspector", serverOptions(module), clientOptions(log, initializationOptions));
    const session = new ServerSession(client);
    client.onNotification(notifications.changed.method, onChanged);
    await client.start();
    // In place of the client's own listener, which tells a provider that nobody asks.
    client.onRequest(TextDocumentContentRefreshRequest.type, ({ uri }) => {
      onDocumentChanged(uri);
    });
    client.onDidChangeState(({ newState }) => {
      if (newState === State.Stopped && !session.#stopping) onEnded();
    });
    return session;
  }

  request<R>(method: string, params: unknown, token?: CancellationToken): Promise<R> {
    // A token that is undefined would be sent as one more parameter.
    return token === undefined ? this.#client.sendRequest<R>(method, params) : this.#client.sendRequest<R>(method, params, token);
  }

  /** What the server tells of a request that it was given this token with. */
  onProgress(workDoneToken: string, listener: (value: WorkDoneProgressBegin | WorkDoneProgressReport) => void): Disposable {
    return this.#client.onProgress(WorkDoneProgress.type, workDoneToken, (value) => {
      if (value.kind !== "end") listener(value);
    });
  }

  /** Ends the server and with it its engines. @throws when it does not end in time */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#client.dispose(STOP_MILLIS);
  }
}

function serverOptions(module: string): ServerOptions {
  const run = { module, transport: TransportKind.ipc };
  // The client takes `debug` where the extension host itself has an inspector.
  return { run, debug: { ...run, options: { execArgv: SERVER_INSPECTOR } } };
}

function clientOptions(log: LogOutputChannel, initializationOptions: InitializationOptions): LanguageClientOptions {
  return {
    // The server has no language features: it serves documents of its own scheme and answers custom requests.
    documentSelector: [],
    outputChannel: log,
    initializationOptions,
    // Server starts it again, with everything that belongs to a session.
    errorHandler: {
      error: () => ({ action: ErrorAction.Continue, handled: true }),
      closed: () => ({ action: CloseAction.DoNotRestart, handled: true, message: "The server exited and is being restarted." }),
    },
  };
}
