/** The bundled server with a test client over IPC, without VS Code: typed requests, the server's messages, and its log if a test fails. */
import assert from "node:assert/strict";
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import {
  CancellationTokenSource,
  createProtocolConnection,
  IPCMessageReader,
  IPCMessageWriter,
  ResponseError,
  WorkDoneProgress,
  type CancellationToken,
  type InitializeResult,
  type ProtocolConnection,
  type WorkDoneProgressBegin,
  type WorkDoneProgressEnd,
  type WorkDoneProgressReport,
} from "vscode-languageserver/node";
import type { LtoErrorReport } from "../../src/protocol/errors.js";
import { notifications, requests, type Changed, type RequestName } from "../../src/protocol/requests/all.js";
import { LTO_FAILURE, type FailureData, type ParamsOf, type ResultOf } from "../../src/protocol/requests/declare.js";
import type { Settings } from "../../src/protocol/settings.js";
import "./own-state.js";
import { until as patientlyUntil } from "./patience.js";
import { repository } from "./repository.js";

export { isRunning } from "../../scripts/lib/processes.mjs";

type Requests = typeof requests;
export type ProgressValue = WorkDoneProgressBegin | WorkDoneProgressReport | WorkDoneProgressEnd;

/** No message between the processes may be longer: "nothing of unbounded size crosses a process boundary in one message". */
export const LONGEST_MESSAGE = 8 << 20;

export interface TestServerOptions {
  /** Replaces the client's parameters of `initialize`. */
  readonly initialize?: Readonly<Record<string, unknown>>;
  readonly store: string;
  readonly folders?: readonly string[];
  readonly settings?: Partial<Settings>;
  /** Whether the client declares the workspace trusted; default: true. */
  readonly trusted?: boolean;
  /** Options of Node's. */
  readonly execArgv?: readonly string[];
  /** Runs before the first request, because a server that waits for a debugger does not answer. */
  readonly whenStarted?: (server: TestServer) => Promise<void>;
  /** Answers `workspace/configuration`; absent: the client does not support it. */
  readonly configuration?: () => unknown;
}

export class TestServer {
  readonly process: ChildProcess;
  readonly connection: ProtocolConnection;
  readonly changes: Changed[] = [];
  readonly refreshed: string[] = [];
  readonly log: string[] = [];
  initialized!: InitializeResult;
  longestMessage = 0;
  #lastToken = 0;
  #folders: readonly string[];

