/** Traces every module whose key changed back to the origin of the change. */
import type { ChainStep } from "../../../protocol/explain.js";
import { symbolOf, type ImportEntry } from "./key-index.js";
import { symbolDifferences, type BuildComparison, type Pair, type RawDifference } from "./compare.js";
import type { Root } from "./roots.js";

/** One way from a root to a module. */
export interface Trace {
  readonly root: Root;
  readonly how: "itself" | "imports" | "other";
  /** Links between the root and the module, the root's first; symbols are LLVM identifiers between backticks. */
  readonly steps: readonly ChainStep[];
  /** The import by which it reaches the module. */
  readonly import?: Pick<RawDifference, "symbol" | "module" | "change">;
  /** The imported function itself changed, not just another function of its module. */
  readonly direct?: boolean;
}

/** The limit of a search along calls and references. */
const MOST_SYMBOLS = 20_000;

export class Cascade {
  readonly #comparison: BuildComparison;
  readonly #roots: readonly Root[];
  readonly #rootOf: ReadonlyMap<string, Root>;
  readonly #changedSymbols: ReadonlySet<string>;
  readonly #known = new Map<string, readonly Trace[]>();

  constructor(comparison: BuildComparison, roots: readonly Root[]) {
    this.#comparison = comparison;
    this.#roots = roots;
    this.#rootOf = new Map(roots.flatMap((root) => root.modules.map((module) => [module, root] as const)));
    this.#changedSymbols = new Set(roots.flatMap(({ changes }) => changes.flatMap(({ symbol }) => symbol ?? [])));
  }

  /** All ways, most relevant first; empty when nothing can be traced back. */
  traces(name: string): readonly Trace[] {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    // Meeting a module again on the way explains nothing.
    this.#known.set(name, []);
    const traces = this.#trace(name);
    this.#known.set(name, traces);
    return traces;
  }

