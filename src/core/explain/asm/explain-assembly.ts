/** `asm`: a function's assembly after LTO, in every module with a copy of it, and compared with another build. */
import type { AssemblyDifference, AssemblyFigures, AssemblyReport, FunctionAssembly } from "../../../protocol/asm.js";
import { pipelineOf } from "../../../protocol/pipelines.js";
import type { UnitManifest } from "../../../protocol/units.js";
import { LtoError } from "../../base/errors.js";
import type { CoreContext } from "../../engine/core-context.js";
import { linesDiff } from "../../ir/function-diff.js";
import { findModule } from "../../pipelines/module-names.js";
import { PRODUCERS } from "../../producers/registry.js";
import { eachModule, withStages, type RunHooks } from "../../replay/each-module.js";
import { openUnit, type OpenUnit } from "../../replay/open.js";
import type { LtoSource, ReplayChoice } from "../../replay/producer.js";
import { whileInUse } from "../../store/in-use.js";
import { symbolsNamed } from "../calls/chosen.js";
import { definitionsOf } from "../calls/definitions.js";
import { comparableLines } from "./lines.js";
import { AssemblyReader, type ReadModule } from "./read-assembly.js";

export interface AssemblyOptions extends ReplayChoice {
  readonly function: string;
  readonly module: string | null;
  readonly raw: boolean;
  /** The build to compare with, and how it is replayed; null: none. */
  readonly against: (ReplayChoice & { readonly source: LtoSource }) | null;
}

type Hooks = Pick<RunHooks, "progress" | "signal">;

interface FoundFunctions {
  readonly functions: readonly FunctionAssembly[];
  readonly comment: string;
  readonly nameOf: (symbol: string) => string;
}

/** @throws LtoError UnknownModule, UnknownFunction, IncompleteUnit; what opening a unit and making a stage can throw */
export async function explainAssembly(
  core: CoreContext,
  source: LtoSource,
  options: AssemblyOptions,
  hooks: Hooks = {},
): Promise<AssemblyReport> {
  const { against } = options;
  const read = (from: LtoSource, choice: ReplayChoice, wanted: FunctionChoice): Promise<FoundFunctions & Named> =>
    opened(core, from, choice, hooks, async (open) => ({
      ...(await functionsIn(core, open, wanted, hooks)),
      unit: { id: open.inputs.unit.id, name: open.inputs.unit.name },
      manifest: open.inputs.manifest,
      warnings: open.warnings,
    }));
  const after = await read(source, options, options);
  // The other build's modules can have other names.
  const before = against === null ? null : await read(against.source, against, { ...options, module: null });
  return {
    schema: 1,
    command: "asm",
    unit: after.unit,
    function: options.function,
    module: options.module,
    raw: options.raw,
    functions: after.functions,
    sources: await sourcesOf(after.manifest, after.functions),
    against: before === null ? null : { unit: before.unit, differences: differencesOf(before, after) },
    warnings: [...after.warnings, ...(before?.warnings ?? [])],
  };
}

interface Named {
  readonly unit: AssemblyReport["unit"];
  readonly manifest: UnitManifest | null;
  readonly warnings: readonly string[];
}

async function opened<T>(
  core: CoreContext,
  source: LtoSource,
  { llvm, overrides }: ReplayChoice,
  hooks: Hooks,
  use: (open: OpenUnit) => Promise<T>,
): Promise<T> {
  return whileInUse(core.layout, { making: true }, async () => {
    hooks.progress?.({ kind: "opening" });
    const open = await openUnit(core, source, { llvm, overrides, keysFile: null }, hooks.signal);
    try {
      return await use(open);
    } finally {
      await open.close();
    }
  });
}

type FunctionChoice = Pick<AssemblyOptions, "function" | "module" | "raw">;

/**
 * The functions that a name means, in every module that has code of them.
 *
 * @throws LtoError UnknownModule, UnknownFunction, IncompleteUnit, what making a stage can throw
 */
export async function functionsIn(core: CoreContext, open: OpenUnit, wanted: FunctionChoice, hooks: Hooks): Promise<FoundFunctions> {
  const reader = new AssemblyReader(open, hooks.signal);
  const read = await modulesRead(core, open, reader, await candidates(core, open, wanted, hooks.signal), hooks);
  const names = new Map<string, string>();
  for (const one of read) for (const [symbol, name] of await reader.functionsOf(one)) names.set(symbol, name);
  const chosen = symbolsNamed(names, wanted.function);
  if (chosen.size === 0) throw unknown(open, wanted);
  const functions: FunctionAssembly[] = [];
  for (const one of read) functions.push(...(await reader.functions(one, chosen, wanted.raw)));
  return { functions, comment: read[0]?.assembly.comment ?? "#", nameOf: (symbol) => reader.names.of(symbol) };
}

