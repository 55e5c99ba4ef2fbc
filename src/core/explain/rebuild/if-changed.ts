/** Predicts what a change would re-compile: the modules that hold the function, and those whose keys contain the hashes of these. */
import type { IfChanged, IfChangedReport } from "../../../protocol/explain.js";
import type { UnitManifest } from "../../../protocol/units.js";
import type { CoreContext } from "../../engine/core-context.js";
import { LtoError } from "../../base/errors.js";
import { findModule } from "../../pipelines/module-names.js";
import { chooseEngineAndNames } from "../../replay/producer.js";
import { EditReaches, liveFunctions } from "./edit-reach.js";
import { KeyIndex, type IndexedModule } from "./key-index.js";
import { Names } from "./readable.js";
import { comparedBuildOf, type ComparedBuildOptions } from "./compared-build.js";
import { PRODUCERS } from "../../producers/registry.js";

const MOST_CONTAGIOUS = 10;

const MOST_CANDIDATES = 10;

/**
 * Tells what a change of a function or module would cost, and which functions of the unit would cost most.
 *
 * @param wanted a symbol, a readable name or a part of one, or a module; null: only the ranking
 * @throws LtoError UnknownFunction naming candidates
 */
export async function ifChanged(
  core: CoreContext,
  unit: UnitManifest,
  wanted: string | null,
  options: ComparedBuildOptions,
): Promise<IfChangedReport> {
  const { keys, shown } = await comparedBuildOf(core, unit, options);
  const { engine } = await chooseEngineAndNames(core, PRODUCERS.sourceOf(unit), { llvm: options.llvm, overrides: {} });
  const cost = new Cost(new KeyIndex(keys), new Names(engine, options.signal));
  return {
    schema: 1,
    command: "explain",
    unit: keys.unit,
    build: shown,
    ifChanged: wanted === null ? null : await cost.of(wanted),
    contagious: await cost.ranking(),
    warnings: [
      "This uses the imports of this build: a change that makes functions importable, or no longer importable, also reaches other modules. Cargo re-compiles the crate itself and its dependents in any case.",
    ],
  };
}

class Cost {
  readonly #index: KeyIndex;
  readonly #names: Names;
  readonly #reaches: EditReaches;

  constructor(index: KeyIndex, names: Names) {
    this.#index = index;
    this.#names = names;
    this.#reaches = new EditReaches(index);
  }

  async of(wanted: string): Promise<IfChanged> {
    const symbol = await this.#functionNamed(wanted);
    if (symbol !== undefined) return this.#function(symbol);
    const modules = [...this.#index.modules.values()];
    try {
      const name = findModule(
        modules.map(({ stored }) => stored.name),
        wanted,
      );
      const module = modules.filter(({ stored }) => stored.name === name);
      return this.#cost("module", name, null, module);
    } catch {
      throw new LtoError({
        name: "UnknownFunction",
        message: `No module of this unit defines a function ${wanted}, and no module has this name.`,
        help: "`lto-inspector find UNIT SYMBOL` says which modules have a symbol.",
      });
    }
  }

  /** The functions whose change would re-compile most: only those of crates built here, not copies of standard library functions. */
  async ranking(): Promise<IfChanged[]> {
    const built = (module: IndexedModule["stored"]): boolean => module.origin !== "allocator" && !/[/\\]rustlib[/\\]/.test(module.file);
    const crates = new Set([...this.#index.modules.values()].filter(({ stored }) => built(stored)).map(({ stored }) => stored.crate));
    const symbols = liveFunctions(this.#index, built);
    await this.#names.learn(symbols);
    const own = symbols.filter((symbol) => crates.has(/^<*(\w+)::/.exec(this.#names.of(symbol))?.[1] ?? ""));
    return own
      .map((symbol) => this.#function(symbol))
      .sort((left, right) => weight(right) - weight(left))
      .slice(0, MOST_CONTAGIOUS);
  }

  /** Finds the one function for a name: a whole symbol or name, the end of a path, or a part. @throws LtoError UnknownFunction for several */
  async #functionNamed(wanted: string): Promise<string | undefined> {
    const symbols = liveFunctions(this.#index, () => true);
    await this.#names.learn(symbols);
    const tests: readonly ((symbol: string, name: string) => boolean)[] = [
      (symbol) => symbol === wanted,
      (_, name) => name === wanted,
      (_, name) => name.endsWith(`::${wanted}`),
      (symbol, name) => name.includes(wanted) || symbol.includes(wanted),
    ];
    for (const fits of tests) {
      const found = symbols.filter((symbol) => fits(symbol, this.#names.of(symbol)));
      if (found.length === 1) return found[0];
      if (found.length > 1) throw this.#several(wanted, found);
    }
    return undefined;
  }

  #several(wanted: string, found: readonly string[]): LtoError {
    const shown = found.slice(0, MOST_CANDIDATES).map((symbol) => `${this.#names.of(symbol)} (${symbol})`);
    const more = found.length > shown.length ? ` and ${found.length - shown.length} more` : "";
    return new LtoError({
      name: "UnknownFunction",
      message: `${wanted} names ${found.length} functions: ${shown.join(", ")}${more}.`,
      help: "Give the symbol of the function you mean.",
    });
  }

  #function(symbol: string): IfChanged {
    return { ...this.#costOf(symbol), name: this.#names.of(symbol) };
  }

  #costOf(symbol: string): IfChanged {
    return this.#cost("function", symbol, symbol, this.#index.definers(symbol));
  }

  #cost(what: IfChanged["what"], name: string, symbol: string | null, modules: readonly IndexedModule[]): IfChanged {
    return { what, name, symbol, crate: modules[0]?.stored.crate ?? "", ...this.#reaches.ofModules(modules) };
  }
}

/** Compares by the modules that rustc could otherwise re-use, then by all modules. */
function weight({ cacheable, itself, importers }: IfChanged): number {
  return cacheable * 1e6 + itself.length + importers.length;
}
