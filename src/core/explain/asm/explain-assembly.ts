/** `asm`: a function's assembly after LTO, in every module with a copy of it, and compared with another build. */
import type { AssemblyReport, FunctionAssembly } from "../../../protocol/asm.js";
import type { UnitName } from "../../../protocol/ir.js";
import type { UnitManifest } from "../../../protocol/units.js";
import { isLtoError } from "../../base/errors.js";
import type { CoreContext } from "../../engine/core-context.js";
import { PRODUCERS } from "../../producers/registry.js";
import type { ReplayedBuild, UseUnit } from "../../replay/open-units.js";
import { withoutCopy } from "../calls/chosen.js";
import { differenceOf, pairsOf, type AssembledPair } from "./compare-functions.js";
import { functionsIn, type AssemblyHooks, type FoundFunctions, type FunctionChoice } from "./find-functions.js";

export interface AssemblyOptions extends Omit<FunctionChoice, "alike"> {
  /** The build to compare with; null: none. */
  readonly against: ReplayedBuild | null;
}

/** What the reports read of a build. */
interface ReadBuild extends FoundFunctions {
  readonly unit: UnitName;
  readonly manifest: UnitManifest | null;
  readonly warnings: readonly string[];
}

/** @throws LtoError UnknownModule, UnknownFunction, IncompleteUnit; what opening a unit and making a stage can throw */
export async function explainAssembly(
  core: CoreContext,
  use: UseUnit,
  build: ReplayedBuild,
  options: AssemblyOptions,
  hooks: AssemblyHooks = {},
): Promise<AssemblyReport> {
  const { against } = options;
  const after = await functionsOf(core, use, build, options, hooks);
  // The other build's modules can have other names.
  const before = against === null ? null : await functionsOf(core, use, against, { ...options, module: null }, hooks);
  return {
    schema: 1,
    command: "asm",
    unit: after.unit,
    function: options.function,
    module: options.module,
    raw: options.raw,
    functions: after.functions,
    sources: await sourcesOf(after.manifest, after.functions),
    against: before === null ? null : { unit: before.unit, differences: pairsOf(before, after).map(differenceOf) },
    warnings: [...after.warnings, ...(before?.warnings ?? [])],
  };
}

/**
 * Functions of a build, paired with what they are in another one, which may lack them.
 *
 * @returns pairs of which `before` is the other build's
 * @throws LtoError as {@link explainAssembly}
 */
export async function compareAssembly(
  core: CoreContext,
  use: UseUnit,
  { build, against }: { readonly build: ReplayedBuild; readonly against: ReplayedBuild },
  choice: Pick<FunctionChoice, "function" | "module">,
  hooks: AssemblyHooks = {},
): Promise<readonly AssembledPair[]> {
  const after = await functionsOf(core, use, build, { ...choice, raw: false }, hooks);
  const alike = new Map<string, Set<string>>();
  for (const { name, symbol } of after.functions) alike.set(withoutCopy(name), (alike.get(withoutCopy(name)) ?? new Set()).add(symbol));
  const wanted = { function: choice.function, alike, module: null, raw: false };
  return pairsOf(await functionsOf(core, use, against, wanted, hooks).catch(noneIfUnknown), after);
}

function noneIfUnknown(error: unknown): FoundFunctions {
  if (!isLtoError(error, "UnknownFunction")) throw error;
  return { functions: [], comment: "#", nameOf: (symbol) => symbol };
}

async function functionsOf(
  core: CoreContext,
  use: UseUnit,
  build: ReplayedBuild,
  choice: FunctionChoice,
  hooks: AssemblyHooks,
): Promise<ReadBuild> {
  return use(build, hooks, async (open) => ({
    ...(await functionsIn(core, open, choice, hooks)),
    unit: { id: open.inputs.unit.id, name: open.inputs.unit.name },
    manifest: open.inputs.manifest,
    warnings: open.warnings,
  }));
}

/** The lines of the source that the instructions are from, as far as the capture kept them. */
async function sourcesOf(manifest: UnitManifest | null, functions: readonly FunctionAssembly[]): Promise<AssemblyReport["sources"]> {
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
