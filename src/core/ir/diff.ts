/** `diff`: what changed in a module between two stages, function by function, and the text of one function. */
import type { FunctionsResult } from "../../protocol/engine/ir.js";
import type { DiffReport, StageChanges, StageRef } from "../../protocol/ir.js";
import type { Stage } from "../../protocol/stages.js";
import type { EngineClient } from "../engine/client.js";
import { explainUnreadable } from "../engine/foreign-llvm.js";
import { applyFilters, type TextFilters } from "./filters.js";
import { unifiedDiff } from "./function-diff.js";
import { findFunction } from "./function-names.js";
import { otherChanges } from "./other-changes.js";
import { stageChanges } from "./stage-changes.js";
import type { Stages } from "./stages-of.js";

export interface DiffOptions {
  readonly module: string;
  readonly from: Stage;
  readonly to: Stage;
  /** Symbol, readable name or part of it; null: all, without text. */
  readonly function: string | null;
  /** Filters for both texts; numbers are stable in any case. */
  readonly filters: Omit<TextFilters, "stableNumbers" | "readableNames">;
  readonly demangle: boolean;
}

/** Characters of a function's text that are compared. */
const TEXT_LIMIT = 64 * 1024 * 1024;

/** For a module whose functions do not differ. */
const LIMITS = { bitcode: 16 * 1024 * 1024, module: TEXT_LIMIT };

/**
 * Compares two stages of a module.
 *
 * @throws LtoError UnknownModule, UnknownFunction (in neither stage, or ambiguous), and what making a stage can throw
 */
export async function diffStages(stages: Stages, options: DiffOptions, signal?: AbortSignal): Promise<DiffReport> {
  const module = await stages.module(options.module);
  const from = await stages.file(module, options.from);
  const to = await stages.file(module, options.to);
  const engine = await stages.engine();
  try {
    const list = (stage: StageRef): Promise<FunctionsResult> => engine.request("functions", { file: stage.file }, signal);
    const [before, after] = await Promise.all([list(from), list(to)]);
    const one = options.function === null ? null : chooseFunction(before, after, options.function);
    const changes = one === null ? stageChanges(before, after) : stageChanges(onlyThese(before, one), onlyThese(after, one));
    const others = one === null ? await otherChanges({ before: from.file, after: to.file }, changes, engine, signal, LIMITS) : null;
    const names = { before: from.stage, after: to.stage };
    const sides = { files: { from: from.file, to: to.file }, before, after };
    const patch = one === null ? null : await patchOf(engine, { ...sides, symbols: one }, { ...options, names }, signal);
    return {
      schema: 1,
      command: "diff",
      unit: stages.unit,
      module,
      from,
      to,
      function: one === null ? null : nameOf(before, after, one),
      ...changes,
      text: others?.text ?? null,
      patch,
      different: isDifferent(changes) || (others !== null && !others.sameBytes && others.text?.length !== 0),
    };
  } catch (error) {
    throw await explainUnreadable(error, engine);
  }
}

function isDifferent({ functions, globals, declarations }: StageChanges): boolean {
  return functions.length + globals.length + declarations.added + declarations.removed + declarations.changed > 0;
}

function chooseFunction(before: FunctionsResult, after: FunctionsResult, wanted: string): ReadonlySet<string> {
  return findFunction([...before.functions, ...after.functions], wanted);
}

function onlyThese(result: FunctionsResult, symbols: ReadonlySet<string>): FunctionsResult {
  return { functions: result.functions.filter(({ name }) => symbols.has(name)), globals: [] };
}

function nameOf(before: FunctionsResult, after: FunctionsResult, symbols: ReadonlySet<string>): string {
  const find = ({ functions }: FunctionsResult): string | undefined => functions.find(({ name }) => symbols.has(name))?.name;
  return find(after) ?? find(before) ?? "";
}

interface Sides {
  readonly files: { readonly from: string; readonly to: string };
  readonly before: FunctionsResult;
  readonly after: FunctionsResult;
  readonly symbols: ReadonlySet<string>;
}

interface PatchOptions extends Pick<DiffOptions, "filters" | "demangle"> {
  /** Names of the two sides in the patch. */
  readonly names: { readonly before: string; readonly after: string };
}

/**
 * The unified diff of one function between two files.
 *
 * @param options the function's symbol, readable name or part of it
 * @throws LtoError UnknownFunction (in neither file, or ambiguous), the engine's errors
 */
export async function functionPatch(
  engine: EngineClient,
  files: Sides["files"],
  options: PatchOptions & { readonly function: string },
  signal?: AbortSignal,
): Promise<{ readonly name: string; readonly patch: string }> {
  const list = (file: string): Promise<FunctionsResult> => engine.request("functions", { file }, signal);
  const [before, after] = await Promise.all([list(files.from), list(files.to)]);
  const symbols = chooseFunction(before, after, options.function);
  return { name: nameOf(before, after, symbols), patch: await patchOf(engine, { files, before, after, symbols }, options, signal) };
}

async function patchOf(engine: EngineClient, sides: Sides, options: PatchOptions, signal?: AbortSignal): Promise<string> {
  const textOf = async (result: FunctionsResult, file: string): Promise<string> => {
    const symbol = result.functions.find(({ name, declaration }) => sides.symbols.has(name) && !declaration)?.name;
    if (symbol === undefined) return "";
    const { text } = await engine.request("print", { file, function: symbol, limit: TEXT_LIMIT }, signal);
    return applyFilters(text, options.filters);
  };
  const { files } = sides;
  const [before, after] = await Promise.all([textOf(sides.before, files.from), textOf(sides.after, files.to)]);
  const { patch } = unifiedDiff(before, after, options.names);
  if (!options.demangle) return patch;
  const all = [...sides.before.functions, ...sides.before.globals, ...sides.after.functions, ...sides.after.globals];
  return applyFilters(patch, { readableNames: new Map(all.map(({ name, demangled }) => [name, demangled])) });
}
