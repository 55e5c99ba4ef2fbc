/**
 * One session of the server: the process and the connection to it. Only this part of the client needs vscode-languageclient, and it is loaded with
 * the first request (later.ts), so that activation stays fast. The pages' connections are loaded with it, because they share vscode-jsonrpc.
 */
import * as vscode from "vscode";
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
import { speak } from "../protocol/l10n.js";
import { notifications, type Changed } from "../protocol/requests/all.js";
import type { InitializationOptions } from "../protocol/settings.js";
import { serverArguments } from "./debug-run.js";
import { windowLanguage } from "./language.js";

export { assemblyCommands } from "./assembly/commands.js";
export { showWhyKept } from "./calls/kept.js";
export { callCommands } from "./calls/call-commands.js";
export { CallLenses } from "./calls/lenses.js";
export { LtoCallHierarchy } from "./calls/hierarchy.js";
export { agreedBuild } from "./commands/agree-build.js";
export { filterWhileTyping } from "./commands/filter-box.js";
export { compareLlvmVersions } from "./commands/compare-llvm.js";
export { PageConnection } from "./dashboard/connection.js";
export { AdvicePages } from "./advice/pages.js";
export { ComparisonPages } from "./comparison/pages.js";
export { ExplanationPages } from "./explanation/pages.js";
export { FunctionPages } from "./function/pages.js";
export { ProfilePages } from "./profile/pages.js";
export { PassPages } from "./passes/pages.js";
export { passFunction } from "./passes/which-function.js";
export { CallsTree } from "./trees/calls.js";
export { showPage } from "./pages/webview.js";

// This bundle has its own copy of what activation loads.
speak(windowLanguage());

/** How long a clean exit may take, in milliseconds. */
const STOP_MILLIS = 2000;

export interface SessionOptions {
  /** The bundled server (dist/server.js). */
  readonly module: string;
  readonly log: LogOutputChannel;
  readonly initializationOptions: InitializationOptions;
  readonly onChanged: (changed: Changed) => void;
  /** The text of the document at this URI has changed. */
  readonly onDocumentChanged: (uri: string) => void;
  /** The server has exited unexpectedly. */
  readonly onEnded: () => void;
}

export class ServerSession {
  readonly #client: LanguageClient;
  #stopping = false;

  private constructor(client: LanguageClient) {
    this.#client = client;
  }

  /** Starts a server. @throws the reason if it cannot start */
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
    // Replaces the client's own listener, which notifies an unused provider.
    client.onRequest(TextDocumentContentRefreshRequest.type, ({ uri }) => {
      onDocumentChanged(uri);
    });
    client.onDidChangeState(({ newState }) => {
      if (newState === State.Stopped && !session.#stopping) onEnded();
    });
    return session;
  }

  request<R>(method: string, params: unknown, token?: CancellationToken): Promise<R> {
    // An undefined token would be sent as an additional parameter.
    return token === undefined ? this.#client.sendRequest<R>(method, params) : this.#client.sendRequest<R>(method, params, token);
  }

  /** The progress that the server reports for the request with this token. */
  onProgress(workDoneToken: string, listener: (value: WorkDoneProgressBegin | WorkDoneProgressReport) => void): Disposable {
    return this.#client.onProgress(WorkDoneProgress.type, workDoneToken, (value) => {
      if (value.kind !== "end") listener(value);
    });
  }

  /** Ends the server and with it its engines. @throws if it does not exit in time */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#client.dispose(STOP_MILLIS);
  }
}

function serverOptions(module: string): ServerOptions {
  return { module, transport: TransportKind.ipc, options: { execArgv: serverArguments(process.env) } };
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
      closed: () => ({
        action: CloseAction.DoNotRestart,
        handled: true,
        message: vscode.l10n.t("The server exited and is being restarted."),
      }),
    },
  };
}
