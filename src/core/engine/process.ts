/**
 * One engine process, from start to end. It starts, sends requests, cancels and ends; the client decides what to do after a crash.
 */
import { fork, type ChildProcess } from "node:child_process";
import { once, setMaxListeners } from "node:events";
import { mkdir, symlink } from "node:fs/promises";
import { setPriority } from "node:os";
import { delimiter, dirname, isAbsolute, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import {
  CancellationTokenSource,
  createMessageConnection,
  IPCMessageReader,
  IPCMessageWriter,
  ResponseError,
  type MessageConnection,
} from "vscode-jsonrpc/node";
import { ENGINE_FAILURE, ENGINE_MARK, ENGINE_PROGRESS, type EngineMark } from "../../protocol/engine/rpc.js";
import type { EngineInfo, InitializeParams } from "../../protocol/engine/library.js";
import type { EngineMethod, EngineParams, EngineResult } from "../../protocol/engine/requests.js";
import type { EngineProgress } from "../../protocol/engine/stages.js";
import { cancelled, fromEngineError, LtoError } from "../base/errors.js";
import { engineError, engineInfo } from "./engine-messages.js";
import { parseValue } from "../base/parse.js";
import type { LlvmSeries } from "../machine/llvm-series.js";
import { newScratchFolder, type ScratchFolder } from "../base/scratch.js";
import type { TakenMemory } from "./memory-limit.js";
import { MemoryWatch } from "./memory-watch.js";
import { readJournal, type JournalEntry } from "./journal.js";
import { printedMark, PrintedText } from "./printed-text.js";

/** What identifies an engine process: libLLVM and its arguments are process-wide. */
export interface EngineSpec {
  /** The chosen libLLVM. */
  readonly library: string;
  /** All LLVM arguments, rustc's standard ones included. */
  readonly llvmArguments: readonly string[];
  /** Concurrent requests. */
  readonly threads: number;
  /** At a lower priority than this process, so that it does not slow down what the user waits for. Default: false. */
  readonly background?: boolean;
  /** dist/engine-host.js (tests use their own script). */
  readonly hostScript: string;
  /** dist/lto_inspector-22.node */
  readonly addon: string;
  /** The library's and the addon's. */
  readonly series: LlvmSeries;
}

/** The process is killed if a cancelled request has not stopped by then. */
export const CANCEL_GRACE_MILLIS = 1000;

/** The link's folder inside the scratch folder; not `lib`, because `$ORIGIN/../lib` would mean that. */
const LINK_FOLDER = "engine";

const KEPT_STDERR = 8192;

/** How long to wait for the last output of a process that has ended. */
const STDERR_GRACE_MILLIS = 500;

/** The process ended while requests were active. */
export class EngineDied extends Error {
  override readonly name = "EngineDied";
  /** It was killed because a cancelled request did not stop; no module is at fault. */
  readonly onPurpose: boolean;
  readonly signal: string | null;
  readonly exitCode: number | null;
  /** What the worker threads were doing. */
  readonly journal: readonly JournalEntry[];
  /** The end of LLVM's output. */
  readonly stderr: string;
  /** How many requests were active. */
  readonly underWay: number;
  /** The memory use for which it was killed; null: another reason. */
  readonly tookMemory: TakenMemory | null;

  constructor(how: Omit<EngineDied, keyof Error | "culprit" | "lastWork">) {
    super(`The engine process ended (${how.signal ?? `exit code ${how.exitCode ?? "unknown"}`}).`);
    this.onPurpose = how.onPurpose;
    this.signal = how.signal;
    this.exitCode = how.exitCode;
    this.journal = how.journal;
    this.stderr = how.stderr;
    this.underWay = how.underWay;
    this.tookMemory = how.tookMemory;
  }

  /** The thread that crashed; undefined if the process was killed from outside, which leaves no journal entry. */
  get culprit(): JournalEntry | undefined {
    return this.journal.find((entry) => entry.signal !== null);
  }

  /** What crashed, or what was under way when the process was killed if it was one thing. */
  get lastWork(): JournalEntry | undefined {
    return this.culprit ?? (this.journal.length === 1 ? this.journal[0] : undefined);
  }
}

interface Pending {
  readonly reject: (error: unknown) => void;
}

/** A running, initialised engine. Use {@link EngineProcess.start}. */
export class EngineProcess {
  readonly info: EngineInfo;
  /** Resolves when the process has exited and its requests have been rejected. */
  readonly ended: Promise<void>;
  readonly #host: HostProcess;

  private constructor(host: HostProcess, info: EngineInfo) {
    this.#host = host;
    this.info = info;
    this.ended = host.ended;
  }

  /**
   * Starts the process and initialises the engine.
   *
   * @throws LtoError NoAddon, NoLibLlvm (the library could not be loaded); EngineDied if the process died while loading
   */
  static async start(spec: EngineSpec): Promise<EngineProcess> {
    const scratch = await newScratchFolder("engine");
    await linkLibrary(spec, scratch.folder);
    const host = new HostProcess(spec, scratch);
    try {
      const params: InitializeParams = { llvmArguments: spec.llvmArguments, journal: host.journal, threads: spec.threads };
      return new EngineProcess(
        host,
        parseValue(engineInfo, await host.ask("initialize", params, undefined), {
          what: "What the engine process says of itself",
          file: spec.hostScript,
          help: "Install LTO Inspector again.",
        }),
      );
    } catch (error) {
      await host.close();
      throw error;
    }
  }

  /** False once the process has exited or is about to. */
  get alive(): boolean {
    return this.#host.alive;
  }

  get pid(): number | undefined {
    return this.#host.pid;
  }

  /** Active requests. */
  get busy(): number {
    return this.#host.busy;
  }

  /**
   * Sends one request.
   *
   * @throws LtoError for the engine's own errors and Cancelled (at once when the signal is raised); EngineDied if the process ends first
   */
  async request<M extends EngineMethod>(method: M, params: EngineParams<M>, signal?: AbortSignal): Promise<EngineResult<M>> {
    const answer = await this.#host.ask(method, params, signal);
    if (isAnswer(method, answer)) return answer;
    throw new LtoError({ name: "EngineFailed", message: `The engine answered ${method} with ${JSON.stringify(answer)}.` });
  }

  /** What its threads are working on. */
  work(): Promise<JournalEntry[]> {
    return readJournal(this.#host.journal);
  }

  /** Called for every module that enters a stage. */
  onProgress(listener: (progress: EngineProgress) => void): () => void {
    return this.#host.onProgress(listener);
  }

  /** Called with LLVM's output, in whole lines. */
  onPrinted(listener: (text: string) => void): void {
    this.#host.onPrinted(listener);
  }

  /** Resolves when the listeners have received all output of the requests answered so far. @throws EngineDied */
  printed(): Promise<void> {
    return this.#host.printed();
  }

  /** Ends the process cleanly, or kills it if it does not end. */
  close(): Promise<void> {
    return this.#host.close();
  }
}

/** About a third of the weight of a normal process: it hardly slows down what the user waits for, and still ends on a busy machine. */
const BACKGROUND_NICENESS = 5;

/** Of the whole process: its threads, which do not exist yet, inherit the priority. */
function lowerPriority(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    setPriority(pid, BACKGROUND_NICENESS);
  } catch {
    // It has ended already, which `ended` reports, or the system forbids it: then it is only slower.
  }
}

/** The child process and its connection. */
class HostProcess {
  readonly journal: string;
  readonly ended: Promise<void>;
  readonly #child: ChildProcess;
  readonly #connection: MessageConnection;
  /** Holds the library's link and the journal. */
  readonly #scratch: ScratchFolder;
  readonly #pending = new Set<Pending>();
  readonly #listeners = new Set<(progress: EngineProgress) => void>();
  readonly #printed: PrintedText;
  #onPrinted: (text: string) => void = () => undefined;
  #marks = 0;
  #stderr = "";
  #alive = true;
  #onPurpose = false;
  readonly #memory: MemoryWatch;
  #tookMemory: TakenMemory | null = null;

  constructor(spec: EngineSpec, scratch: ScratchFolder) {
    const { folder } = scratch;
    this.#scratch = scratch;
    this.journal = join(folder, "journal");
    this.#child = fork(spec.hostScript, [], {
      env: engineEnvironment(process.env, folder, spec),
      execArgv: [],
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    if (spec.background === true) lowerPriority(this.#child.pid);
    this.#printed = new PrintedText((text) => {
      this.#stderr = (this.#stderr + text).slice(-KEPT_STDERR);
      this.#onPrinted(text);
    });
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#printed.push(text);
    });
    this.#connection = createMessageConnection(new IPCMessageReader(this.#child), new IPCMessageWriter(this.#child));
    this.#connection.onError(() => undefined);
    this.#connection.onNotification(ENGINE_PROGRESS, (progress: EngineProgress) => {
      for (const listener of this.#listeners) listener(progress);
    });
    this.ended = this.#watch();
    this.#connection.listen();
    this.#memory = new MemoryWatch(this.#child.pid ?? 0, (taken) => {
      this.#tookMemory = taken;
      this.#child.kill("SIGKILL");
    });
    void this.ended.then(() => {
      this.#memory.close();
    });
  }

  get alive(): boolean {
    return this.#alive && !this.#onPurpose;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get busy(): number {
    return this.#pending.size;
  }

  onProgress(listener: (progress: EngineProgress) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  onPrinted(listener: (text: string) => void): void {
    this.#onPrinted = listener;
  }

  async printed(): Promise<void> {
    this.#marks += 1;
    const id = String(this.#marks);
    const heard = this.#printed.mark(id);
    const params: EngineMark = { mark: printedMark(id) };
    await this.ask(ENGINE_MARK, params, undefined);
    await heard;
  }

  ask(method: string, params: unknown, signal: AbortSignal | undefined): Promise<unknown> {
    if (signal?.aborted === true) return Promise.reject(cancelled(method));
    if (!this.#alive) {
      return Promise.reject(
        new EngineDied({ onPurpose: true, signal: null, exitCode: null, journal: [], stderr: "", underWay: 0, tookMemory: null }),
      );
    }
    return new Promise((resolve, reject) => {
      const source = new CancellationTokenSource();
      const pending: Pending = { reject };
      const onAbort = (): void => {
        reject(cancelled(method));
        source.cancel();
        this.#endUnlessStopped(pending);
      };
      const settle = (): void => {
        this.#pending.delete(pending);
        signal?.removeEventListener("abort", onAbort);
        source.dispose();
      };
      this.#pending.add(pending);
      this.#memory.given(method, params);
      // One signal may stop any number of requests; with more than ten, Node would warn about a leak on stderr.
      if (signal !== undefined) setMaxListeners(0, signal);
      signal?.addEventListener("abort", onAbort, { once: true });
      this.#connection.sendRequest(method, params, source.token).then(
        (answer: unknown) => {
          settle();
          resolve(answer);
        },
        (error: unknown) => {
          // #finish reports a broken connection, because it knows why the process exited.
          if (!(error instanceof ResponseError)) return;
          settle();
          reject(toLtoError(error, method));
        },
      );
    });
  }

  async close(): Promise<void> {
    this.#onPurpose = true;
    if (this.#child.connected) this.#child.disconnect();
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), CANCEL_GRACE_MILLIS);
    await this.ended;
    clearTimeout(timer);
  }

  /** Waits for `exit` and the end of stderr, because Node emits no `close` event for a child whose channel was closed from this side. */
  async #watch(): Promise<void> {
    const stderr = this.#child.stderr;
    const said = stderr === null ? Promise.resolve() : once(stderr, "close").catch(() => undefined);
    const [exitCode, signal] = await new Promise<[number | null, string | null]>((resolve) => {
      this.#child.once("exit", (code, name) => {
        resolve([code, name]);
      });
      this.#child.once("error", () => {
        resolve([null, null]);
      });
    });
    await Promise.race([said, delay(STDERR_GRACE_MILLIS, undefined, { ref: false })]);
    await this.#finish(exitCode, signal);
  }

  #endUnlessStopped(pending: Pending): void {
    setTimeout(() => {
      if (!this.#pending.has(pending) || !this.#alive) return;
      this.#onPurpose = true;
      this.#child.kill("SIGKILL");
    }, CANCEL_GRACE_MILLIS).unref();
  }

  async #finish(exitCode: number | null, signal: string | null): Promise<void> {
    if (!this.#alive) return;
    this.#alive = false;
    this.#printed.end();
    const journal = this.#onPurpose ? [] : await readJournal(this.journal);
    const died = new EngineDied({
      onPurpose: this.#onPurpose,
      signal,
      exitCode,
      journal,
      stderr: this.#stderr,
      underWay: this.#pending.size,
      tookMemory: this.#tookMemory,
    });
    for (const pending of this.#pending) pending.reject(died);
    this.#pending.clear();
    this.#connection.dispose();
    await this.#scratch.remove();
  }
}

