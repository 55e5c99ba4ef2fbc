/**
 * The server as the client sees it: started with the first request, restarted when it exits unexpectedly, and used through the typed
 * requests of src/protocol/requests.
 */
import * as vscode from "vscode";
import type { DashboardRequest } from "../protocol/dashboard.js";
import type { LtoErrorReport } from "../protocol/errors.js";
import { requests, type Changed, type RequestName } from "../protocol/requests/all.js";
import type { ParamsOf, ResultOf } from "../protocol/requests/declare.js";
import { SETTINGS_SECTION, type Settings } from "../protocol/settings.js";
import { Failure, isLost } from "./failure.js";
import { windowLanguage } from "./language.js";
import { loadSession } from "./later.js";
import { withNotification } from "./messages.js";
import type { ServerSession } from "./session.js";

/** A server that exits this often within this time is not restarted automatically. */
const MOST_ENDS = 5;
const ENDS_MILLIS = 180_000;

/** The state of the server. */
export type ServerLifecycle =
  | { readonly kind: "idle" }
  | { readonly kind: "starting" }
  | { readonly kind: "running" }
  /** It exited unexpectedly and is being restarted. */
  | { readonly kind: "restarting" }
  | { readonly kind: "failed"; readonly error: string };

export type Requests = typeof requests;

/** The answer to every question in Restricted Mode. */
const RESTRICTED: LtoErrorReport = {
  name: "Untrusted",
  message: vscode.l10n.t(
    "LTO Inspector starts nothing in Restricted Mode, because inspecting a workspace can run the toolchain that it names.",
  ),
  help: vscode.l10n.t("Trust this folder (Workspaces: Manage Workspace Trust)."),
};

/** One server at a time; discarded with everything that belongs to it when it ends. */
export class Server implements vscode.Disposable {
  readonly #module: string;
  readonly #log: vscode.LogOutputChannel;
  readonly #changed = new vscode.EventEmitter<Changed>();
  readonly #documentChanged = new vscode.EventEmitter<vscode.Uri>();
  readonly #stateChanged = new vscode.EventEmitter<ServerLifecycle>();
  #session: Promise<ServerSession> | undefined;
  #state: ServerLifecycle = { kind: "idle" };
  /** When servers exited unexpectedly. */
  #ends: readonly number[] = [];

  /** Units or runs have changed; also sent after a restart. */
  readonly onChanged = this.#changed.event;
  /** The text of a document has changed. */
  readonly onDocumentChanged = this.#documentChanged.event;
  readonly onStateChanged = this.#stateChanged.event;

  /** @param module the bundled server (dist/server.js) */
  constructor(module: string, log: vscode.LogOutputChannel) {
    this.#module = module;
    this.#log = log;
  }

  get state(): ServerLifecycle {
    return this.#state;
  }

  /**
   * Sends a request to the server, and starts it if it is not running.
   *
   * @throws an error with the server's report; Failure if it cannot be started or exits meanwhile
   */
  async ask<N extends RequestName>(
    name: N,
    params: ParamsOf<Requests[N]>,
    token?: vscode.CancellationToken,
  ): Promise<ResultOf<Requests[N]>> {
    return this.#request<ResultOf<Requests[N]>>(await this.#running(), requests[name].method, params, token);
  }

  /** Forwards a webview's request; the server checks its parameters. @throws as `ask` does */
  async pass(name: DashboardRequest, params: unknown, token: vscode.CancellationToken): Promise<unknown> {
    return this.#request(await this.#running(), requests[name].method, params, token);
  }

  /**
   * Sends a request with a progress notification that can be cancelled.
   *
   * @param title what is being done
   */
  async askWithProgress<N extends RequestName>(title: string, name: N, params: ParamsOf<Requests[N]>): Promise<ResultOf<Requests[N]>> {
    const session = await this.#running();
    return withNotification(title, async (report, token) => {
      const workDoneToken = `lto-${++lastToken}`;
      let percentage = 0;
      const listener = session.onProgress(workDoneToken, (value) => {
        const now = value.percentage ?? percentage;
        report(value.message, Math.max(0, now - percentage));
        percentage = Math.max(percentage, now);
      });
      try {
        return await this.#request<ResultOf<Requests[N]>>(session, requests[name].method, { ...params, workDoneToken }, token);
      } finally {
        listener.dispose();
      }
    });
  }

