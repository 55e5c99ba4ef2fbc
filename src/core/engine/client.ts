/**
 * The client of the engine: one per libLLVM and set of LLVM arguments. It starts the process on first use, checks the loaded library, starts a new
 * process after a crash, and describes crashes.
 */
import { realpath } from "node:fs/promises";
import type { EngineInfo } from "../../protocol/engine/library.js";
import {
  ENGINE_REQUESTS,
  type EngineMethod,
  type EngineParams,
  type EngineResult,
  type StatelessMethod,
} from "../../protocol/engine/requests.js";
import type { EngineProgress } from "../../protocol/engine/stages.js";
import type { LtoErrorReport } from "../../protocol/errors.js";
import { LtoError, throwIfCancelled } from "../base/errors.js";
import { stampOf } from "../base/file-digest.js";
import { identifyLibrary } from "./library-identity.js";
import { passOf, type JournalEntry } from "./journal.js";
import { tookTooMuch } from "./memory-limit.js";
import { EngineDied, EngineProcess, type EngineSpec } from "./process.js";

/** The library that the client expects to be loaded. */
export interface ExpectedLibrary {
  /** "22.1.2", as `rustc -vV` prints it; null: nothing is expected. */
  readonly version: string | null;
}

/** How often other requests may crash the process while a request is active. */
const MOST_NEIGHBOURS = 64;

