/**
 * The extension's end of the connection to the dashboard's page: JSON-RPC over the messages of a webview. It is part of session.js, where vscode-jsonrpc
 * is for the language client already, and knows nothing of VS Code.
 */
import {
  createMessageConnection,
  ErrorCodes,
  Event,
  ResponseError,
  type CancellationToken,
  type DataCallback,
  type Disposable,
  type Message,
  type MessageConnection,
} from "vscode-jsonrpc/node";
import type { DashboardRequest, ToExtension, ToWebview } from "../../protocol/dashboard.js";
import type { LtoErrorReport } from "../../protocol/errors.js";
import { LTO_FAILURE, type FailureData } from "../../protocol/requests/declare.js";
import { messageFrom, requestFrom } from "./messages.js";

/** What of a webview is needed. */
export interface Port {
  postMessage(message: unknown): unknown;
  onDidReceiveMessage(listener: (message: Message) => void): Disposable;
}

export interface PageListener {
  /** Answers a question. @throws what `reportOf` understands */
  answer(name: DashboardRequest, params: unknown, token: CancellationToken): Promise<unknown>;
  /** What a question is answered with that could not be. */
  reportOf(error: unknown): LtoErrorReport;
  told(message: ToExtension): void;
  /** The page has sent what it never should. */
  refused(why: string): void;
}

/** A connection to whichever page a webview has: a webview that is hidden and shown again has another one. */
export class PageConnection implements Disposable {
  readonly #listening: Disposable;
  #page: Page;

  constructor(port: Port, listener: PageListener) {
    this.#page = new Page(port, listener);
    this.#listening = port.onDidReceiveMessage((message) => {
      // Another page numbers its questions from 0 again: answers to the page before it must not reach it.
      if (isFirst(message)) {
        this.#page.connection.dispose();
        this.#page = new Page(port, listener);
      }
      this.#page.take(message);
    });
  }

  tell({ type, ...params }: ToWebview): void {
    void this.#page.connection.sendNotification(type, params);
  }

  dispose(): void {
    this.#listening.dispose();
    this.#page.connection.dispose();
  }
}

/** Whether it is what a page sends first. */
function isFirst(message: unknown): boolean {
  return (
    typeof message === "object" && message !== null && "method" in message && message.method === ("ready" satisfies ToExtension["type"])
  );
}

/** What a way for messages has that never tells an error of its own. */
const SILENT = { onError: Event.None, onClose: Event.None, onPartialMessage: Event.None };

class Page {
  readonly connection: MessageConnection;
  readonly #listener: PageListener;
  #callback: DataCallback = () => undefined;
  #gone = false;

  constructor(port: Port, listener: PageListener) {
    this.#listener = listener;
    const leave = (): void => {
      this.#gone = true;
    };
    const listen = (callback: DataCallback): Disposable => {
      this.#callback = callback;
      return { dispose: leave };
    };
    const write = (message: Message): Promise<void> => {
      // Whether a page is there to take it does not matter: one that comes later asks again.
      if (!this.#gone) port.postMessage(message);
      return Promise.resolve();
    };
    const refused = (why: string): void => {
      listener.refused(why);
    };
    const logger = { error: refused, warn: refused, info: () => undefined, log: () => undefined };
    this.connection = createMessageConnection(
      { ...SILENT, listen, dispose: leave },
      { ...SILENT, write, end: leave, dispose: leave },
      logger,
    );
    // Handlers of single methods get an array's elements in place of their parameters; these get what was sent.
    this.connection.onRequest((method, params, token) => this.#answer(method, params, token));
    this.connection.onNotification((method, params) => {
      const message = messageFrom(method, params);
      if (message === undefined) refused(`There is no message ${method} of this form.`);
      else listener.told(message);
    });
    this.connection.listen();
  }

  take(message: Message): void {
    try {
      this.#callback(message);
    } catch (error) {
      // Not even vscode-jsonrpc can make something of it.
      this.#listener.refused(String(error));
    }
  }

  async #answer(method: string, params: unknown, token: CancellationToken): Promise<unknown> {
    const name = requestFrom(method);
    if (name === undefined) return new ResponseError(ErrorCodes.MethodNotFound, `The dashboard may not ask for ${method}.`);
    try {
      return await this.#listener.answer(name, params, token);
    } catch (error) {
      const report = this.#listener.reportOf(error);
      return new ResponseError<FailureData>(LTO_FAILURE, report.message, { report });
    }
  }
}
