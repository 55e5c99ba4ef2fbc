/**
 * How to declare a request to the engine: once, with its parameters, its result and what it requires. Core's client, the engine process's
 * registration and the types of both follow from the declarations (`ENGINE_REQUESTS` in requests.ts).
 *
 * Direction of every request: core → engine process → addon, the same message all the way. Every request can be cancelled, from the moment it is
 * queued.
 */

/**
 * What a request requires of the process.
 *
 * - "nothing": it depends on no earlier request, so that it can be repeated in a fresh process.
 * - "unit": it is about a unit that `analyze` left in the process.
 * - "bystander": it reads and writes files without LLVM: if the process dies meanwhile, another request caused it.
 */
export type Standing = "nothing" | "unit" | "bystander";

export interface EngineRequest<P, R, S extends Standing> {
  readonly standing: S;
  /** `engine/progress` notifications precede its answer. */
  readonly progress: boolean;
  /** It loads the files that it names into memory; otherwise it reads them piece by piece. */
  readonly loads: boolean;
  /** Exists for the types only. */
  readonly types?: { readonly params: P; readonly result: R };
}

/** Optional properties of a request. */
type Traits = Partial<Pick<EngineRequest<unknown, unknown, Standing>, "progress" | "loads">>;

/** A request that needs no analysed unit (or makes one). */
export function stateless<P, R>(traits: Traits = {}): EngineRequest<P, R, "nothing"> {
  return declare("nothing", traits);
}

/** A request about an analysed unit. */
export function ofUnit<P, R>(traits: Traits = {}): EngineRequest<P, R, "unit"> {
  return declare("unit", traits);
}

/** A request that does not use LLVM, and so cannot crash in it. */
export function bystander<P, R>(traits: Traits = {}): EngineRequest<P, R, "bystander"> {
  return declare("bystander", traits);
}

function declare<P, R, S extends Standing>(standing: S, { progress = false, loads = false }: Traits): EngineRequest<P, R, S> {
  return { standing, progress, loads };
}
