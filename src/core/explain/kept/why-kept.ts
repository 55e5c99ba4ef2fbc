/** `why-kept`: the references that keep a symbol in the program after LTO, from a root on. */
import { pipelineOf, type Stage } from "../../../protocol/pipelines.js";
import { stageLabel, tagsOf } from "../../../protocol/stages.js";
import type { KeptGone, KeptLink, KeptRoot, WhyKeptReport } from "../../../protocol/why-kept.js";
import { LtoError } from "../../base/errors.js";
import type { CoreContext } from "../../engine/core-context.js";
import { stageNamed } from "../../ir/stages-of.js";
import { withoutPromotionSuffix } from "../../ir/stage-changes.js";
import { eachModule, withStages, type RunHooks } from "../../replay/each-module.js";
import type { Overrides } from "../../replay/inputs.js";
import { openUnit, type OpenUnit } from "../../replay/open.js";
import type { LtoSource } from "../../replay/producer.js";
import { whileInUse } from "../../store/in-use.js";
import { Names } from "../rebuild/readable.js";
import { symbolsNamed } from "../calls/chosen.js";
import { goneBy } from "./gone.js";
import { calledThrough, isAssembly, ReferenceGraph, type Way } from "./graph.js";
import { StageReferences, type Defined, type ReferringModule } from "./module-references.js";
import { nameOf } from "./names.js";
import { withUsesOutside } from "./outside.js";
import { Roots } from "./roots.js";

export interface WhyKeptOptions {
  /** "auto", "system" or a path. */
  readonly llvm: string;
  readonly overrides?: Overrides;
  /** A symbol, a readable name, or part of either; null: list the roots. */
  readonly symbol: string | null;
  /** rustc's name or the short one; null: after the passes. */
  readonly stage: string | null;
}

type Hooks = Pick<RunHooks, "progress" | "signal">;

/** @throws LtoError UnknownStage; UnknownFunction; what opening a unit and making a stage can throw */
export async function whyKept(core: CoreContext, source: LtoSource, options: WhyKeptOptions, hooks: Hooks = {}): Promise<WhyKeptReport> {
  return whileInUse(core.layout, { making: true }, async () => {
    hooks.progress?.({ kind: "opening" });
    const { llvm, overrides = {} } = options;
    const open = await openUnit(core, source, { llvm, overrides, keysFile: null }, hooks.signal);
    try {
      return await new Question(core, { open, source }, options, hooks).report();
    } finally {
      await open.close();
    }
  });
}

/** A stage with all its modules. */
interface Program {
  readonly stage: Stage;
  readonly graph: ReferenceGraph;
  readonly roots: Roots;
  readonly warnings: readonly string[];
}

const NOT_THERE =
  "`lto-inspector calls UNIT FUNCTION` says whether the compiler inlined it before LTO; `lto-inspector find UNIT SYMBOL` searches all symbols.";

class Question {
  readonly #core: CoreContext;
  readonly #open: OpenUnit;
  readonly #source: LtoSource;
  readonly #options: WhyKeptOptions;
  readonly #hooks: Hooks;
  #preserved: Promise<string[]> | undefined;

  constructor(
    core: CoreContext,
    { open, source }: { readonly open: OpenUnit; readonly source: LtoSource },
    options: WhyKeptOptions,
    hooks: Hooks,
  ) {
    this.#core = core;
    this.#open = open;
    this.#source = source;
    this.#options = options;
    this.#hooks = hooks;
  }

