/** An index over stored keys: symbols by identifier, modules by the name that stays the same across builds. */
import { globalState, type GlobalState, type StoredModule, type UnitKeys } from "../../../protocol/keys.js";
import { withoutInvocationId } from "../../../protocol/module-names.js";

/** The symbol in LLVM's identifier: "source file;name" → "name". */
export function symbolOf(identifier: string): string {
  return identifier.slice(identifier.indexOf(";") + 1);
}

export interface ImportEntry {
  readonly symbol: string;
  /** The source module, without invocation id. */
  readonly from: string;
  readonly declaration: boolean;
}

export interface DefinedGlobal {
  readonly symbol: string;
  readonly bits: number;
  readonly instructions: number;
  readonly uses: readonly string[];
}

/** One module of one side; expensive properties are computed on first use. */
export class IndexedModule {
  readonly stored: StoredModule;
  /** The name that stays the same across builds. */
  readonly name: string;
  readonly #keys: UnitKeys;
  #imports: ReadonlyMap<string, ImportEntry> | undefined;
  #globals: ReadonlyMap<string, DefinedGlobal> | undefined;
  #exports: ReadonlySet<string> | undefined;

  constructor(keys: UnitKeys, stored: StoredModule) {
    this.#keys = keys;
    this.stored = stored;
    this.name = withoutInvocationId(stored.name);
  }

  /** By symbol and source. */
  get imports(): ReadonlyMap<string, ImportEntry> {
    return (this.#imports ??= this.#readImports());
  }

  get globals(): ReadonlyMap<string, DefinedGlobal> {
    return (this.#globals ??= this.#readGlobals());
  }

  get exports(): ReadonlySet<string> {
    return (this.#exports ??= new Set(this.stored.exports.map((symbol) => this.#symbol(symbol))));
  }

  /** The modules that it imports from. */
  get sources(): ReadonlySet<string> {
    const { imports } = this.stored;
    return new Set(imports.flatMap((value, index) => (index % 3 === 0 ? [nameOf(this.#keys, value)] : [])));
  }

  state(symbol: string): GlobalState | undefined {
    const found = this.globals.get(symbol);
    return found === undefined ? undefined : globalState(found.bits);
  }

  #symbol(number: number): string {
    return this.#keys.symbols[number] ?? "";
  }

  #readImports(): Map<string, ImportEntry> {
    const found = new Map<string, ImportEntry>();
    const { imports } = this.stored;
    for (let at = 0; at + 2 < imports.length; at += 3) {
      const [module = -1, symbol = -1, declaration = 0] = imports.slice(at, at + 3);
      const entry = { symbol: this.#symbol(symbol), from: nameOf(this.#keys, module), declaration: declaration === 1 };
      found.set(`${entry.symbol} ${entry.from}`, entry);
    }
    return found;
  }

  #readGlobals(): Map<string, DefinedGlobal> {
    const { symbols, states, instructions, uses } = this.stored.globals;
    return new Map(
      symbols.map((number, index) => {
        const symbol = this.#symbol(number);
        const global = { symbol, bits: states[index] ?? 0, instructions: instructions[index] ?? 0 };
        return [symbol, { ...global, uses: (uses[index] ?? []).map((used) => this.#symbol(used)) }];
      }),
    );
  }
}

function nameOf(keys: UnitKeys, module: number): string {
  return withoutInvocationId(keys.modules[module]?.name ?? "");
}

/** One side of a comparison. */
export class KeyIndex {
  readonly keys: UnitKeys;
  readonly modules: ReadonlyMap<string, IndexedModule>;
  #definers: ReadonlyMap<string, readonly IndexedModule[]> | undefined;
  #users: ReadonlyMap<string, readonly string[]> | undefined;

  constructor(keys: UnitKeys) {
    this.keys = keys;
    this.modules = new Map(keys.modules.map((stored) => [withoutInvocationId(stored.name), new IndexedModule(keys, stored)]));
  }

  /** The modules that define a symbol. */
  definers(symbol: string): readonly IndexedModule[] {
    this.#definers ??= this.#collect((module, add) => {
      for (const defined of module.globals.keys()) add(defined, module);
    });
    return this.#definers.get(symbol) ?? [];
  }

  /** The symbols that call or refer to one. */
  users(symbol: string): readonly string[] {
    this.#users ??= this.#collect((module, add) => {
      for (const global of module.globals.values()) for (const used of global.uses) add(used, global.symbol);
    });
    return this.#users.get(symbol) ?? [];
  }

  /** The modules that import a symbol from a module. */
  importersOf(symbol: string, from: string): IndexedModule[] {
    return [...this.modules.values()].filter((module) => module.imports.has(`${symbol} ${from}`));
  }

  #collect<T>(visit: (module: IndexedModule, add: (key: string, value: T) => void) => void): Map<string, T[]> {
    const found = new Map<string, T[]>();
    const add = (key: string, value: T): void => {
      const list = found.get(key);
      if (list === undefined) found.set(key, [value]);
      else list.push(value);
    };
    for (const module of this.modules.values()) visit(module, add);
    return found;
  }
}
