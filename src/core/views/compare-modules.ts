/** Compares two builds module by module: verdicts, sizes and imports. Pure functions. */
import type {
  BuildCompareReport,
  BuildDifference,
  ComparedImports,
  DifferingModule,
  ComparedStageSizes,
  ImportedFunction,
  OnBothSides,
} from "../../protocol/build-comparison.js";
import { CRATE_PLACES } from "../../protocol/crate-places.js";
import { withoutInvocationId } from "../../protocol/module-names.js";
import type { Stage } from "../../protocol/stages.js";
import type { ModuleRow } from "../../protocol/views.js";
import { globalState } from "../../protocol/keys.js";
import { symbolOf, type IndexedModule, type KeyIndex } from "../explain/rebuild/key-index.js";

/** A stage's size; null: not known. */
export interface StageSize {
  readonly stage: Stage;
  readonly bytes: number | null;
  readonly instructions: number | null;
}

/** What is compared of one build. */
export interface BuildContents {
  readonly rows: readonly ModuleRow[];
  /** rustc's name of a module → its stages, in order. */
  readonly sizes: ReadonlyMap<string, readonly StageSize[]>;
  /** null: there are no keys. */
  readonly keys: KeyIndex | null;
}

/** An identifier of LLVM → its readable name. */
export type Demangle = (identifiers: readonly string[]) => Promise<(identifier: string) => string>;

type Compared = Pick<BuildCompareReport, "counts" | "stages" | "modules">;

export async function compareModules(from: BuildContents, to: BuildContents, demangle: Demangle): Promise<Compared> {
  const [before, after] = [byStableName(from.rows), byStableName(to.rows)];
  const names = [...new Set([...after.keys(), ...before.keys()])];
  const drafts = names.map((name) => draftOf({ from, to }, name, before.get(name), after.get(name)));
  const differing = drafts.filter(({ module }) => module.differs.length > 0);
  const readable = await demangle(
    differing.flatMap(({ imports }) => [...(imports?.onlyFrom ?? []), ...(imports?.onlyTo ?? [])].map(symbolIn)),
  );
  const named = (list: readonly Imported[]): ImportedFunction[] =>
    list.map(({ symbol, from: source }) => ({ name: readable(symbol), symbol: symbolOf(symbol), source }));
  const modules = differing.map(({ module, imports }) => ({
    ...module,
    imports: imports === null ? null : { ...imports, onlyFrom: named(imports.onlyFrom), onlyTo: named(imports.onlyTo) },
  }));
  const count = (what: BuildDifference): number => modules.filter(({ differs }) => differs.includes(what)).length;
  return {
    counts: {
      modules: { from: from.rows.length, to: to.rows.length },
      same: drafts.length - differing.length,
      different: differing.length,
      differ: { presence: count("presence"), verdict: count("verdict"), size: count("size"), imports: count("imports") },
    },
    stages: totalsOf(drafts.map(({ module }) => module)),
    modules: modules.sort(byImportance),
  };
}

type Imported = Pick<IndexedModule["imports"] extends ReadonlyMap<string, infer Entry> ? Entry : never, "symbol" | "from">;

interface RawImports extends Omit<ComparedImports, "onlyFrom" | "onlyTo"> {
  readonly onlyFrom: readonly Imported[];
  readonly onlyTo: readonly Imported[];
}

interface Draft {
  readonly module: Omit<DifferingModule, "imports">;
  readonly imports: RawImports | null;
}

function symbolIn({ symbol }: Imported): string {
  return symbol;
}

function byStableName(rows: readonly ModuleRow[]): ReadonlyMap<string, ModuleRow> {
  return new Map(rows.map((row) => [withoutInvocationId(row.name), row]));
}

function draftOf(
  sides: { readonly from: BuildContents; readonly to: BuildContents },
  stable: string,
  before: ModuleRow | undefined,
  after: ModuleRow | undefined,
): Draft {
  const shown = after ?? before;
  if (shown === undefined) throw new Error("a name is one of either side's");
  const stages = stagesOf(sides.from.sizes.get(before?.name ?? "") ?? [], sides.to.sizes.get(after?.name ?? "") ?? []);
  const imports = before === undefined || after === undefined ? null : importsOf(sides.from.keys, sides.to.keys, stable);
  const verdict = { from: before?.verdict ?? null, to: after?.verdict ?? null };
  const differs: BuildDifference[] = [
    ...(before === undefined || after === undefined ? (["presence"] as const) : []),
    ...(areOther(verdict) ? (["verdict"] as const) : []),
    ...(stages.some(({ bytes, instructions }) => areOther(bytes) || areOther(instructions)) ? (["size"] as const) : []),
    ...(imports !== null && imports.onlyFrom.length + imports.onlyTo.length > 0 ? (["imports"] as const) : []),
  ];
  const { name, readable, crate, place } = shown;
  return {
    module: {
      name,
      ...(before === undefined || before.name === name ? {} : { previousName: before.name }),
      ...(readable === null ? {} : { readable }),
      ...{ crate, place, differs, verdict },
      only: before === undefined ? "to" : after === undefined ? "from" : null,
      reason: { from: before?.reason ?? null, to: after?.reason ?? null },
      stages,
    },
    imports,
  };
}

