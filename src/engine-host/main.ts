/**
 * The engine process: the only place that loads the addon and libLLVM. It answers each request of `ENGINE_REQUESTS` by passing
 * it to the addon, and sends `engine/progress` notifications. LLVM can crash the whole process; the client (src/core/engine) handles that.
 */
import { rmSync, writeSync } from "node:fs";
import { constants } from "node:os";
import { basename, dirname } from "node:path";
import { createMessageConnection, IPCMessageReader, IPCMessageWriter, ResponseError, type CancellationToken } from "vscode-jsonrpc/node";
import type { Addon } from "../protocol/engine/addon.js";
import type { EngineError } from "../protocol/engine/error.js";
import type { InitializeParams } from "../protocol/engine/library.js";
import { ENGINE_REQUESTS } from "../protocol/engine/requests.js";
import { ENGINE_FAILURE, ENGINE_MARK, ENGINE_PROGRESS, ENGINE_PROTOCOL, type EngineMark } from "../protocol/engine/rpc.js";

/** Loads the addon and resolves every symbol, so that a libLLVM without one of them is rejected here and not in the middle of a run. */
function loadAddon(file: string): Addon {
  const loaded: { exports: object } = { exports: {} };
  try {
    process.dlopen(loaded, file, constants.dlopen.RTLD_NOW | ownLibrariesFirst());
  } catch (error) {
    throw failure(loadFailure(error instanceof Error ? error.message : String(error), file));
  }
  if (isAddon(loaded.exports)) return loaded.exports;
  throw failure({ name: "NoAddon", message: `${file} is the native engine of another version of LTO Inspector.`, file });
}

/**
 * Node exports its own zlib, which compresses to different bytes than the one that libLLVM is linked with (for names in profiles). If another
 * malloc may be loaded before the C library's, as in Electron, the order stays, because one would free the other's memory.
 */
function ownLibrariesFirst(): number {
  const plain = process.versions["electron"] === undefined && (process.env["LD_PRELOAD"] ?? "") === "";
  // Systems without glibc do not have the flag, whatever its type says.
  const flags: Readonly<Record<string, number | undefined>> = { ...constants.dlopen };
  return plain ? (flags["RTLD_DEEPBIND"] ?? 0) : 0;
}

/** Whether the addon is of the same build: an older or newer one has other messages. */
function isAddon(loaded: object): loaded is Addon {
  return "protocol" in loaded && loaded.protocol === ENGINE_PROTOCOL && "initialize" in loaded && "request" in loaded && "cancel" in loaded;
}

function loadFailure(message: string, file: string): EngineError {
  const library = /libLLVM|LLVM_\d|undefined symbol/.test(message);
  return { name: library ? "NoLibLlvm" : "NoAddon", message: `The native engine could not be loaded: ${message}`, file };
}

function failure(error: EngineError): ResponseError<EngineError> {
  return new ResponseError(ENGINE_FAILURE, error.message, error);
}

/** The addon's errors are JSON in an exception's message; anything else is reported as our own bug. */
function toResponseError(error: unknown): ResponseError<unknown> {
  if (error instanceof ResponseError) return error;
  const text = error instanceof Error ? error.message : String(error);
  try {
    const parsed: unknown = JSON.parse(text);
    if (isEngineError(parsed)) return failure(parsed);
  } catch {
    // Not JSON: use the plain text below.
  }
  return failure({ name: "Internal", message: text });
}

function isEngineError(value: unknown): value is EngineError {
  return typeof value === "object" && value !== null && "name" in value && "message" in value && typeof value.message === "string";
}

function main(): void {
  // The parent process sets the addon.
  const addonFile = process.env["LTO_INSPECTOR_ADDON"] ?? "";
  const connection = createMessageConnection(new IPCMessageReader(process), new IPCMessageWriter(process));
  let addon: Addon | undefined;
  let lastJob = 0;
  let underWay = 0;
  let scratch: string | undefined;

  connection.onRequest("initialize", (params: InitializeParams): unknown => {
    try {
      scratch = params.journal === null ? undefined : dirname(params.journal);
      addon = loadAddon(addonFile);
      return JSON.parse(addon.initialize(JSON.stringify(params)));
    } catch (error) {
      throw toResponseError(error);
    }
  });

  /** Forwards a request, which can then be cancelled. */
  const pass = async (method: string, params: unknown, progress: boolean, token: CancellationToken): Promise<unknown> => {
    if (addon === undefined) throw failure({ name: "Internal", message: "The engine got a request before it was initialised." });
    const engine = addon;
    const job = ++lastJob;
    const listener = token.onCancellationRequested(() => {
      engine.cancel(job);
    });
    underWay += 1;
    try {
      const answer = await engine.request(method, JSON.stringify(params), job, (told) => {
        if (progress) void connection.sendNotification(ENGINE_PROGRESS, JSON.parse(told));
      });
      return JSON.parse(answer);
    } catch (error) {
      throw toResponseError(error);
    } finally {
      underWay -= 1;
      listener.dispose();
    }
  };

  /** No client is left to answer. A normal exit would wait for LLVM's running passes; their results are written completely or not at all. */
  const end = (): void => {
    // The parent does this while it is alive. Removes nothing but our own scratch folder.
    if (scratch !== undefined && basename(scratch).startsWith("lto-inspector-engine-")) rmSync(scratch, { recursive: true, force: true });
    if (underWay > 0) process.kill(process.pid, "SIGKILL");
    process.exit(0);
  };

  for (const [method, { progress }] of Object.entries(ENGINE_REQUESTS)) {
    connection.onRequest(method, (params: unknown, token: CancellationToken) => pass(method, params, progress, token));
  }

  // LLVM writes to the same descriptor, unbuffered.
  connection.onRequest(ENGINE_MARK, ({ mark }: EngineMark) => {
    writeSync(2, mark);
    return {};
  });

  // Ctrl-C reaches the whole process group; the parent decides what to do.
  process.on("SIGINT", () => undefined);
  process.on("disconnect", end);
  connection.listen();
}

main();
