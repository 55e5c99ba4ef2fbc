/** `find`: finds where a symbol is defined, imported and referenced in all modules of a unit. */
import type { EngineError } from "../../protocol/engine/error.js";
import type { FindHit, FindResult } from "../../protocol/engine/symbols.js";
import type { FindReport, FoundSymbol } from "../../protocol/ir.js";
import type { Stage } from "../../protocol/stages.js";
import type { CoreContext } from "../engine/core-context.js";
import { endsTheRun, fromEngineError, isLtoError, reportOf, throwIfCancelled } from "../base/errors.js";
import { workThrough } from "../base/work-list.js";
import { copiesOf, isUnemitted, mayBeImported, multiplyDefined } from "./copies.js";
import type { Stages } from "./stages-of.js";

export interface FindOptions {
  /** Symbol, readable name, or a part of either. */
  readonly symbol: string;
  readonly stage: Stage;
  /** One module only. */
  readonly module: string | null;
  /** Hits at most. */
  readonly limit: number;
}

export interface FindHooks {
  readonly progress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

const ROLES: readonly FoundSymbol["role"][] = ["defined", "available", "imported", "referenced"];

const NOT_ASKED: Outside = { crates: [], hits: [], truncated: false, errors: [] };

/** The result of searching several modules, and the failures. */
interface Searched {
  readonly hits: readonly FindHit[];
  readonly truncated: boolean;
  /** Modules that could not be searched, or whose assembly could not be. */
  readonly errors: readonly EngineError[];
  readonly anySearched: boolean;
}

/** The result of searching the crates that are linked as they are. */
interface Outside {
  /** Names of the crates that were searched. */
  readonly crates: readonly string[];
  readonly hits: readonly FoundSymbol[];
  readonly truncated: boolean;
  readonly errors: readonly EngineError[];
}

class Search {
  readonly #core: CoreContext;
  readonly #stages: Stages;
  readonly #options: FindOptions;
  readonly #hooks: FindHooks;

  constructor(core: CoreContext, stages: Stages, options: FindOptions, hooks: FindHooks) {
    this.#core = core;
    this.#stages = stages;
    this.#options = options;
    this.#hooks = hooks;
  }