/** Whether both sides are known, and different. */
function areOther({ from, to }: OnBothSides<unknown>): boolean {
  return from !== null && to !== null && from !== to;
}

function stagesOf(before: readonly StageSize[], after: readonly StageSize[]): ComparedStageSizes[] {
  const tags = [...new Set([...after, ...before].map(({ stage }) => stage))];
  return tags.map((stage) => {
    const [old, now] = [before, after].map((sizes) => sizes.find((size) => size.stage === stage));
    return {
      stage,
      bytes: { from: old?.bytes ?? null, to: now?.bytes ?? null },
      instructions: { from: old?.instructions ?? null, to: now?.instructions ?? null },
    };
  });
}

function importsOf(before: KeyIndex | null, after: KeyIndex | null, stable: string): RawImports | null {
  const [old, now] = [importedBy(before, stable), importedBy(after, stable)];
  if (old === undefined || now === undefined) return null;
  const only = (one: ReadonlyMap<string, Imported>, other: ReadonlyMap<string, Imported>): Imported[] =>
    [...one].flatMap(([key, entry]) => (other.has(key) ? [] : [entry]));
  return { from: old.size, to: now.size, onlyFrom: only(old, now), onlyTo: only(now, old) };
}

/** The functions whose bodies a module imports. */
function importedBy(index: KeyIndex | null, stable: string): ReadonlyMap<string, Imported> | undefined {
  const module = index?.modules.get(stable);
  if (index === null || module === undefined) return undefined;
  return new Map([...module.imports].filter(([, { symbol, from, declaration }]) => !declaration && isFunction(index, from, symbol)));
}

function isFunction(index: KeyIndex, source: string, symbol: string): boolean {
  const global = index.modules.get(source)?.globals.get(symbol);
  return global === undefined || globalState(global.bits).kind === "function";
}

/** Sums over the modules of which both sides know the size, so that the sums can be compared. */
function totalsOf(modules: readonly Pick<DifferingModule, "stages">[]): ComparedStageSizes[] {
  const tags = [...new Set(modules.flatMap(({ stages }) => stages.map(({ stage }) => stage)))];
  return tags.map((stage) => {
    const all = modules.flatMap(({ stages }) => stages.filter((one) => one.stage === stage));
    return { stage, bytes: sumOf(all.map(({ bytes }) => bytes)), instructions: sumOf(all.map(({ instructions }) => instructions)) };
  });
}

function sumOf(sizes: readonly OnBothSides<number>[]): OnBothSides<number> {
  let [from, to, some] = [0, 0, false];
  for (const size of sizes) {
    if (size.from === null || size.to === null) continue;
    from += size.from;
    to += size.to;
    some = true;
  }
  return some ? { from, to } : { from: null, to: null };
}

/** By how much the last stage that both sides have grew, in instructions or else bytes. */
export function growthOf({ stages }: Pick<DifferingModule, "stages">): number {
  for (const { bytes, instructions } of stages.toReversed()) {
    const size = instructions.from !== null && instructions.to !== null ? instructions : bytes;
    if (size.from !== null && size.to !== null) return size.to - size.from;
  }
  return 0;
}

function byImportance(one: DifferingModule, other: DifferingModule): number {
  const rank = (module: DifferingModule): number[] => [
    CRATE_PLACES.indexOf(module.place),
    // In an edit's build, many modules differ in their verdict only.
    module.differs.some((what) => what !== "verdict") ? 0 : 1,
    module.differs.includes("verdict") ? 0 : 1,
    -Math.abs(growthOf(module)),
  ];
  const [left, right] = [rank(one), rank(other)];
  const index = left.findIndex((value, at) => value !== right[at]);
  if (index >= 0) return (left[index] ?? 0) - (right[index] ?? 0);
  return one.name < other.name ? -1 : 1;
}
