/**
 * The extension's end of the connection to a page: JSON-RPC over the messages of a webview. It is part of session.js, which already contains
 * vscode-jsonrpc for the language client, and does not depend on VS Code.
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
import type { LtoErrorReport } from "../../protocol/errors.js";
import { LTO_FAILURE, type FailureData } from "../../protocol/requests/declare.js";

/** The parts of a webview that a connection needs. */
export interface Port {
  postMessage(message: unknown): unknown;
  onDidReceiveMessage(listener: (message: Message) => void): Disposable;
}

/** What a page may send. */
export interface PageProtocol<Name extends string, Told> {
  /** @returns undefined if the page may not make this request */
  requestFrom(method: string): Name | undefined;
  /** @returns undefined if it is not a valid message */
  messageFrom(method: string, params: unknown): Told | undefined;
}

export interface PageListener<Name extends string, Told> {
  /** Answers a request. @throws errors that `reportOf` can convert */
  answer(name: Name, params: unknown, token: CancellationToken): Promise<unknown>;
  /** Converts an error to the answer of a failed request. */
  reportOf(error: unknown): LtoErrorReport;
  told(message: Told): void;
  /** The page has sent an invalid message. */
  refused(why: string): void;
}

/** A connection to a webview's current page: a webview that is hidden and shown again has a new page. */
export class Connection<Name extends string, Told, Tell extends { readonly type: string }> implements Disposable {
  readonly #listening: Disposable;
  #page: Page<Name, Told>;

  constructor(port: Port, listener: PageListener<Name, Told>, protocol: PageProtocol<Name, Told>) {
    this.#page = new Page(port, listener, protocol);
    this.#listening = port.onDidReceiveMessage((message) => {
      // A new page numbers its requests from 0 again, so answers to the previous page must not reach it.
      if (isFirst(message)) {
        this.#page.connection.dispose();
        this.#page = new Page(port, listener, protocol);
      }
      this.#page.take(message);
    });
  }

  tell({ type, ...params }: Tell): void {
    void this.#page.connection.sendNotification(type, params);
  }

  dispose(): void {
    this.#listening.dispose();
    this.#page.connection.dispose();
  }
}

/** Whether it is the first message of a page. */
function isFirst(message: unknown): boolean {
  return typeof message === "object" && message !== null && "method" in message && message.method === "ready";
}

/** The events of a message transport that never reports errors itself. */
const SILENT = { onError: Event.None, onClose: Event.None, onPartialMessage: Event.None };

class Page<Name extends string, Told> {
  readonly connection: MessageConnection;
  readonly #listener: PageListener<Name, Told>;
  readonly #protocol: PageProtocol<Name, Told>;
  #callback: DataCallback = () => undefined;
  #gone = false;

  constructor(port: Port, listener: PageListener<Name, Told>, protocol: PageProtocol<Name, Told>) {
    this.#listener = listener;
    this.#protocol = protocol;
    const leave = (): void => {
      this.#gone = true;
    };
    const listen = (callback: DataCallback): Disposable => {
      this.#callback = callback;
      return { dispose: leave };
    };
    const write = (message: Message): Promise<void> => {
      // It does not matter if no page receives it: a later page requests it again.
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
    // Handlers of single methods get an array's elements as separate parameters; these handlers get the parameters as they were sent.
    this.connection.onRequest((method, params, token) => this.#answer(method, params, token));
    this.connection.onNotification((method, params) => {
      const message = protocol.messageFrom(method, params);
      if (message === undefined) refused(`Invalid message ${method}.`);
      else listener.told(message);
    });
    this.connection.listen();
  }

  take(message: Message): void {
    try {
      this.#callback(message);
    } catch (error) {
      // vscode-jsonrpc could not read it either.
      this.#listener.refused(String(error));
    }
  }

  async #answer(method: string, params: unknown, token: CancellationToken): Promise<unknown> {
    const name = this.#protocol.requestFrom(method);
    if (name === undefined) return new ResponseError(ErrorCodes.MethodNotFound, `The page may not request ${method}.`);
    try {
      return await this.#listener.answer(name, params, token);
    } catch (error) {
      const report = this.#listener.reportOf(error);
      return new ResponseError<FailureData>(LTO_FAILURE, report.message, { report });
    }
  }
}