  /** The text of a stage document, through LSP's own request. @throws as `ask` does */
  async document(uri: string): Promise<string> {
    const session = await this.#running();
    const { text } = await this.#request<{ readonly text: string }>(session, "workspace/textDocumentContent", { uri });
    return text;
  }

  /** Ends the server and starts a new one. */
  async restart(): Promise<void> {
    await this.stop();
    await this.#running();
    this.#changed.fire({ units: true, runs: true });
  }

  /** Ends the server and the engines that it started. */
  async stop(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    this.#ends = [];
    if (session === undefined) return;
    await this.#end(session);
    this.#setState({ kind: "idle" });
  }

  dispose(): void {
    void this.stop();
    this.#changed.dispose();
    this.#documentChanged.dispose();
    this.#stateChanged.dispose();
  }

  async #request<R>(session: ServerSession, method: string, params: unknown, token?: vscode.CancellationToken): Promise<R> {
    try {
      return await session.request<R>(method, params, token);
    } catch (error) {
      if (!isLost(error)) throw error;
      throw new Failure({
        name: "Internal",
        message: vscode.l10n.t("LTO Inspector's server exited before it answered and is being restarted."),
        help: vscode.l10n.t("Try again; saved results are kept. If it exits again, see the log (LTO: Show Log)."),
      });
    }
  }

  /** The only place where the extension starts a process. In Restricted Mode it refuses every caller, whatever they checked before. */
  #running(): Promise<ServerSession> {
    if (!vscode.workspace.isTrusted) return Promise.reject(new Failure(RESTRICTED));
    this.#session ??= this.#start();
    return this.#session;
  }

  async #start(): Promise<ServerSession> {
    if (this.#state.kind !== "restarting") this.#setState({ kind: "starting" });
    try {
      const { ServerSession } = await loadSession();
      const session = await ServerSession.start({
        module: this.#module,
        log: this.#log,
        initializationOptions: { trusted: vscode.workspace.isTrusted, settings: readSettings(), language: windowLanguage() },
        onChanged: (changed) => {
          this.#changed.fire(changed);
        },
        onDocumentChanged: (uri) => {
          this.#documentChanged.fire(vscode.Uri.parse(uri));
        },
        onEnded: () => {
          this.#ended(session);
        },
      });
      this.#setState({ kind: "running" });
      return session;
    } catch (error) {
      this.#session = undefined;
      const message = error instanceof Error ? error.message : String(error);
      this.#setState({ kind: "failed", error: message });
      throw new Failure({
        name: "Internal",
        message: vscode.l10n.t("LTO Inspector's server could not be started: {0}.", message),
        help: vscode.l10n.t("See the log (LTO: Show Log), then try LTO: Restart Server."),
      });
    }
  }

  /** Restarts a server that exited unexpectedly, unless that happens repeatedly; the views then send all requests again. */
  #ended(session: ServerSession): void {
    this.#session = undefined;
    void this.#end(Promise.resolve(session));
    this.#ends = [...this.#ends.filter((at) => Date.now() - at < ENDS_MILLIS), Date.now()];
    if (this.#ends.length >= MOST_ENDS) {
      this.#ends = [];
      this.#setState({
        kind: "failed",
        error: vscode.l10n.t(
          "The server exited {0} times within minutes and is not restarted automatically. Run LTO: Restart Server.",
          MOST_ENDS,
        ),
      });
      return;
    }
    this.#setState({ kind: "restarting" });
    this.#running().then(
      () => {
        this.#changed.fire({ units: true, runs: true });
      },
      (error: unknown) => {
        this.#log.error(String(error));
      },
    );
  }

  async #end(session: Promise<ServerSession>): Promise<void> {
    try {
      await (await session).stop();
    } catch (error) {
      this.#log.warn(`The server did not end in time: ${String(error)}`);
    }
  }

  #setState(state: ServerLifecycle): void {
    this.#state = state;
    this.#stateChanged.fire(state);
  }
}

let lastToken = 0;

/** The current settings, including package.json's defaults. */
export function readSettings(): Partial<Settings> {
  return vscode.workspace.getConfiguration().get<Partial<Settings>>(SETTINGS_SECTION) ?? {};
}
