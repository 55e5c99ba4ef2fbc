/** The engine processes of one program: one client per libLLVM and set of LLVM arguments, started on demand and shared. */
import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { LtoError } from "../base/errors.js";
import { EngineClient } from "./client.js";

export interface EngineFiles {
  readonly hostScript: string;
  readonly addon: string;
}

/**
 * Finds dist/engine-host.js and the addon: beside the running bundle, or in the `dist` of the project that the sources are in. The environment
 * variables LTO_INSPECTOR_ENGINE_HOST and LTO_INSPECTOR_ADDON override them.
 *
 * @throws LtoError NoAddon when either is missing
 */
export function findEngineFiles(from: string = __dirname): EngineFiles {
  const folder = distFolder(from);
  const hostScript = process.env["LTO_INSPECTOR_ENGINE_HOST"] ?? join(folder, "engine-host.js");
  const addon = process.env["LTO_INSPECTOR_ADDON"] ?? join(folder, "lto_inspector.node");
  for (const file of [hostScript, addon]) {
    if (!existsSync(file)) {
      throw new LtoError({
        name: "NoAddon",
        message: `The native engine is not built: ${file} is missing.`,
        file,
        help: "Build it with `npm run build && npm run build:addon` (or run `npm start`, which does this).",
      });
    }
  }
  return { hostScript, addon };
}

function distFolder(from: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, "engine-host.js"))) return folder;
    const dist = join(folder, "dist");
    if (existsSync(join(dist, "engine-host.js"))) return dist;
    if (dirname(folder) === folder) return join(from, "dist");
  }
}

export interface EngineChoice {
  readonly library: string;
  readonly expectedVersion: string | null;
  readonly llvmArguments: readonly string[];
}

export class EnginePool {
  readonly threads: number;
  readonly #clients = new Map<string, EngineClient>();
  readonly #files: () => EngineFiles;

  /** @param threads requests that may run at once in each process; default: all cores */
  constructor(threads: number = availableParallelism(), files: () => EngineFiles = findEngineFiles) {
    this.threads = threads;
    this.#files = files;
  }

  /** The addon that every engine of this pool loads. @throws LtoError NoAddon */
  get addon(): string {
    return this.#files().addon;
  }

  /** The client for a library and its arguments. Nothing is started yet. @throws LtoError NoAddon */
  engine(choice: EngineChoice): EngineClient {
    const key = JSON.stringify([choice.library, choice.llvmArguments]);
    const known = this.#clients.get(key);
    if (known !== undefined) return known;
    const spec = { library: choice.library, llvmArguments: choice.llvmArguments, threads: this.threads, ...this.#files() };
    const client = new EngineClient(spec, { version: choice.expectedVersion });
    this.#clients.set(key, client);
    return client;
  }

  /** Ends every process. */
  async close(): Promise<void> {
    const clients = [...this.#clients.values()];
    this.#clients.clear();
    await Promise.all(clients.map((client) => client.close()));
  }
}
