/** `find`: where a symbol is defined, imported and referenced, over all modules of a unit. */
import type { EngineError, FindHit, FindResult } from "../../protocol/engine.js";
import type { FindReport } from "../../protocol/ir.js";
import type { Stage } from "../../protocol/stages.js";
import type { Core } from "../core.js";
import { fromEngineError, isLtoError, reportOf, throwIfCancelled } from "../errors.js";
import { workThrough } from "../runs/work-list.js";
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

const ROLES: readonly FindHit["role"][] = ["defined", "imported", "referenced"];

/**
 * Searches every module. A module that cannot be read, or whose stage cannot be made, is an error in the report; the others are searched all the same.
 *
 * @throws LtoError UnknownModule, Cancelled, and what opening a unit can throw
 */
export async function findSymbol(core: Core, stages: Stages, options: FindOptions, hooks: FindHooks = {}): Promise<FindReport> {
  const modules = options.module === null ? await stages.modules() : [await stages.module(options.module)];
  const found = new Map<string, FindResult>();
  const errors: EngineError[] = [];
  let done = 0;
  const searchOne = async (module: string): Promise<void> => {
    throwIfCancelled(hooks.signal, "The search");
    try {
      const { file } = await stages.file(module, options.stage);
      const engine = await stages.engine();
      const params = { files: [{ file, module }], query: options.symbol, limit: options.limit };
      const result = await engine.request("find", params, hooks.signal);
      if (result.errors.length === 0) found.set(module, result);
      errors.push(...result.errors.map((error) => ({ ...error, module })));
    } catch (error) {
      if (isLtoError(error, "Cancelled") || isLtoError(error, "FilesChanged") || isLtoError(error, "DiskFull")) throw error;
      errors.push({ ...reportOf(error, `Searching ${module}`), module });
    }
    done += 1;
    hooks.progress?.(done, modules.length);
  };
  await workThrough(modules, core.engines.threads, searchOne);
  // When nothing could be searched, the cause is not in the modules.
  const [first] = errors;
  if (first !== undefined && found.size === 0) throw fromEngineError(first);
  errors.sort((left, right) => modules.indexOf(left.module ?? "") - modules.indexOf(right.module ?? ""));
  const hits = modules
    .flatMap((module) => found.get(module)?.hits ?? [])
    .sort((left, right) => rank(left, options.symbol) - rank(right, options.symbol));
  return {
    schema: 1,
    command: "find",
    unit: stages.unit,
    symbol: options.symbol,
    stage: options.stage,
    searched: modules.length,
    hits: hits.slice(0, options.limit),
    truncated: [...found.values()].some((result) => result.truncated) || hits.length > options.limit,
    errors,
  };
}

/** Whole names first, then definitions, imports, references. */
function rank(hit: FindHit, wanted: string): number {
  const stems = [hit.symbol.replace(/\.llvm\.\d+$/, ""), hit.demangled.replace(/ \(\.llvm\.\d+\)$/, "")];
  const whole = hit.symbol === wanted || stems.includes(wanted);
  return (whole ? 0 : ROLES.length) + ROLES.indexOf(hit.role);
}