/** The addon is of this build (`ENGINE_PROTOCOL`), so answers have the declared type; checking each part would take longer than computing it. */
function isAnswer<M extends EngineMethod>(_method: M, value: unknown): value is EngineResult<M> {
  return typeof value === "object" && value !== null;
}

function toLtoError(error: ResponseError<unknown>, method: string): LtoError {
  const told = error.code === ENGINE_FAILURE ? engineError.safeParse(error.data) : undefined;
  if (told?.success === true) return fromEngineError(told.data);
  return new LtoError({ name: "EngineFailed", message: `The engine could not answer ${method}: ${error.message}` }, { cause: error });
}

/**
 * Links to the library under the name that the addon asks for: the SONAME of the plain library of the series, which it was linked against. The loader uses the link's folder as the library's (`$ORIGIN`), and libraries search for
 * their dependencies in `$ORIGIN/../lib`: this must be inside the scratch folder, because anybody could create one beside it in /tmp.
 */
async function linkLibrary({ library, series }: EngineSpec, folder: string): Promise<void> {
  await mkdir(join(folder, LINK_FOLDER));
  await symlink(library, join(folder, LINK_FOLDER, series.library));
  await symlink(join(dirname(library), "..", "lib"), join(folder, "lib"));
}

/** The environment of the process: the link to the chosen library comes first, and the thread pool has a thread for every concurrent request. */
function engineEnvironment(base: NodeJS.ProcessEnv, folder: string, spec: EngineSpec): NodeJS.ProcessEnv {
  // The loader treats an empty or relative entry as the current folder, which may be a workspace.
  const others = (base["LD_LIBRARY_PATH"] ?? "").split(/[:;]/).filter(isAbsolute);
  const environment: NodeJS.ProcessEnv = {
    ...base,
    LD_LIBRARY_PATH: [join(folder, LINK_FOLDER), ...others].join(delimiter),
    UV_THREADPOOL_SIZE: String(spec.threads + 2),
    LTO_INSPECTOR_ADDON: spec.addon,
  };
  // Meant for the parent process (loaders, inspectors), and harmful here.
  delete environment["NODE_OPTIONS"];
  return environment;
}
