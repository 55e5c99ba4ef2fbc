/** The key components of an analysed unit, kept as gzipped JSON beside the capture or the run, because the next build overwrites their inputs. */
import { join } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { KeyComponentsResult } from "../../protocol/engine/keys.js";
import type { KeyModule, StoredModule, UnitKeys } from "../../protocol/keys.js";
import { writeFileWhole } from "../base/atomic-file.js";
import { isLtoError, LtoError, messageOf, systemCode } from "../base/errors.js";
import { keyComponents, keysLlvm } from "./key-components.js";
import { readPackedJson, unpackBeginning } from "../base/packed.js";
import { parseJsonIf, unreadable } from "../base/parse.js";
import { LIMITS, openRegularFile } from "../base/read-file.js";
import type { OpenUnit } from "./open.js";
import { settingsOf } from "./unit-settings.js";

export const KEYS_COMPONENTS = "key-components.json.gz";

/** Modules per message: no message between processes may be unbounded in size. */
const MODULES_AT_ONCE = 64;

const pack = promisify(gzip);

/** Gets the key components of an open unit. @throws LtoError Cancelled, EngineCrashed */
export async function unitKeys({ analyzed, inputs }: OpenUnit, signal?: AbortSignal): Promise<UnitKeys> {
  const table = new SymbolTable();
  const modules: StoredModule[] = [];
  const decided = new Map(analyzed.result.modules.map((module) => [module.name, module]));
  for (let total = 1; modules.length < total;) {
    const part = await analyzed.keyComponents(modules.length, MODULES_AT_ONCE, signal);
    total = part.total;
    for (const module of table.merge(part)) {
      const found = decided.get(module.name);
      if (found === undefined) throw new LtoError({ name: "Internal", message: `The engine named an unknown module ${module.name}.` });
      const { origin, crate, file, member, verdict, reason, previousKey } = found;
      modules.push({ ...module, origin, crate, file, member, verdict, reason, previousKey });
    }
  }
  return {
    schema: 1,
    unit: inputs.unit,
    madeAt: new Date().toISOString(),
    llvm: table.llvm,
    release: inputs.manifest?.toolchain.release ?? null,
    incremental: inputs.incremental,
    settings: settingsOf(inputs),
    symbols: table.symbols,
    modules,
  };
}

/** Merges the symbols of several messages into one table. */
class SymbolTable {
  readonly symbols: string[] = [];
  llvm = { version: "", revision: "" };
  readonly #numbers = new Map<string, number>();

  merge(part: KeyComponentsResult): KeyModule[] {
    this.llvm = part.llvm;
    const numbers = part.symbols.map((symbol) => this.#number(symbol));
    const renumber = (symbol: number): number => numbers[symbol] ?? -1;
    return part.modules.map((module) => ({
      ...module,
      exports: module.exports.map(renumber),
      imports: module.imports.map((value, index) => (index % 3 === 1 ? renumber(value) : value)),
      resolvedOdr: module.resolvedOdr.map((value, index) => (index % 2 === 0 ? renumber(value) : value)),
      globals: {
        ...module.globals,
        symbols: module.globals.symbols.map(renumber),
        uses: module.globals.uses.map((uses) => uses.map(renumber)),
      },
    }));
  }

  #number(symbol: string): number {
    const known = this.#numbers.get(symbol);
    if (known !== undefined) return known;
    this.#numbers.set(symbol, this.symbols.length);
    return this.symbols.push(symbol) - 1;
  }
}

/** Writes them into a folder of the store. */
export async function saveKeys(folder: string, keys: UnitKeys): Promise<void> {
  // Level 4 compresses within 10 % of the best, in a quarter of the time.
  await writeFileWhole(join(folder, KEYS_COMPONENTS), await pack(JSON.stringify(keys), { level: 4 }));
}

/** @returns undefined where none are kept. @throws LtoError UnreadableFile */
export async function readKeys(folder: string): Promise<UnitKeys | undefined> {
  const file = join(folder, KEYS_COMPONENTS);
  const subject = { what: "The key components of a build", file, help: "Remove the file; it will be recreated from the capture." };
  try {
    return await readPackedJson(keyComponents, subject);
  } catch (error) {
    if (systemCode(error) === "ENOENT" || systemCode(error) === "ENOTDIR") return undefined;
    throw error instanceof LtoError ? error : unreadable(subject, messageOf(error));
  }
}

/** Enough of a file to include its `llvm`, which is near the beginning. */
const HEAD_BYTES = 16 * 1024;

/** The LLVM that the kept keys are from, without unpacking all of them; undefined: none are kept, or they cannot be read. */
export async function keptLlvm(folder: string): Promise<UnitKeys["llvm"] | undefined> {
  const head = Buffer.alloc(HEAD_BYTES);
  try {
    const { handle } = await openRegularFile(join(folder, KEYS_COMPONENTS), LIMITS.json);
    try {
      const { bytesRead } = await handle.read(head, 0, HEAD_BYTES, 0);
      const llvm = /"llvm":(\{[^}]*\})/.exec(await unpackBeginning(head.subarray(0, bytesRead)))?.[1];
      return llvm === undefined ? undefined : parseJsonIf(keysLlvm, llvm);
    } finally {
      await handle.close();
    }
  } catch {
    return undefined;
  }
}

/** Like {@link readKeys}, but treats a damaged file as missing: it can be made again. */
export async function keysKept(folder: string): Promise<UnitKeys | undefined> {
  return readKeys(folder).catch((error: unknown) => {
    if (isLtoError(error, "UnreadableFile")) return undefined;
    throw error;
  });
}