export class EngineClient {
  readonly spec: EngineSpec;
  readonly #expected: ExpectedLibrary;
  readonly #listeners = new Set<(progress: EngineProgress) => void>();
  #process: Promise<EngineProcess> | undefined;
  /** What the running process loaded: library and addon. A new hard link to one of them (`cp -al` of a toolchain) does not count as a replacement. */
  #loaded: readonly string[] = [];
  #generation = 0;
  /** The consumer of LLVM's output, and the job that the output belongs to. */
  #print: ((text: string) => void) | undefined;
  #printing: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(spec: EngineSpec, expected: ExpectedLibrary = { version: null }) {
    this.spec = spec;
    this.#expected = expected;
  }

  /** Counts the processes started: units analysed under an earlier generation are gone. */
  get generation(): number {
    return this.#generation;
  }

  /**
   * The library that the process loaded.
   *
   * @throws LtoError NoLibLlvm if it is not the chosen library, or not the LLVM that the addon was built for
   */
  async info(): Promise<EngineInfo> {
    return (await this.#running()).info;
  }

  /**
   * Ends a process whose library or addon has been replaced on disk since it started (an update of the toolchain, another build of the addon): the next
   * request starts one with the new files. Units analysed in it are analysed again.
   */
  async followReplacement(): Promise<void> {
    const running = this.#process;
    const process = await running?.catch(() => undefined);
    if (process?.alive !== true || (await this.runsWhatLiesThere())) return;
    if (this.#process === running) this.#process = undefined;
    await process.close();
  }

  /** Whether library and addon on disk are still those that the running process loaded. */
  async runsWhatLiesThere(): Promise<boolean> {
    const now = await this.#stamps().catch((): string[] => []);
    return now.length > 0 && now.every((stamp, index) => stamp === this.#loaded[index]);
  }

  /**
   * Sends a request that needs no analysed unit (or creates one: `analyze`). If another request crashes the process, this one is sent again: once,
   * or, if the request itself cannot crash, as often as necessary.
   *
   * @param onRetry called with the process's end before the request is sent again
   * @throws LtoError the engine's own errors, Cancelled, or EngineCrashed with the module and stage that were under way
   */
  async request<M extends StatelessMethod>(
    method: M,
    params: EngineParams<M>,
    signal?: AbortSignal,
    onRetry?: (died: EngineDied) => void,
  ): Promise<EngineResult<M>> {
    const bystander = ENGINE_REQUESTS[method].standing === "bystander";
    for (let attempts = 1; ; attempts += 1) {
      try {
        return await this.attempt(method, params, signal);
      } catch (error) {
        if (!(error instanceof EngineDied)) throw error;
        const itself = !bystander && error.culprit !== undefined && error.underWay <= 1;
        if (itself || attempts > (bystander ? MOST_NEIGHBOURS : 1)) throw crashError(error, method);
        onRetry?.(error);
      }
      throwIfCancelled(signal, method);
    }
  }

  /**
   * Sends a request once.
   *
   * @throws EngineDied if the process ends before it answers; the caller decides what to do
   */
  async attempt<M extends EngineMethod>(method: M, params: EngineParams<M>, signal?: AbortSignal): Promise<EngineResult<M>> {
    const process = await this.#running();
    return process.request(method, params, signal);
  }

  /** What the threads of the process are working on; empty: there is no process. */
  async work(): Promise<readonly JournalEntry[]> {
    const process = await this.#process?.catch(() => undefined);
    return process?.alive === true ? process.work() : [];
  }

  /** Calls a listener for every module of any unit that enters a stage. @returns a function that removes it */
  onProgress(listener: (progress: EngineProgress) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Runs a job and passes on LLVM's output during it, in whole lines. Runs one job at a time, so that the output can be attributed.
   *
   * @param print receives the text; must not throw
   */
  printing<T>(print: (text: string) => void, work: () => Promise<T>): Promise<T> {
    const turn = this.#printing.then(async () => {
      await this.#allPrinted();
      this.#print = print;
      try {
        return await work();
      } finally {
        await this.#allPrinted();
        this.#print = undefined;
      }
    });
    this.#printing = turn.catch(() => undefined);
    return turn;
  }

  /** Process id of the running engine, for reports and tests. */
  async pid(): Promise<number | undefined> {
    return (await this.#running()).pid;
  }

  /** Ends the process. */
  async close(): Promise<void> {
    this.#closed = true;
    const starting = this.#process;
    this.#process = undefined;
    await starting?.then(
      (process) => process.close(),
      () => undefined,
    );
  }

  async #running(): Promise<EngineProcess> {
    if (this.#closed) throw new LtoError({ name: "Internal", message: "The engine got a request after it was closed." });
    const current = this.#process;
    if (current !== undefined) {
      const process = await current;
      if (process.alive) return process;
      // Several callers may find the same dead process; only the first of them starts another.
      if (this.#process === current) this.#process = undefined;
    }
    this.#process ??= this.#start();
    return this.#process;
  }

  /** Ignores errors: a process that has exited prints nothing more. */
  async #allPrinted(): Promise<void> {
    const process = await this.#process?.catch(() => undefined);
    await process?.printed().catch(() => undefined);
  }

  async #stamps(): Promise<string[]> {
    const stamps = await Promise.all([this.spec.library, this.spec.addon].map((file) => stampOf(file)));
    return stamps.map(({ file }) => file);
  }

  async #start(): Promise<EngineProcess> {
    this.#generation += 1;
    // Before the process reads them, so that a replacement in between is noticed.
    this.#loaded = await this.#stamps().catch((): string[] => []);
    const starting = startChecked(this.spec, this.#expected);
    // A failed start is not kept: the next request tries again.
    starting.catch(() => (this.#process = undefined));
    const process = await starting;
    process.onProgress((progress) => {
      for (const listener of this.#listeners) listener(progress);
    });
    process.onPrinted((text) => this.#print?.(text));
    return process;
  }
}

/** Checks a library's file before any process loads it, however it was chosen. */
async function startChecked(spec: EngineSpec, expected: ExpectedLibrary): Promise<EngineProcess> {
  const { version, series } = await identifyLibrary(spec.library);
  if (series !== spec.series) {
    throw noLibrary(spec, `${spec.library} is LLVM ${version}, but the engine for LLVM ${spec.series.name} was chosen.`);
  }
  requireVersion(version, spec, expected);
  let process: EngineProcess;
  try {
    process = await EngineProcess.start(spec);
  } catch (error) {
    throw startError(error, spec);
  }
  try {
    await checkLoaded(process.info, spec, expected);
    return process;
  } catch (error) {
    await process.close();
    throw error;
  }
}

/** If the link were missing, the loader would silently take the system's library, and every key would be wrong; so the loaded library is compared with the chosen one. */
async function checkLoaded(info: EngineInfo, spec: EngineSpec, expected: ExpectedLibrary): Promise<void> {
  const [loaded, chosen] = await Promise.all([realpath(info.path), realpath(spec.library)]);
  if (loaded !== chosen) {
    throw noLibrary(spec, `The engine should run on ${chosen}, but the loader took ${loaded}.`);
  }
  if (!sameMinor(info.version, info.compiledAgainst)) {
    throw noLibrary(spec, `${chosen} is LLVM ${info.version}; this engine was built for LLVM ${majorMinor(info.compiledAgainst)}.`);
  }
  requireVersion(info.version, spec, expected);
}

function requireVersion(version: string, spec: EngineSpec, expected: ExpectedLibrary): void {
  if (expected.version === null || `${version}-`.startsWith(`${expected.version}-`)) return;
  throw noLibrary(spec, `${spec.library} is LLVM ${version}, but the toolchain says that it uses LLVM ${expected.version}.`);
}

function majorMinor(version: string): string {
  return version.split(".").slice(0, 2).join(".");
}

function sameMinor(left: string, right: string): boolean {
  return majorMinor(left) === majorMinor(right);
}

function noLibrary(spec: EngineSpec, message: string): LtoError {
  return new LtoError({
    name: "NoLibLlvm",
    message,
    file: spec.library,
    help: "Name the right libLLVM with --llvm PATH, or use --llvm system; `lto-inspector doctor` lists the installed ones.",
  });
}

function startError(error: unknown, spec: EngineSpec): unknown {
  if (error instanceof EngineDied) {
    const said = error.stderr.trim();
    return new LtoError({
      name: "EngineFailed",
      message: `The engine process could not start on ${spec.library}: it ended with ${error.signal ?? `exit code ${error.exitCode ?? "unknown"}`}.${said === "" ? "" : ` It said: ${said}`}`,
      file: spec.library,
      help: "`lto-inspector doctor` lists the libraries that can be loaded.",
    });
  }
  if (error instanceof LtoError && error.report.name === "NoLibLlvm") return noLibrary(spec, error.report.message);
  if (error instanceof LtoError && error.report.name === "NoAddon") {
    return new LtoError({ ...error.report, help: "Build it with `npm run build:addon` (or run `npm start`, which does this)." });
  }
  return error;
}

/**
 * The warning about an engine that exited unexpectedly for an unknown reason, and whose work was repeated.
 *
 * @param what was repeated: "the analysis", or a module's name
 * @returns undefined if it was ended on purpose, or if a module caused it and reports it
 */
export function retryNote(died: EngineDied, what: string): string | undefined {
  if (died.onPurpose || died.culprit !== undefined) return undefined;
  const memory = died.tookMemory === null ? undefined : tookTooMuch(died.tookMemory);
  const how = memory ?? died.signal ?? `exit code ${died.exitCode ?? "unknown"}`;
  return `The engine process exited or was killed (${how}) while ${what} was in progress. A new one was started, and ${what} was repeated.`;
}

/** The error that says what crashed, where, and that nothing else is affected. */
export function crashError(died: EngineDied, doing: string): LtoError {
  return new LtoError(crashReport(died, doing), { cause: died });
}

export function crashReport(died: EngineDied, doing: string): LtoErrorReport {
  // Other work of the process can be what was in progress.
  const only = died.lastWork;
  const work = died.culprit ?? (only !== undefined && doing === `module ${only.module}` ? only : undefined);
  const memory = died.tookMemory === null ? undefined : tookTooMuch(died.tookMemory);
  const how = memory ?? work?.signal ?? died.signal ?? `exit code ${died.exitCode ?? "unknown"}`;
  // The engine writes "(all modules)" if the work does not concern a single module.
  const module = work === undefined || work.module.startsWith("(") ? undefined : work.module;
  const said = lastWords(died.stderr);
  return {
    name: "EngineCrashed",
    message: `LLVM crashed (${how}) in ${work === undefined ? doing : placeOf(work, module)}.${said === "" ? "" : ` It said: ${said}`}`,
    ...(module === undefined ? {} : { module }),
    ...(work === undefined || work.stage === "" ? {} : { stage: work.stage }),
    help:
      died.tookMemory === null
        ? CRASH_HELP
        : `If the bitcode is intact (\`lto-inspector store --check\` checks captures), set LTO_INSPECTOR_MEMORY_LIMIT to more bytes than ${Math.ceil(died.tookMemory.limit.bytes)}.`,
  };
}

/** "module m, stage thin-lto-after-pm, in GVNPass on the function f" */
function placeOf(work: JournalEntry, module: string | undefined): string {
  if (module === undefined) return `${work.stage} over all modules`;
  const inStage = work.stage === "" ? "" : `, stage ${work.stage}`;
  return `module ${module}${inStage}${work.pass === "" ? "" : `, in ${passOf(work)}`}`;
}

const CRASH_HELP =
  "What was saved before is kept, and the next command starts a new engine. Check the module's bitcode with `lto-inspector store --check` (`lto-inspector capture` replaces a damaged capture); if it is intact, this is a bug in LLVM.";

/** LLVM's own error line, if it printed one, else the last line. */
function lastWords(stderr: string): string {
  const lines = stderr
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  return lines.find((line) => line.startsWith("LLVM ERROR")) ?? lines.find((line) => line.includes("Assertion")) ?? "";
}
