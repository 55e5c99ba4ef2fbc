/** The engine processes of one program: one client per libLLVM and set of LLVM arguments, started on demand and shared. */
import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { LtoError } from "../base/errors.js";
import { ownFile } from "../base/own-files.js";
import { addonOf, seriesWithEngine, type LlvmSeries } from "../machine/llvm-series.js";
import { EngineClient } from "./client.js";

export interface EngineFiles {
  readonly hostScript: string;
  readonly addon: string;
}

/**
 * Finds dist/engine-host.js and the addon of a series: beside the running bundle, or in the `dist` of the project that the sources are in. The environment
 * variables LTO_INSPECTOR_ENGINE_HOST and LTO_INSPECTOR_ADDON override them.
 *
 * @throws LtoError NoAddon if either is missing
 */
export function findEngineFiles(series: LlvmSeries): EngineFiles {
  const hostScript = process.env["LTO_INSPECTOR_ENGINE_HOST"] ?? ownFile("engine-host.js");
  const addon = addonOf(series);
  for (const file of [hostScript, addon]) {
    if (!existsSync(file)) throw notBuilt(file);
  }
  return { hostScript, addon };
}

/** The files of the newest series for which this installation has an engine. @throws LtoError NoAddon */
export function findNewestEngine(): EngineFiles {
  const newest = seriesWithEngine().at(-1);
  if (newest === undefined) throw notBuilt(ownFile("lto_inspector-*.node"));
  return findEngineFiles(newest);
}

function notBuilt(file: string): LtoError {
  return new LtoError({
    name: "NoAddon",
    message: `The native engine is not built: ${file} is missing.`,
    file,
    help: "Build it with `npm run build && npm run build:addon` (or run `npm start`, which does this).",
  });
}

export interface EngineChoice {
  readonly library: string;
  /** The library's. */
  readonly series: LlvmSeries;
  readonly expectedVersion: string | null;
  readonly llvmArguments: readonly string[];
}

export class EnginePool {
  readonly threads: number;
  readonly #clients = new Map<string, EngineClient>();
  readonly #files: (series: LlvmSeries) => EngineFiles;
  readonly #background: boolean;
  readonly #others = new Set<EnginePool>();

  /**
   * @param threads concurrent requests in each process; default: all cores
   * @param background its processes run at a lower priority
   */
  constructor(threads: number = availableParallelism(), files: (series: LlvmSeries) => EngineFiles = findEngineFiles, background = false) {
    this.threads = threads;
    this.#files = files;
    this.#background = background;
  }

  /** A pool of its own for work that nobody waits for, at a lower priority. Close it when done; it also closes with this one. */
  inBackground(): EnginePool {
    const pool = new EnginePool(this.threads, this.#files, true);
    this.#others.add(pool);
    return pool;
  }

  /** The client for a library and its arguments. Starts nothing yet. @throws LtoError NoAddon */
  engine(choice: EngineChoice): EngineClient {
    const key = JSON.stringify([choice.library, choice.llvmArguments]);
    const known = this.#clients.get(key);
    if (known !== undefined) return known;
    const { library, series, llvmArguments } = choice;
    const spec = { library, series, llvmArguments, threads: this.threads, background: this.#background, ...this.#files(series) };
    const client = new EngineClient(spec, { version: choice.expectedVersion });
    this.#clients.set(key, client);
    return client;
  }

  /** Ends every process. */
  async close(): Promise<void> {
    const open = [...this.#clients.values(), ...this.#others];
    this.#clients.clear();
    this.#others.clear();
    await Promise.all(open.map((one) => one.close()));
  }
}
