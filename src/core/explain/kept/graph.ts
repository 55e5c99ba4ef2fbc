/** The references between the definitions of all modules at one stage, and the shortest ways through them. */
import type { Defined, Reference, ReferringModule } from "./module-references.js";

/** A module's assembly as a whole, which is always kept; or a definition. */
export type Referrer = Defined | { readonly assemblyOf: ReferringModule };

export interface Step {
  readonly to: Defined;
  readonly kind: Reference["kind"] | "assembly";
  readonly through: readonly string[];
}

/** A way through references: where it begins, and its steps. */
export interface Way {
  readonly from: Referrer;
  readonly steps: readonly Step[];
}

export function isAssembly(referrer: Referrer): referrer is { readonly assemblyOf: ReferringModule } {
  return "assemblyOf" in referrer;
}

export class ReferenceGraph {
  readonly modules: readonly ReferringModule[];
  readonly #byName: ReadonlyMap<string, ReferringModule>;
  /** Emitted definitions that other modules see. */
  readonly #visible = new Map<string, Defined[]>();

  constructor(modules: readonly ReferringModule[]) {
    this.modules = modules;
    this.#byName = new Map(modules.map((module) => [module.name, module]));
    for (const defined of this.definitions()) {
      if (defined.scope !== "other-modules") continue;
      const known = this.#visible.get(defined.symbol);
      if (known === undefined) this.#visible.set(defined.symbol, [defined]);
      else known.push(defined);
    }
  }

  /** Everything that is emitted: no copies. */
  *definitions(): Generator<Defined> {
    for (const { definitions } of this.modules) for (const defined of definitions.values()) if (defined.scope !== "copy") yield defined;
  }

  /** What a symbol means in a module: the module's own definition unless it is a copy, else those of others. */
  meaning(symbol: string, inModule: string): readonly Defined[] {
    const own = this.#byName.get(inModule)?.definitions.get(symbol);
    if (own !== undefined && own.scope !== "copy") return [own];
    return this.#visible.get(symbol) ?? [];
  }

  /** The emitted definitions to which one refers. */
  *stepsFrom(referrer: Referrer): Generator<Step> {
    if (isAssembly(referrer)) {
      const { name, assembly } = referrer.assemblyOf;
      for (const symbol of assembly) for (const to of this.meaning(symbol, name)) yield { to, kind: "assembly", through: [] };
      return;
    }
    for (const { symbol, kind, through } of referrer.references) {
      for (const to of this.meaning(symbol, referrer.module)) yield { to, kind, through };
    }
  }

  /**
   * A shortest way from one of the beginnings to one of the wanted definitions; among equally short ones, that of the first beginning.
   *
   * @returns undefined: there is none
   */
  shortestWay(beginnings: Iterable<Referrer>, wanted: ReadonlySet<Defined>): Way | undefined {
    const reached = new Map<Referrer, { readonly by: Referrer; readonly step: Step } | null>();
    let border: Referrer[] = [];
    for (const beginning of beginnings) {
      if (reached.has(beginning)) continue;
      reached.set(beginning, null);
      if (!isAssembly(beginning) && wanted.has(beginning)) return { from: beginning, steps: [] };
      border.push(beginning);
    }
    while (border.length > 0) {
      const next: Referrer[] = [];
      for (const by of border) {
        for (const step of this.stepsFrom(by)) {
          if (reached.has(step.to)) continue;
          reached.set(step.to, { by, step });
          if (wanted.has(step.to)) return backFrom(step.to, reached);
          next.push(step.to);
        }
      }
      border = next;
    }
    return undefined;
  }
}

function backFrom(end: Defined, reached: ReadonlyMap<Referrer, { readonly by: Referrer; readonly step: Step } | null>): Way {
  const steps: Step[] = [];
  let from: Referrer = end;
  for (let came = reached.get(from); came; came = reached.get(from)) {
    steps.push(came.step);
    from = came.by;
  }
  return { from, steps: steps.reverse() };
}

/** A link between two definitions of one module, before the passes: through functions that were called. */
export interface Called {
  readonly through: readonly string[];
  /** How the last of them refers to the end. */
  readonly kind: Reference["kind"];
}

/**
 * The shortest chain of calls by which one definition led to a symbol within its module, copies included.
 *
 * @param stays symbols to which the definition still refers: a call of those was not inlined
 * @returns undefined: there is none, or the definition refers to the symbol itself
 */
export function calledThrough(module: ReferringModule, from: string, to: string, stays: ReadonlySet<string>): Called | undefined {
  const start = module.definitions.get(from);
  if (start === undefined || start.references.some(({ symbol }) => symbol === to)) return undefined;
  const by = new Map<string, string>();
  let border = [start];
  while (border.length > 0) {
    const next: Defined[] = [];
    for (const caller of border) {
      const last = caller === start ? undefined : caller.references.find(({ symbol }) => symbol === to);
      if (last !== undefined) return { through: wayTo(caller.symbol, by), kind: last.kind };
      for (const { symbol, kind } of caller.references) {
        const callee = module.definitions.get(symbol);
        if (kind !== "call" || callee === undefined || callee === start || by.has(symbol) || (caller === start && stays.has(symbol))) {
          continue;
        }
        by.set(symbol, caller.symbol);
        next.push(callee);
      }
    }
    border = next;
  }
  return undefined;
}

function wayTo(symbol: string, by: ReadonlyMap<string, string>): string[] {
  const way: string[] = [];
  for (let at: string | undefined = symbol; at !== undefined && by.has(at); at = by.get(at)) way.push(at);
  return way.reverse();
}