  async report(): Promise<WhyKeptReport> {
    const { inputs, warnings } = this.#open;
    const pipeline = pipelineOf(inputs.mode);
    const stage = this.#options.stage === null ? pipeline.optimized : stageNamed(this.#options.stage, pipeline);
    const program = await this.#program(stage);
    const { symbol } = this.#options;
    const empty: WhyKeptReport = {
      schema: 1,
      command: "why-kept",
      unit: { id: inputs.unit.id, name: inputs.unit.name },
      symbol,
      stage,
      found: null,
      root: null,
      chain: [],
      hints: [],
      unreferenced: null,
      gone: [],
      alsoNamed: [],
      roots: [],
      warnings: [...warnings, ...program.warnings],
    };
    if (symbol === null) return { ...empty, roots: program.roots.all() };
    const named = definitionsNamed(program.graph, symbol);
    const gone = named.some((defined) => isWhole(defined, symbol)) ? [] : await this.#gone(symbol, stage, named);
    if (gone.length > 0) return { ...empty, gone };
    return { ...empty, ...(await this.#kept(program, named, symbol)) };
  }

  /** A symbol of that name that the stage does not have. @throws LtoError UnknownFunction, if there never was one, and no other has a part of the name */
  async #gone(symbol: string, stage: Stage, similar: readonly Defined[]): Promise<KeptGone[]> {
    const all = await goneBy(this.#core, this.#open, symbol, stage, this.#hooks);
    const whole = all.filter((one) => isWhole({ ...one, readable: one.name }, symbol));
    if (whole.length > 0 || similar.length > 0) return whole;
    if (all.length > 0) return all;
    throw new LtoError({
      name: "UnknownFunction",
      message: `No module of ${this.#open.inputs.unit.name} defines ${symbol}, neither where LTO begins nor at ${stageLabel(stage)}.`,
      help: `${pipelineOf(this.#open.inputs.mode).upstream ? "" : "Only the crate itself takes part in thin-local LTO. "}${NOT_THERE}`,
    });
  }

  async #kept(program: Program, named: readonly Defined[], symbol: string): Promise<Partial<WhyKeptReport>> {
    const way = program.graph.shortestWay(program.roots.beginnings(), new Set(named));
    if (way === undefined) return this.#unreferenced(program, named, symbol);
    const found = way.steps.at(-1)?.to ?? (isAssembly(way.from) ? undefined : way.from);
    return {
      ...about(found, named),
      root: await this.#rootOf(program, way),
      chain: await this.#linksOf(program, way),
      hints: hintsOf(way),
    };
  }

  /** Nothing that is kept leads to it: the way before the passes tells why it was not removed. */
  async #unreferenced(program: Program, named: readonly Defined[], symbol: string): Promise<Partial<WhyKeptReport>> {
    const [first] = named;
    const before = this.#stageBefore(program.stage);
    const unreferenced =
      first?.scope === "module"
        ? "Nothing that is kept refers to it."
        : "Nothing that is kept refers to it any more. It is still in its module because other modules see it; a linker that removes unused sections drops it.";
    if (before === undefined) return { ...about(first, named), unreferenced };
    const earlier = await this.#program(before);
    const same = definitionsNamed(earlier.graph, symbol).filter((defined) => named.some((one) => isSame(one, defined)));
    const way = earlier.graph.shortestWay(earlier.roots.beginnings(), new Set(same));
    if (way === undefined) return { ...about(first, named), unreferenced };
    const last = way.steps.at(-1)?.to;
    const found = named.find((one) => last !== undefined && isSame(one, last)) ?? first;
    return {
      ...about(found, named),
      unreferenced,
      root: await this.#rootOf(earlier, way),
      chain: await this.#linksOf(earlier, way),
      hints: hintsOf(way),
    };
  }

  #rootOf({ roots }: Program, { from }: Way): Promise<KeptRoot> {
    return withUsesOutside(this.#open.engine, this.#source, roots.of(from), this.#hooks.signal);
  }