  /** @throws LtoError Cancelled, FilesChanged, DiskFull; anything else is an error in the result */
  async at(stage: Stage, modules: readonly string[], progress?: FindHooks["progress"]): Promise<Searched> {
    const found = new Map<string, { hits: readonly FindHit[]; truncated: boolean }>();
    const errors: EngineError[] = [];
    let done = 0;
    const searchOne = async (module: string): Promise<void> => {
      throwIfCancelled(this.#hooks.signal, "The search");
      try {
        const result = await this.#module(module, stage);
        // Hits with an error: only the module's assembly could not be searched.
        if (result.errors.length === 0 || result.hits.length > 0) found.set(module, result);
        errors.push(...result.errors.map((error) => ({ ...error, module })));
      } catch (error) {
        if (isLtoError(error) && endsTheRun(error)) throw error;
        errors.push({ ...reportOf(error, `Searching ${module}`), module });
      }
      done += 1;
      progress?.(done, modules.length);
    };
    await workThrough(modules, this.#core.engines.threads, searchOne);
    errors.sort((left, right) => modules.indexOf(left.module ?? "") - modules.indexOf(right.module ?? ""));
    return {
      hits: modules.flatMap((module) => found.get(module)?.hits ?? []),
      truncated: [...found.values()].some(({ truncated }) => truncated),
      errors,
      anySearched: found.size > 0,
    };
  }

  /** Hits at the stage before imports, which decides; none for a pipeline without imports. */
  async beforeImports(modules: readonly string[]): Promise<readonly FindHit[]> {
    const { stages } = this.#stages.pipeline;
    const [first] = stages;
    return first === undefined || !stages.some(({ imported }) => imported) ? [] : (await this.at(first.tag, modules)).hits;
  }

  /** Crates that are linked as they are. A crate that cannot be searched is an error; the others are still searched. */
  async outside(): Promise<Outside> {
    const { crates, errors: refused } = await this.#stages.outside();
    const errors: EngineError[] = [...refused];
    const hits: FoundSymbol[] = [];
    let truncated = false;
    for (const { crate, file } of crates) {
      throwIfCancelled(this.#hooks.signal, "The search");
      try {
        const engine = await this.#stages.engine();
        const { symbol: query, limit } = this.#options;
        const found = await engine.request("findInObjects", { file, query, limit }, this.#hooks.signal);
        hits.push(...found.hits.map((hit) => ({ ...hit, prevailing: null, outsideLto: crate })));
        errors.push(...found.errors);
        truncated ||= found.truncated;
      } catch (error) {
        if (isLtoError(error, "Cancelled")) throw error;
        errors.push({ ...reportOf(error, `Searching ${crate}`), file });
      }
    }
    return { crates: crates.map(({ crate }) => crate), hits, truncated, errors };
  }

  async #module(module: string, stage: Stage): Promise<FindResult> {
    const { file } = await this.#stages.file(module, stage);
    const engine = await this.#stages.engine();
    const { symbol, limit } = this.#options;
    return engine.request("find", { files: [{ file, module }], query: symbol, limit }, this.#hooks.signal);
  }
}

/**
 * Searches every module. A module that cannot be read, or whose stage cannot be made, is an error in the report; the others are still searched.
 *
 * @throws LtoError UnknownModule, Cancelled, and what opening a unit can throw
 */
export async function findSymbol(core: CoreContext, stages: Stages, options: FindOptions, hooks: FindHooks = {}): Promise<FindReport> {
  const search = new Search(core, stages, options, hooks);
  const all = await stages.modules();
  const outside = options.module === null ? await search.outside() : NOT_ASKED;
  const modules = options.module === null ? all : [await stages.module(options.module)];
  const { hits: found, truncated, errors, anySearched } = await search.at(options.stage, modules, hooks.progress);
  // When nothing could be searched, the cause is not in the modules.
  const [first] = errors;
  if (first !== undefined && !anySearched) throw fromEngineError(first);

  const unemitted = new Set(found.filter(isUnemitted).map(({ module }) => module));
  // Other modules are searched for the prevailing copy only if it matters: this may require making their stages.
  const others = unemitted.size > 0 ? all.filter((module) => !modules.includes(module)) : [];
  const everywhere = [...found, ...(await search.at(options.stage, others)).hits];
  // If an earlier stage is missing and cannot be made, the origin of a copy stays unknown.
  const before = unemitted.size === 0 ? [] : await search.beforeImports([...unemitted]);
  const isOwn = (hit: FindHit): boolean => !mayBeImported(options.stage) || before.some((one) => isSameDefinition(one, hit));
  const hits = [...copiesOf(found, isOwn, everywhere), ...outside.hits].sort(
    (left, right) => rank(left, options.symbol) - rank(right, options.symbol),
  );
  const atInput = [...before, ...everywhere.filter(({ module }) => !unemitted.has(module))];
  return {
    schema: 1,
    command: "find",
    unit: stages.unit,
    symbol: options.symbol,
    stage: options.stage,
    searched: modules.length,
    ...(outside.crates.length === 0 ? {} : { outsideLto: outside.crates }),
    hits: hits.slice(0, options.limit),
    multiplyDefined: multiplyDefined(atInput, everywhere, options.stage),
    truncated: truncated || outside.truncated || hits.length > options.limit,
    errors: [...errors, ...outside.errors],
  };
}

function isSameDefinition(before: FindHit, now: FindHit): boolean {
  return before.module === now.module && before.symbol === now.symbol && before.role !== "referenced";
}

/** Whole names first, then definitions, copies, imports, references. */
function rank(hit: FoundSymbol, wanted: string): number {
  const stems = [hit.symbol.replace(/\.llvm\.\d+$/, ""), hit.demangled.replace(/ \(\.llvm\.\d+\)$/, "")];
  const whole = hit.symbol === wanted || stems.includes(wanted);
  return (whole ? 0 : ROLES.length) + ROLES.indexOf(hit.role);
}
