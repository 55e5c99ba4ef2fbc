/** Which modules an edit re-compiles, by the keys of one build. */
import type { IfChanged } from "../../../protocol/explain.js";
import { globalState } from "../../../protocol/keys.js";
import type { IndexedModule, KeyIndex } from "./key-index.js";

/** What an edit reaches, by rustc's names of the modules. */
export type EditReach = Pick<IfChanged, "itself" | "importers" | "cacheable">;

/** An edit of a body re-compiles the modules that hold it, and those whose keys contain the hashes of these. */
export class EditReaches {
  readonly #index: KeyIndex;
  /** Module → those that import from it. */
  readonly #importers = new Map<string, Set<string>>();

  constructor(index: KeyIndex) {
    this.#index = index;
    for (const module of index.modules.values()) {
      for (const source of module.sources) {
        const known = this.#importers.get(source) ?? new Set();
        this.#importers.set(source, known.add(module.name));
      }
    }
  }

  /** @param symbol as modules define it before they are renamed */
  ofFunction(symbol: string): EditReach {
    return this.ofModules(this.#index.definers(symbol));
  }

  ofModules(modules: readonly IndexedModule[]): EditReach {
    const itself = new Set(modules.map((module) => module.name));
    const importers = new Set(
      modules.flatMap((module) => [...(this.#importers.get(module.name) ?? [])]).filter((importer) => !itself.has(importer)),
    );
    const stored = (keyName: string): IndexedModule["stored"] | undefined => this.#index.modules.get(keyName)?.stored;
    const cacheable = [...itself, ...importers].filter((keyName) => stored(keyName)?.origin === "local").length;
    const realNames = (set: ReadonlySet<string>): string[] => [...set].map((keyName) => stored(keyName)?.name ?? keyName);
    return { itself: realNames(itself), importers: realNames(importers), cacheable };
  }
}

/** Symbols of the functions that are used, in modules of one kind. */
export function liveFunctions(index: KeyIndex, of: (module: IndexedModule["stored"]) => boolean): string[] {
  const found = new Set<string>();
  for (const module of index.modules.values()) {
    if (!of(module.stored)) continue;
    for (const { symbol, bits } of module.globals.values()) {
      const { kind, live } = globalState(bits);
      if (kind === "function" && live) found.add(symbol);
    }
  }
  return [...found];
}