  #trace(name: string): readonly Trace[] {
    const own = this.#rootOf.get(name);
    const link = own?.links?.get(name);
    if (own !== undefined) return [{ root: own, how: link === undefined ? "itself" : "other", steps: link ?? [] }];
    const pair = this.#comparison.pairs.get(name);
    if (pair === undefined) return [];
    const differences = symbolDifferences(this.#comparison, pair);
    for (const [search, kinds] of [
      [this.#byImport, ["import"]],
      [this.#byExport, ["export"]],
      [this.#byState, ["liveness", "linkage", "visibility", "auto-hide", "read-only", "write-only", "dso-local"]],
    ] as const) {
      const found = differences
        .filter(({ what }) => kinds.some((kind) => kind === what))
        .flatMap((difference) => search.call(this, pair, difference));
      if (found.length > 0) return distinct(found);
    }
    // Any of the roots may be the reason; which one cannot be determined here.
    return this.#roots.map((root) => ({ root, how: "other", steps: [] }));
  }

  /** The source module changed, or the imported function changed because of another source module. */
  #byImport(pair: Pair, { symbol, module = "", change }: RawDifference): Trace[] {
    const root = this.#rootOf.get(module);
    const found = { symbol, module, change };
    const verb = change === "came" ? "now imports" : change === "went" ? "no longer imports" : "imports";
    if (root !== undefined) {
      const direct = this.#changedSymbols.has(symbolOf(symbol));
      return [{ root, how: "imports", steps: [importStep(verb, symbol, module)], import: found, direct }];
    }
    const through = this.#importedUsers(pair, symbol).flatMap(({ symbol: user, from }): Trace[] => {
      const changed = this.#rootOf.get(from);
      return changed === undefined
        ? []
        : [{ root: changed, how: "imports", steps: [importStep("imports", user, from), calledStep(verb, symbol)], import: found }];
    });
    if (through.length > 0) return through;
    // Neither source nor caller changed: the symbol's state in the index did.
    return [...this.#statePath(symbol), ...this.traces(module)].map((trace) => ({
      ...trace,
      how: "other",
      steps: [...trace.steps, importStep(verb, symbol, module)],
      import: found,
    }));
  }

  /** Functions that the module imports in either build and that call or refer to the symbol. */
  #importedUsers({ before, after }: Pair, symbol: string): ImportEntry[] {
    const users = new Set([...this.#comparison.before.users(symbol), ...this.#comparison.after.users(symbol)]);
    return [...(before?.imports.values() ?? []), ...(after?.imports.values() ?? [])].filter((entry) => users.has(entry.symbol));
  }

  /** A module began or ceased to import the symbol. */
  #byExport({ name }: Pair, { symbol, change }: RawDifference): Trace[] {
    const [there, gone] =
      change === "came" ? [this.#comparison.after, this.#comparison.before] : [this.#comparison.before, this.#comparison.after];
    const others = new Set(gone.importersOf(symbol, name).map((module) => module.name));
    const importers = there.importersOf(symbol, name).filter((module) => !others.has(module.name));
    const verb = change === "came" ? "now imports" : "no longer imports";
    const found = importers.flatMap((importer): Trace[] =>
      this.traces(importer.name).map((trace) => ({
        root: trace.root,
        how: "other",
        steps: [...trace.steps, moduleStep(importer.name, `${verb} \`${symbol}\` from it`)],
      })),
    );
    // What an imported function refers to is exported as well.
    return found.length > 0 ? found : this.#statePath(symbol);
  }

  #byState(_: Pair, { symbol, what, before, after }: RawDifference): Trace[] {
    return this.#statePath(symbol).map((trace) => ({
      ...trace,
      steps: [...trace.steps, stateStep(symbol, `${what} ${before ?? ""} → ${after ?? ""}`)],
    }));
  }

  /**
   * Follows calls and references back to a function that changed: first those that are new or gone, or that come from a symbol whose own state
   * changed; if that leads nowhere, all of them.
   */
  #statePath(symbol: string): Trace[] {
    const narrow = this.#search(symbol, (user, used) => !this.#usedAlike(user, used) || this.#stateChanged(user));
    return narrow.length > 0 ? narrow : this.#search(symbol, () => true);
  }

  #search(start: string, follows: (user: string, used: string) => boolean): Trace[] {
    const { before, after } = this.#comparison;
    const seen = new Map<string, string | undefined>([[start, undefined]]);
    for (const symbol of seen.keys()) {
      if (seen.size > MOST_SYMBOLS) return [];
      const roots = [...before.definers(symbol), ...after.definers(symbol)].flatMap(({ name }) => this.#rootOf.get(name) ?? []);
      const [root] = roots;
      // The module that defines the start did not change, but one with another copy of it may have.
      if (root !== undefined) return [{ root, how: "other", steps: path(seen, symbol) }];
      for (const user of [...before.users(symbol), ...after.users(symbol)]) {
        if (!seen.has(user) && follows(user, symbol)) seen.set(user, symbol);
      }
    }
    return [];
  }

  #usedAlike(user: string, used: string): boolean {
    const { before, after } = this.#comparison;
    return before.users(used).includes(user) === after.users(used).includes(user);
  }

  #stateChanged(symbol: string): boolean {
    const { before, after } = this.#comparison;
    const bits = (side: typeof before): string =>
      side
        .definers(symbol)
        .map((module) => module.globals.get(symbol)?.bits ?? 0)
        .join(" ");
    return bits(before) !== bits(after);
  }
}

function importStep(verb: string, symbol: string, module: string): ChainStep {
  return { text: `${verb} \`${symbol}\` from \`${module}\``, module, leads: `${verb} \`${symbol}\`` };
}

function calledStep(verb: string, symbol: string): ChainStep {
  const text = `${verb} \`${symbol}\`, which it calls`;
  return { text, leads: text };
}

function moduleStep(module: string, leads: string): ChainStep {
  return { text: `\`${module}\` ${leads}`, module, leads };
}

function stateStep(symbol: string, state: string): ChainStep {
  return { text: `\`${symbol}\`: ${state}`, symbol, leads: state };
}

/** The path from a symbol to the start of the search. */
function path(seen: ReadonlyMap<string, string | undefined>, from: string): ChainStep[] {
  const steps: ChainStep[] = [];
  for (let at = from, next = seen.get(at); next !== undefined && steps.length < 8; at = next, next = seen.get(at)) {
    steps.push({ text: `\`${at}\` refers to \`${next}\``, symbol: at, leads: `refers to \`${next}\`` });
  }
  return steps;
}

function distinct(traces: readonly Trace[]): Trace[] {
  const found = new Map<string, Trace>();
  const ordered = [...traces].sort((left, right) => Number(right.direct ?? false) - Number(left.direct ?? false));
  for (const trace of ordered) if (!found.has(trace.root.id)) found.set(trace.root.id, trace);
  return [...found.values()];
}
