/** Compares one module between two runs, stage by stage and function by function. One engine reads both sides. */
import type { FunctionInfo, FunctionsResult } from "../../../protocol/engine/ir.js";
import type { FunctionChange, StageChanges } from "../../../protocol/ir.js";
import type {
  DifferenceKind,
  FunctionFromTo,
  ImportDifference,
  LlvmFunctionDifference,
  LlvmModuleDifference,
  LlvmModuleStage,
} from "../../../protocol/llvm-comparison.js";
import type { Pipeline, Stage } from "../../../protocol/pipelines.js";
import type { ModuleReport, StageReport } from "../../../protocol/runs.js";
import { stageBefore } from "../../../protocol/stages.js";
import type { EngineClient } from "../../engine/client.js";
import { stageChanges, withoutPromotionSuffix } from "../stage-changes.js";
import { differenceKind } from "./difference-kind.js";
import { functionTexts } from "./function-texts.js";

/** Characters of a module's text; of a longer one, the hashes of its functions alone tell what differs. */
const TEXT_LIMIT = 64 * 1024 * 1024;

/** One module in both runs. */
export interface ModulePair {
  readonly from: ModuleReport;
  readonly to: ModuleReport;
}

/** What differs at one stage of a module. */
export interface ComparedStage {
  readonly stage: Stage;
  readonly changes: StageChanges;
  /** For each function that both sides define and that differs, by its symbol after. */
  readonly kinds: ReadonlyMap<string, DifferenceKind>;
}

export interface ComparedModule {
  readonly module: LlvmModuleDifference;
  readonly stages: readonly ComparedStage[];
}

/** @throws the reader's errors, Cancelled */
export async function compareModule(
  reader: EngineClient,
  pair: ModulePair,
  pipeline: Pipeline,
  signal?: AbortSignal,
): Promise<ComparedModule> {
  const contents = new Contents(reader, signal);
  const compared: ComparedStage[] = [];
  const stages: LlvmModuleStage[] = [];
  for (const { tag } of pipeline.stages) {
    const [from, to] = [savedStage(pair.from, tag), savedStage(pair.to, tag)];
    if (from === undefined || to === undefined) continue;
    const changes = stageChanges(await contents.of(from.file), await contents.of(to.file));
    compared.push({ stage: tag, changes, kinds: await contents.kinds(from.file, to.file, changes.functions) });
    const { before, after } = changes.instructions;
    const bytes = { from: from.bytes, to: to.bytes };
    stages.push({ stage: tag, different: changes.functions.length, instructions: { from: before, to: after }, bytes });
  }
  const module = {
    name: pair.from.name,
    crate: pair.from.crate,
    first: stages.find(({ different }) => different > 0)?.stage ?? null,
    stages,
    functions: await functionsOf(contents, pair, pipeline, compared),
    imports: await importsOf(contents, pair, pipeline),
    failed: (["from", "to"] as const).flatMap((side) => {
      const { error } = pair[side];
      return error === undefined ? [] : [{ side, error }];
    }),
  };
  return { module, stages: compared };
}

type SavedStage = StageReport & { readonly file: string };

function savedStage({ stages }: ModuleReport, wanted: Stage): SavedStage | undefined {
  const found = stages.find(({ stage }) => stage === wanted);
  return found?.file == null ? undefined : { ...found, file: found.file };
}

/** The contents of a module's files: neighbouring stages are often the same file. */
class Contents {
  readonly #reader: EngineClient;
  readonly #signal: AbortSignal | undefined;
  readonly #lists = new Map<string, Promise<FunctionsResult>>();
  readonly #kinds = new Map<string, Promise<ReadonlyMap<string, DifferenceKind>>>();

  constructor(reader: EngineClient, signal: AbortSignal | undefined) {
    this.#reader = reader;
    this.#signal = signal;
  }