  /** The links of a way, with functions between them that have been inlined. */
  async #linksOf({ stage, roots }: Program, { from, steps }: Way): Promise<KeptLink[]> {
    const root = roots.of(from);
    const links: KeptLink[] = [
      { name: root.name, symbol: root.symbol, kind: "root", is: isAssembly(from) ? "module" : from.kind, module: root.module ?? "", stage },
    ];
    const before = new Before(this.#open, this.#stageBefore(stage));
    let by = isAssembly(from) ? undefined : from;
    const names = new Names(this.#open.engine, this.#hooks.signal);
    await names.learn(steps.flatMap(({ through }) => through));
    for (const { to, kind, through } of steps) {
      // Debug info also tells what the compiler inlined before LTO.
      const inlined = through.map((symbol): KeptLink => {
        return { name: names.of(symbol), symbol, kind: "inlined", is: "function", module: by?.module ?? "", stage };
      });
      links.push(...(inlined.length > 0 || by === undefined ? inlined : await before.inlined(by, to, this.#hooks.signal)));
      links.push({ name: nameOf(to), symbol: to.symbol, kind, is: to.kind, module: to.module, stage });
      by = to;
    }
    await before.settle();
    return links;
  }

  /** The stage before the passes; undefined: the stage is not the one after them. */
  #stageBefore(stage: Stage): Stage | undefined {
    const pipeline = pipelineOf(this.#open.inputs.mode);
    const tags = tagsOf(pipeline);
    return stage === pipeline.optimized ? tags[tags.indexOf(stage) - 1] : undefined;
  }

  async #program(stage: Stage): Promise<Program> {
    const { inputs, analyzed } = this.#open;
    const { modules, warnings } = await this.#referring(stage);
    const graph = new ReferenceGraph(modules);
    this.#preserved ??= analyzed.preservedSymbols(this.#hooks.signal);
    const roots = new Roots(graph, {
      preserved: await this.#preserved,
      crateTypes: inputs.crateTypes,
      crateAlone: !pipelineOf(inputs.mode).upstream,
      plainFiles: inputs.preserveExternals,
      origins: new Map(analyzed.result.modules.map(({ name, origin }) => [name, origin])),
    });
    return { stage, graph, roots, warnings };
  }

  /** All modules of a stage; one that cannot be read is left out, with a warning. */
  async #referring(stage: Stage): Promise<{ readonly modules: readonly ReferringModule[]; readonly warnings: readonly string[] }> {
    const modules = withStages(this.#open.analyzed.result.modules);
    const references = new StageReferences(this.#open, stage);
    const names = modules.map(({ name }) => name);
    await references.lookUp(names, this.#hooks.signal);
    const found = new Map<string, ReferringModule>();
    const warnings: string[] = [];
    const words = { what: "Reading references", doing: "Reading the references of" };
    const isKept = (module: string): boolean => references.isStored(module);
    const loop = { core: this.#core, open: this.#open, hooks: this.#hooks, ...words, isKept };
    try {
      await eachModule(loop, modules, {
        make: ({ name }) => references.of(name, this.#hooks.signal),
        made: ({ name }, module) => {
          found.set(name, module);
          if (module.assemblyNotRead !== undefined) warnings.push(`${name}: ${module.assemblyNotRead}`);
          return Promise.resolve();
        },
        failed: ({ name }, error) => {
          warnings.push(`The references of ${name} are missing: ${error.message}`);
        },
      });
    } catch (error) {
      // What was made so far is kept, unless the inputs have changed.
      await references.settle().catch(() => undefined);
      throw error;
    }
    await references.settle();
    return { modules: names.flatMap((name) => found.get(name) ?? []), warnings };
  }
}

/** Modules before the passes, read as needed. */
class Before {
  readonly #stage: Stage | undefined;
  readonly #references: StageReferences | undefined;
  readonly #modules = new Map<string, ReferringModule>();

  constructor(open: OpenUnit, stage: Stage | undefined) {
    this.#stage = stage;
    this.#references = stage === undefined ? undefined : new StageReferences(open, stage);
  }

  /** The functions through which a definition referred to another one before the passes, and which were inlined into it. */
  async inlined(by: Defined, to: Defined, signal?: AbortSignal): Promise<KeptLink[]> {
    const stage = this.#stage;
    if (stage === undefined || by.kind !== "function") return [];
    const module = await this.#module(by.module, signal);
    const stays = new Set(by.references.filter(({ kind }) => kind === "call").map(({ symbol }) => symbol));
    const called = module === undefined ? undefined : calledThrough(module, by.symbol, to.symbol, stays);
    return (called?.through ?? []).flatMap((symbol): KeptLink[] => {
      const defined = module?.definitions.get(symbol);
      return defined === undefined ? [] : [{ name: nameOf(defined), symbol, kind: "inlined", is: "function", module: by.module, stage }];
    });
  }

  async settle(): Promise<void> {
    await this.#references?.settle();
  }

  async #module(name: string, signal?: AbortSignal): Promise<ReferringModule | undefined> {
    const known = this.#modules.get(name);
    if (known !== undefined || this.#references === undefined) return known;
    await this.#references.lookUp([name], signal);
    const module = await this.#references.of(name, signal);
    this.#modules.set(name, module);
    return module;
  }
}

function definitionsNamed(graph: ReferenceGraph, wanted: string): readonly Defined[] {
  const all = [...graph.definitions()];
  const symbols = symbolsNamed(
    new Map(all.map((defined) => [defined.symbol, defined.vtable === null ? defined.readable : nameOf(defined)])),
    wanted,
  );
  return all.filter(({ symbol }) => symbols.has(symbol));
}

/** Whether the name is the whole one, or the end of its path. */
function isWhole({ symbol, readable }: Pick<Defined, "symbol" | "readable">, wanted: string): boolean {
  const name = readable.replace(/ \(\.llvm\.\d+\)$/, "");
  return withoutPromotionSuffix(symbol) === withoutPromotionSuffix(wanted) || name === wanted || name.endsWith(`::${wanted}`);
}

function isSame(left: Defined, right: Defined): boolean {
  return left.symbol === right.symbol && left.module === right.module;
}

function about(found: Defined | undefined, named: readonly Defined[]): Pick<WhyKeptReport, "found" | "alsoNamed"> {
  if (found === undefined) return { found: null, alsoNamed: [] };
  const others = new Set(named.filter((one) => one !== found).map(nameOf));
  others.delete(nameOf(found));
  return {
    found: { name: nameOf(found), symbol: found.symbol, module: found.module, kind: found.kind },
    alsoNamed: [...others].sort(),
  };
}

/** A function without line tables does not tell what the compiler inlined into it. */
function hintsOf({ from, steps }: Way): string[] {
  const referring = [...(isAssembly(from) ? [] : [from]), ...steps.slice(0, -1).map(({ to }) => to)];
  const silent = referring.find(({ kind, facts }) => kind === "function" && facts.has("mangled") && !facts.has("lines"));
  if (silent === undefined) return [];
  return [
    `Functions that the compiler inlined before LTO can be missing: ${nameOf(silent)} has no line tables. \`lto-inspector capture --line-tables\` adds them.`,
  ];
}