/** The modules that define the function when LTO begins: no other one can emit it. */
async function candidates(core: CoreContext, open: OpenUnit, wanted: FunctionChoice, signal?: AbortSignal): Promise<ReadonlySet<string>> {
  const all = withStages(open.analyzed.result.modules).map(({ name }) => name);
  if (wanted.module !== null) return new Set([findModule(all, wanted.module)]);
  // In fat LTO, the base module has everything.
  if (!pipelineOf(open.inputs.mode).keys) return new Set(all);
  const hits = await definitionsOf(open, wanted.function, core.engines.threads, signal);
  return new Set(hits.flatMap(({ module, role, kind }) => (role === "defined" && kind !== "variable" ? [module] : [])));
}

async function modulesRead(
  core: CoreContext,
  open: OpenUnit,
  reader: AssemblyReader,
  names: ReadonlySet<string>,
  hooks: Hooks,
): Promise<ReadModule[]> {
  const modules = open.analyzed.result.modules.filter(({ name }) => names.has(name));
  const read = new Map<string, ReadModule>();
  await eachModule({ core, open, hooks, what: "Showing assembly", doing: "Generating assembly of" }, modules, {
    make: ({ name }) => reader.module(name),
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

/** The lines of the source that the instructions are from, as far as the capture kept them. */
export async function sourcesOf(manifest: UnitManifest | null, functions: readonly FunctionAssembly[]): Promise<AssemblyReport["sources"]> {
  const kept = manifest === null ? undefined : await PRODUCERS.of(manifest).keptSources(manifest);
  if (kept === undefined) return [];
  const wanted = new Map<string, Set<number>>();
  for (const { at } of functions.flatMap(({ lines }) => lines)) {
    if (at !== null) wanted.set(at.file, (wanted.get(at.file) ?? new Set()).add(at.line));
  }
  return [...wanted].flatMap(([file, numbers]) => {
    const text = kept.get(file)?.split("\n");
    if (text === undefined) return [];
    return [...numbers].sort((left, right) => left - right).map((line) => ({ file, line, text: (text[line - 1] ?? "").trim() }));
  });
}

/** Pairs functions by their readable names; copies of one name in the order of their modules. */
function differencesOf(before: FoundFunctions, after: FoundFunctions): AssemblyDifference[] {
  const left = byName(before.functions);
  const right = byName(after.functions);
  return [...new Set([...right.keys(), ...left.keys()])].flatMap((name) => {
    const [earlier, later] = [left.get(name) ?? [], right.get(name) ?? []];
    return Array.from({ length: Math.max(earlier.length, later.length) }, (_, index) =>
      differenceOf(name, { build: before, one: earlier[index] }, { build: after, one: later[index] }),
    );
  });
}

interface Side {
  readonly build: FoundFunctions;
  readonly one: FunctionAssembly | undefined;
}

function differenceOf(name: string, before: Side, after: Side): AssemblyDifference {
  const lines = { before: textOf(before), after: textOf(after) };
  const { patch } = linesDiff(lines, { before: `before/${name}`, after: `after/${name}` });
  return { name, before: figuresOf(before.one), after: figuresOf(after.one), patch };
}

function textOf({ build, one }: Side): string[] {
  return one === undefined ? [] : comparableLines(one.lines, build.comment, build.nameOf);
}

function figuresOf(one: FunctionAssembly | undefined): AssemblyFigures | null {
  if (one === undefined) return null;
  const { bytes, stackBytes, spills, reloads, spillBytes, instructions, mix } = one;
  return { bytes, stackBytes, spills, reloads, spillBytes, instructions, mix };
}

function byName(functions: readonly FunctionAssembly[]): Map<string, FunctionAssembly[]> {
  const found = new Map<string, FunctionAssembly[]>();
  for (const one of functions) {
    const name = one.name.replace(/ \(\.llvm\.\d+\)$/, "");
    found.set(name, [...(found.get(name) ?? []), one]);
  }
  return found;
}