  of(file: string): Promise<FunctionsResult> {
    return remembered(this.#lists, file, () => this.#reader.request("functions", { file }, this.#signal));
  }

  /** @param functions what differs between the two files */
  kinds(from: string, to: string, functions: readonly FunctionChange[]): Promise<ReadonlyMap<string, DifferenceKind>> {
    return remembered(this.#kinds, `${from} ${to}`, () => this.#kindsOf(from, to, functions));
  }

  async #kindsOf(from: string, to: string, functions: readonly FunctionChange[]): Promise<ReadonlyMap<string, DifferenceKind>> {
    const changed = functions.filter(({ change }) => change === "changed");
    const withText = changed.some(({ parts }) => isCode(parts));
    const [before, after] = withText ? await Promise.all([from, to].map((file) => this.#texts(file))) : [];
    return new Map(changed.map((change) => [change.name, kindOf(change, before, after)]));
  }

  async #texts(file: string): Promise<ReadonlyMap<string, string>> {
    return functionTexts((await this.#reader.request("print", { file, limit: TEXT_LIMIT }, this.#signal)).text);
  }
}

function remembered<T>(known: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const found = known.get(key) ?? make();
  known.set(key, found);
  return found;
}

function isCode(parts: FunctionChange["parts"]): boolean {
  return parts.includes("body") || parts.includes("header");
}

function kindOf(
  { before, after, parts }: FunctionChange,
  older: ReadonlyMap<string, string> | undefined,
  newer: ReadonlyMap<string, string> | undefined,
): DifferenceKind {
  if (!isCode(parts)) return "metadata";
  const [left, right] = [older?.get(before?.name ?? ""), newer?.get(after?.name ?? "")];
  if (left !== undefined && right !== undefined) return differenceKind(left, right);
  return parts.includes("body") ? "instructions" : "header";
}

/** Every function that differs, with its first stage and its sizes around LLVM's optimisation passes. */
async function functionsOf(
  contents: Contents,
  pair: ModulePair,
  pipeline: Pipeline,
  stages: readonly ComparedStage[],
): Promise<LlvmFunctionDifference[]> {
  const first = new Map<string, Omit<LlvmFunctionDifference, "before" | "after">>();
  for (const { stage, changes, kinds } of stages) {
    for (const { name, demangled, change } of changes.functions) {
      const stem = withoutPromotionSuffix(name);
      if (!first.has(stem)) first.set(stem, { name, demangled, stage, change, kind: kinds.get(name) ?? null });
    }
  }
  if (first.size === 0) return [];
  const before = await sizesAt(contents, pair, stageBefore(pipeline.optimized, pipeline));
  const after = await sizesAt(contents, pair, pipeline.optimized);
  const found = [...first].map(([stem, difference]) => ({ ...difference, before: before(stem), after: after(stem) }));
  return found.sort(byWeight);
}

function byWeight(one: LlvmFunctionDifference, other: LlvmFunctionDifference): number {
  const difference = weight(other) - weight(one);
  if (difference !== 0) return difference;
  return one.name < other.name ? -1 : 1;
}

function weight({ after }: LlvmFunctionDifference): number {
  return Math.abs((after.to ?? 0) - (after.from ?? 0));
}

async function sizesAt(contents: Contents, pair: ModulePair, stage: Stage | undefined): Promise<(stem: string) => FunctionFromTo> {
  const sizes = async (module: ModuleReport): Promise<ReadonlyMap<string, number>> => {
    const file = stage === undefined ? undefined : savedStage(module, stage)?.file;
    const { functions } = file === undefined ? { functions: [] } : await contents.of(file);
    return new Map(functions.filter(isDefined).map(({ name, instructions }) => [withoutPromotionSuffix(name), instructions]));
  };
  const [from, to] = [await sizes(pair.from), await sizes(pair.to)];
  return (stem) => ({ from: from.get(stem) ?? null, to: to.get(stem) ?? null });
}

function isDefined({ declaration }: Pick<FunctionInfo, "declaration">): boolean {
  return !declaration;
}

/** What is defined after the import and was not before it. */
async function importsOf(contents: Contents, pair: ModulePair, pipeline: Pipeline): Promise<ImportDifference | null> {
  const after = pipeline.stages.find(({ imported }) => imported)?.tag;
  const before = after === undefined ? undefined : stageBefore(after, pipeline);
  if (after === undefined || before === undefined) return null;
  const imported = async (module: ModuleReport): Promise<ReadonlyMap<string, string> | undefined> => {
    const [old, now] = [savedStage(module, before), savedStage(module, after)];
    if (old === undefined || now === undefined) return undefined;
    const own = new Set(definedIn(await contents.of(old.file)).map(({ name }) => withoutPromotionSuffix(name)));
    const all = definedIn(await contents.of(now.file)).map(
      ({ name, demangled }) => [withoutPromotionSuffix(name), demangled || name] as const,
    );
    return new Map(all.filter(([stem]) => !own.has(stem)));
  };
  const [from, to] = [await imported(pair.from), await imported(pair.to)];
  if (from === undefined || to === undefined) return null;
  const only = (one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): string[] =>
    [...one].filter(([stem]) => !other.has(stem)).map(([, name]) => name);
  return { imported: { from: from.size, to: to.size }, onlyFrom: only(from, to), onlyTo: only(to, from) };
}

function definedIn({ functions, globals }: FunctionsResult): readonly Pick<FunctionInfo, "name" | "demangled" | "declaration">[] {
  return [...functions, ...globals].filter(isDefined);
}
