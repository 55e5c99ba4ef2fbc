/** `show`: the LLVM IR text of a module or one of its functions at a stage. */
import type { ShowReport } from "../../protocol/ir.js";
import type { Stage } from "../../protocol/stages.js";
import { visible } from "../../protocol/visible.js";
import { explainUnreadable } from "../engine/foreign-llvm.js";
import { applyFilters, type TextFilters } from "./filters.js";
import type { Stages } from "./stages-of.js";

export interface ShowOptions {
  readonly module: string;
  readonly stage: Stage;
  /** Symbol, readable name or part of it; null: the whole module. */
  readonly function: string | null;
  /** Lines at most, after filters; null: all. */
  readonly lines: number | null;
  readonly filters: Omit<TextFilters, "readableNames">;
  /** Write readable names in place of symbols. */
  readonly demangle: boolean;
}

/** Characters at most, before filters. A whole module of a large crate can be much longer; nobody can read more than a function of it. */
const LARGEST_TEXT = 16 * 1024 * 1024;

/** The engine knows only the file, whose name may be a hash. */
const FILE_COMMENT = /^; in module .*$/m;

/**
 * Prints a stage.
 *
 * @throws LtoError UnknownModule, UnknownFunction (with the candidates), and what making a stage can throw
 */
export async function showStage(stages: Stages, options: ShowOptions, signal?: AbortSignal): Promise<ShowReport> {
  const module = await stages.module(options.module);
  const stage = await stages.file(module, options.stage);
  const engine = await stages.engine();
  try {
    const { file } = stage;
    const wanted = options.function === null ? {} : { function: options.function };
    const printed = await engine.request("print", { file, ...wanted, limit: LARGEST_TEXT }, signal);
    const names = options.demangle ? await readableNames(stages, file, signal) : undefined;
    const titled = printed.text.replace(FILE_COMMENT, () => `; in module ${visible(module)}, stage ${stage.stage}`);
    const whole = applyFilters(titled, { ...options.filters, ...(names === undefined ? {} : { readableNames: names }) });
    const text = options.lines === null ? whole : firstLines(whole, options.lines);
    return {
      schema: 1,
      command: "show",
      unit: stages.unit,
      module,
      stage,
      function: options.function,
      text,
      truncated: printed.truncated || text.length < whole.length,
      totalBytes: printed.totalBytes,
    };
  } catch (error) {
    throw await explainUnreadable(error, engine);
  }
}

function firstLines(text: string, count: number): string {
  let end = -1;
  for (let line = 0; line < count; line++) {
    end = text.indexOf("\n", end + 1);
    if (end === -1) return text;
  }
  return text.slice(0, end + 1);
}

/** Symbol → readable name, for all symbols that a stage defines or declares. */
export async function readableNames(stages: Stages, file: string, signal?: AbortSignal): Promise<ReadonlyMap<string, string>> {
  const { functions, globals } = await (await stages.engine()).request("functions", { file }, signal);
  return new Map([...functions, ...globals].map(({ name, demangled }) => [name, demangled]));
}
