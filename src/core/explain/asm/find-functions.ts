/** Finds the functions that a name means in an open unit, and reads them as assembly. */
import type { FunctionAssembly } from "../../../protocol/asm.js";
import { pipelineOf } from "../../../protocol/pipelines.js";
import { LtoError } from "../../base/errors.js";
import type { CoreContext } from "../../engine/core-context.js";
import { findModule } from "../../pipelines/module-names.js";
import { eachModule, withStages } from "../../replay/each-module.js";
import type { OpenUnit } from "../../replay/open.js";
import type { UseHooks } from "../../replay/open-units.js";
import { withoutPromotionSuffix } from "../../ir/stage-changes.js";
import { symbolsAlike, symbolsNamed } from "../calls/chosen.js";
import { definedSymbols } from "../calls/defined-symbols.js";
import { AssemblyReader, type ReadModule } from "./read-assembly.js";

export interface FunctionChoice {
  /** A symbol, a readable name, or part of either. */
  readonly function: string;
  /** Instead, what these functions of another build are here: readable name → symbols. */
  readonly alike?: ReadonlyMap<string, ReadonlySet<string>>;
  /** null: every module. */
  readonly module: string | null;
  /** With directives that only debuggers and unwinders need. */
  readonly raw: boolean;
}

export interface AssemblyHooks extends UseHooks {
  /** Called with the modules of which only the functions asked for were generated (see `makeWhole`). */
  readonly shownAlone?: (modules: readonly string[]) => void;
  /** Nobody makes modules whole meanwhile, so the second question about a module does. */
  readonly wholeNext?: boolean;
}

export interface FoundFunctions {
  readonly functions: readonly FunctionAssembly[];
  /** How a comment begins. */
  readonly comment: string;
  readonly nameOf: (symbol: string) => string;
}

/**
 * The functions that a name means, in every module that has code of them.
 *
 * @throws LtoError UnknownModule, UnknownFunction, IncompleteUnit, what making a stage can throw
 */
export async function functionsIn(
  core: CoreContext,
  open: OpenUnit,
  wanted: FunctionChoice,
  hooks: AssemblyHooks,
): Promise<FoundFunctions> {
  const reader = new AssemblyReader(open, hooks.signal, hooks.wholeNext);
  const { modules, only, known } = await candidates(open, wanted, hooks.signal);
  const read = await modulesRead(core, open, (name) => reader.module(name, only), modules, hooks);
  const names = new Map<string, string>();
  for (const one of read) for (const [symbol, name] of await reader.functionsOf(one)) names.set(symbol, name);
  const chosen = chosenOf(names, wanted, known);
  if (chosen.size === 0) throw unknown(open, wanted);
  // Passes make functions whose names begin like the one that they are from.
  const lacking = new Set(read.filter((one) => lacksSome(one, chosen)).map(({ module }) => module));
  const whole = new Map((await modulesRead(core, open, (name) => reader.whole(name), lacking, hooks)).map((one) => [one.module, one]));
  const functions: FunctionAssembly[] = [];
  for (const one of read) functions.push(...(await reader.functions(whole.get(one.module) ?? one, chosen, wanted.raw)));
  const alone = read.filter(({ module, assembly }) => !assembly.whole && !whole.has(module)).map(({ module }) => module);
  if (alone.length > 0) hooks.shownAlone?.(alone);
  return { functions, comment: read[0]?.assembly.comment ?? "#", nameOf: (symbol) => reader.names.of(symbol) };
}

function lacksSome({ assembly }: ReadModule, chosen: ReadonlySet<string>): boolean {
  return assembly.symbols.some((symbol) => chosen.has(symbol) && !assembly.has(symbol));
}

function chosenOf(names: ReadonlyMap<string, string>, wanted: FunctionChoice, known?: readonly string[]): ReadonlySet<string> {
  return wanted.alike === undefined ? symbolsNamed(names, wanted.function) : symbolsAlike(names, wanted.alike, known);
}

interface Candidates {
  readonly modules: ReadonlySet<string>;
  /** The functions' names without the suffix of promoted locals, as far as they were there when LTO began. */
  readonly only: ReadonlySet<string>;
  /** What LTO began with, of which not everything becomes machine code; empty: a module was named. */
  readonly known: readonly string[];
}

/** The modules that define the function when LTO begins: no other one can emit it. */
async function candidates(open: OpenUnit, wanted: FunctionChoice, signal?: AbortSignal): Promise<Candidates> {
  const all = withStages(open.analyzed.result.modules).map(({ name }) => name);
  const module = wanted.module === null ? undefined : findModule(all, wanted.module);
  const { names, modules } = await definedSymbols(open, signal);
  const oneBecomesAll = !pipelineOf(open.inputs.mode).keys;
  const there =
    module === undefined || oneBecomesAll ? names : new Map([...names].filter(([symbol]) => modules.get(symbol)?.includes(module)));
  const chosen = [...chosenOf(there, wanted)];
  // Labels and numbers of files are numbered by module.
  const only = new Set(wanted.raw ? [] : chosen.map(withoutPromotionSuffix));
  if (module !== undefined) return { modules: new Set([module]), only, known: [] };
  // In fat LTO, the base module has everything.
  if (oneBecomesAll) return { modules: new Set(all), only, known: [] };
  return { modules: new Set(chosen.flatMap((symbol) => modules.get(symbol) ?? [])), only, known: [...names.keys()] };
}

async function modulesRead(
  core: CoreContext,
  open: OpenUnit,
  make: (module: string) => Promise<ReadModule>,
  names: ReadonlySet<string>,
  hooks: AssemblyHooks,
): Promise<ReadModule[]> {
  const modules = open.analyzed.result.modules.filter(({ name }) => names.has(name));
  const read = new Map<string, ReadModule>();
  await eachModule({ core, open, hooks, what: "Showing assembly", doing: "Generating assembly of" }, modules, {
    make: ({ name }) => make(name),
    made: ({ name }, one) => {
      read.set(name, one);
      return Promise.resolve();
    },
    failed: (_module, error) => {
      throw new LtoError(error);
    },
  });
  return modules.flatMap(({ name }) => read.get(name) ?? []);
}

function unknown({ inputs }: OpenUnit, { function: name, module }: FunctionChoice): LtoError {
  const where = module === null ? inputs.unit.name : `module ${module} of ${inputs.unit.name}`;
  return new LtoError({
    name: "UnknownFunction",
    message: `After LTO, ${where} has no machine code of a function named ${name}.`,
    help: "`lto-inspector fate UNIT FUNCTION` says whether it was inlined, merged or dropped; `lto-inspector find UNIT SYMBOL` searches all symbols.",
  });
}