  private constructor(options: TestServerOptions) {
    this.#folders = options.folders ?? [];
    this.process = fork(join(repository, "dist", "server.js"), ["--node-ipc"], {
      execArgv: [...(options.execArgv ?? [])],
      env: { ...process.env, LTO_INSPECTOR_STORE: options.store },
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => this.log.push(text));
    }
    this.process.on("message", (message) => {
      this.longestMessage = Math.max(this.longestMessage, JSON.stringify(message).length);
    });
    this.connection = createProtocolConnection(new IPCMessageReader(this.process), new IPCMessageWriter(this.process));
    this.connection.onError(() => undefined);
    this.connection.onNotification(notifications.changed.method, (change: Changed) => void this.changes.push(change));
    this.connection.onNotification("window/logMessage", ({ message }: { message: string }) => void this.log.push(`${message}\n`));
    this.connection.onRequest("workspace/textDocumentContent/refresh", ({ uri }: { uri: string }) => void this.refreshed.push(uri));
    this.connection.onRequest("workspace/configuration", ({ items }: { items: unknown[] }) => items.map(() => options.configuration?.()));
    this.connection.onRequest("workspace/workspaceFolders", () => this.#folders.map(folderOf));
    this.connection.onRequest("client/registerCapability", () => null);
    // Rejects requests that still wait when the server exits.
    this.process.once("exit", () => {
      this.connection.dispose();
    });
    this.connection.listen();
  }

  static async start(options: TestServerOptions): Promise<TestServer> {
    const server = new TestServer(options);
    await options.whenStarted?.(server);
    server.initialized = await server.connection.sendRequest("initialize", {
      processId: process.pid,
      rootUri: null,
      capabilities: {
        workspace: {
          workspaceFolders: true,
          configuration: options.configuration !== undefined,
          didChangeConfiguration: { dynamicRegistration: true },
        },
        window: { workDoneProgress: true },
      },
      workspaceFolders: (options.folders ?? []).map(folderOf),
      initializationOptions: {
        trusted: options.trusted ?? true,
        ...(options.settings === undefined ? {} : { settings: options.settings }),
      },
      ...options.initialize,
    });
    await server.connection.sendNotification("initialized", {});
    return server;
  }

  ask<N extends RequestName>(name: N, params: ParamsOf<Requests[N]>, token?: CancellationToken): Promise<ResultOf<Requests[N]>> {
    return token === undefined
      ? this.connection.sendRequest(requests[name].method, params)
      : this.connection.sendRequest(requests[name].method, params, token);
  }

  /** Sends a request with a progress token; the listener's `cancel` cancels by that token. */
  async askWithProgress<N extends RequestName>(
    name: N,
    params: ParamsOf<Requests[N]>,
    listen: (value: ProgressValue, cancel: () => void) => void,
  ): Promise<ResultOf<Requests[N]>> {
    const token = `test-${++this.#lastToken}`;
    const listener = this.connection.onProgress(WorkDoneProgress.type, token, (value) => {
      listen(value, () => void this.connection.sendNotification("window/workDoneProgress/cancel", { token }));
    });
    try {
      return await this.connection.sendRequest(requests[name].method, { ...params, workDoneToken: token });
    } finally {
      listener.dispose();
    }
  }

  /** Expects a failure with a report. */
  async failure<N extends RequestName>(name: N, params: ParamsOf<Requests[N]>): Promise<LtoErrorReport> {
    return reportIn(await this.ask(name, params).then(() => assert.fail(`${name} did not fail`), identity));
  }

  /** The text of a document. */
  async text(uri: string): Promise<string> {
    const { text } = await this.connection.sendRequest<{ text: string }>("workspace/textDocumentContent", { uri });
    return text;
  }

  async setFolders(folders: readonly string[]): Promise<void> {
    this.#folders = folders;
    await this.connection.sendNotification("workspace/didChangeWorkspaceFolders", {
      event: { added: folders.map(folderOf), removed: [] },
    });
  }

  /** Waits for a matching notification; earlier ones count if they came after `since`. */
  async changed(fits: (change: Changed) => boolean, since = 0): Promise<void> {
    await until(() => this.changes.slice(since).some(fits), "lto/changed");
  }

  /** Process ids of the engines that the server has started. */
  engines(): number[] {
    return childrenOf(this.process.pid ?? 0);
  }

  /** Shuts it down as a client does. @returns the exit code */
  async stop(): Promise<number | null> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return this.process.exitCode;
    const ended = once(this.process, "exit") as Promise<[number | null]>;
    await this.connection.sendRequest("shutdown");
    await this.connection.sendNotification("exit");
    const [code] = await ended;
    return code;
  }

  /** Runs part of a test, and prints the server's output if it fails. */
  async with<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      console.error(`--- the server's log ---\n${this.log.join("")}`);
      throw error;
    }
  }
}

function identity<T>(value: T): T {
  return value;
}

function folderOf(path: string): { uri: string; name: string } {
  return { uri: pathToFileURL(path).href, name: path.split("/").at(-1) ?? path };
}

/** The report that a failed request carries. */
export function reportIn(error: unknown, code: number = LTO_FAILURE): LtoErrorReport {
  assert.ok(error instanceof ResponseError, String(error));
  assert.equal(error.code, code, error.message);
  return (error.data as FailureData).report;
}

/** Waits until a condition holds. */
export async function until(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  await patientlyUntil(what, holds);
}

/** Child processes, from /proc. */
export function childrenOf(pid: number): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((candidate) => parentOf(candidate) === pid);
}

function parentOf(pid: number): number | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    return Number(text.slice(text.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    return undefined;
  }
}

export { CancellationTokenSource };
