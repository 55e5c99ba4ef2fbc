/**
 * The server as the client sees it: started when something is asked of it for the first time, restarted when it crashes, asked by the typed requests of
 * src/protocol/requests.ts.
 */
import * as vscode from "vscode";
import {
  LanguageClient,
  State,
  TransportKind,
  WorkDoneProgress,
  type LanguageClientOptions,
  type ServerOptions,
} from "vscode-languageclient/node";
import { notifications, requests, type Changed, type ParamsOf, type RequestName, type ResultOf } from "../protocol/requests.js";
import { SETTINGS_SECTION, type InitializationOptions, type Settings } from "../protocol/settings.js";
import { Failure } from "./failure.js";
import { Scope } from "./scope.js";

/** What is known of the server. */
export type ServerState =
  | { readonly kind: "idle" }
  | { readonly kind: "starting" }
  | { readonly kind: "running" }
  /** It ended by itself and is being started again. */
  | { readonly kind: "restarting" }
  | { readonly kind: "failed"; readonly error: string };

export type Requests = typeof requests;

interface Session {
  readonly client: LanguageClient;
  readonly scope: Scope;
}

/** One server at a time; thrown away with everything that belongs to it on a restart. */
export class Server implements vscode.Disposable {
  readonly #module: string;
  readonly #log: vscode.LogOutputChannel;
  readonly #changed = new vscode.EventEmitter<Changed>();
  readonly #stateChanged = new vscode.EventEmitter<ServerState>();
  #session: Promise<Session> | undefined;
  #state: ServerState = { kind: "idle" };

  /** Units or runs are not what they were; also after a restart. */
  readonly onChanged = this.#changed.event;
  readonly onStateChanged = this.#stateChanged.event;

  /** @param module the bundled server (dist/server.js) */
  constructor(module: string, log: vscode.LogOutputChannel) {
    this.#module = module;
    this.#log = log;
  }

  get state(): ServerState {
    return this.#state;
  }

  /**
   * Asks the server; starts it when it does not run.
   *
   * @throws ResponseError with the server's report, Failure when it cannot be started
   */
  async ask<N extends RequestName>(
    name: N,
    params: ParamsOf<Requests[N]>,
    token?: vscode.CancellationToken,
  ): Promise<ResultOf<Requests[N]>> {
    const { client } = await this.#running();
    const { method } = requests[name];
    // A token that is undefined would be sent as one more parameter.
    return token === undefined
      ? client.sendRequest<ResultOf<Requests[N]>>(method, params)
      : client.sendRequest<ResultOf<Requests[N]>>(method, params, token);
  }

  /**
   * Asks with a progress notification that can be cancelled.
   *
   * @param title what is being done
   */
  async askWithProgress<N extends RequestName>(title: string, name: N, params: ParamsOf<Requests[N]>): Promise<ResultOf<Requests[N]>> {
    const { client } = await this.#running();
    const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
    return vscode.window.withProgress(options, async (progress, token) => {
      const workDoneToken = `lto-${++lastToken}`;
      let percentage = 0;
      const listener = client.onProgress(WorkDoneProgress.type, workDoneToken, (value) => {
        if (value.kind === "end") return;
        const now = value.percentage ?? percentage;
        progress.report({ ...(value.message === undefined ? {} : { message: value.message }), increment: Math.max(0, now - percentage) });
        percentage = Math.max(percentage, now);
      });
      try {
        return await client.sendRequest<ResultOf<Requests[N]>>(requests[name].method, { ...params, workDoneToken }, token);
      } finally {
        listener.dispose();
      }
    });
  }

  /** Ends the server and starts a fresh one. */
  async restart(): Promise<void> {
    await this.stop();
    await this.#running();
    this.#changed.fire({ units: true, runs: true });
  }

  /** Ends the server and the engines that it started. */
  async stop(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    if (session === undefined) return;
    const { client, scope } = await session.catch(() => ({ client: undefined, scope: new Scope() }));
    scope.dispose();
    await client?.dispose(2000).catch((error: unknown) => {
      this.#log.warn(`The server did not end in time: ${String(error)}`);
    });
    this.#setState({ kind: "idle" });
  }

  dispose(): void {
    void this.stop();
    this.#changed.dispose();
    this.#stateChanged.dispose();
  }

  #running(): Promise<Session> {
    this.#session ??= this.#start();
    return this.#session;
  }

  async #start(): Promise<Session> {
    this.#setState({ kind: "starting" });
    const client = new LanguageClient("lto-inspector", "LTO Inspector", this.#serverOptions(), this.#clientOptions());
    const scope = new Scope();
    scope.add(
      client.onNotification(notifications.changed.method, (changed: Changed) => {
        this.#changed.fire(changed);
      }),
    );
    scope.add(
      client.onDidChangeState(({ oldState, newState }) => {
        this.#follow(oldState, newState);
      }),
    );
    try {
      await client.start();
    } catch (error) {
      this.#session = undefined;
      scope.dispose();
      const message = error instanceof Error ? error.message : String(error);
      this.#setState({ kind: "failed", error: message });
      throw new Failure({
        name: "Internal",
        message: `LTO Inspector's server could not be started: ${message}.`,
        mend: "Look into the log (LTO: Show Log), then try LTO: Restart Server.",
      });
    }
    this.#setState({ kind: "running" });
    return { client, scope };
  }

  /** languageclient restarts a server that ended by itself; the views then ask for everything again. */
  #follow(oldState: State, newState: State): void {
    if (newState === State.Stopped && oldState === State.Running && this.#session !== undefined) this.#setState({ kind: "restarting" });
    if (newState === State.Running && this.#state.kind === "restarting") {
      this.#setState({ kind: "running" });
      this.#changed.fire({ units: true, runs: true });
    }
  }

  #setState(state: ServerState): void {
    this.#state = state;
    this.#stateChanged.fire(state);
  }

  #serverOptions(): ServerOptions {
    const run = { module: this.#module, transport: TransportKind.ipc };
    return { run, debug: { ...run, options: { execArgv: ["--nolazy", "--inspect=6012"] } } };
  }

  #clientOptions(): LanguageClientOptions {
    const initializationOptions: InitializationOptions = { settings: readSettings() };
    return {
      // The server has no language features: it serves documents of its own scheme and answers custom requests.
      documentSelector: [],
      outputChannel: this.#log,
      initializationOptions,
    };
  }
}

let lastToken = 0;

/** The settings as they stand now, defaults of package.json included. */
export function readSettings(): Partial<Settings> {
  return vscode.workspace.getConfiguration().get<Partial<Settings>>(SETTINGS_SECTION) ?? {};
}
