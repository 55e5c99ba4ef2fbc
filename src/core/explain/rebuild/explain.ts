/** `explain`: why rustc re-used or re-compiled each module of a build, compared with an earlier build. */
import type { FunctionsResult } from "../../../protocol/engine/ir.js";
import type { OriginsResult } from "../../../protocol/engine/origins.js";
import type { Cause, ChainStep, Difference, ExplainedModule, ExplainReport, Finding } from "../../../protocol/explain.js";
import type { UnitManifest } from "../../../protocol/units.js";
import type { CoreContext } from "../../engine/core-context.js";
import type { EngineClient } from "../../engine/client.js";
import { findModule } from "../../pipelines/module-names.js";
import { chooseEngineAndNames } from "../../replay/producer.js";
import { Cascade, type Trace } from "./cascade.js";
import { DecisiveFacts, factAlone } from "./decisive.js";
import { compareBuilds, symbolDifferences, type BuildComparison, type Pair, type RawDifference } from "./compare.js";
import { KeyIndex, symbolOf, type IndexedModule } from "./key-index.js";
import { namesApart } from "./names-apart.js";
import { ownChanges } from "./own-changes.js";
import { Names } from "./readable.js";
import { codeRoots, effectOf, type Root } from "./roots.js";
import { NO_SOURCES, sourceEdits, type Sources } from "./source-edits.js";
import {
  isThere,
  previousOf,
  refuseOverwritten,
  comparedBuildNamed,
  comparedBuildOf,
  type ComparedBuild,
  type ComparedBuildOptions,
} from "./compared-build.js";
import { DETAILS, kindOf, type Whole } from "./verdict.js";
import { wholeChange } from "./whole-change.js";
import { writtenChanges, type WrittenModule } from "./written.js";
import { withoutInvocationId } from "../../../protocol/module-names.js";
import { PRODUCERS } from "../../producers/registry.js";

export interface ExplainOptions extends ComparedBuildOptions {
  /** A unit, a session directory or a run; null: the previous build. */
  readonly against: string | null;
  /** One module only. */
  readonly module: string | null;
}

/** Ways to one module that a report keeps. */
const MOST_WAYS = 3;

/** Differences of one module that a report lists. */
const MOST_DIFFERENCES = 200;

/**
 * Explains a unit.
 *
 * @throws LtoError for units that cannot be analysed, UnknownUnit, UnknownRun, UnknownModule, Cancelled
 */
export async function explainUnit(core: CoreContext, unit: UnitManifest, options: ExplainOptions): Promise<ExplainReport> {
  if (options.against !== null) await refuseOverwritten(unit, options.against);
  const build = await comparedBuildOf(core, unit, options);
  const against =
    options.against === null ? await previousOf(core, unit, options) : await comparedBuildNamed(core, options.against, options);
  const { engine } = await chooseEngineAndNames(core, PRODUCERS.sourceOf(unit), { llvm: options.llvm, overrides: {} });
  const report = await new Explanation(engine, build, against, options.signal).report();
  return options.module === null ? report : onlyModule(report, options.module);
}

/** The sources of a build that was captured. */
async function sourcesKept({ manifest }: ComparedBuild): Promise<Sources | undefined> {
  return manifest === null ? undefined : PRODUCERS.of(manifest).keptSources(manifest);
}

function onlyModule(report: ExplainReport, wanted: string): ExplainReport {
  const name = findModule(
    report.modules.map((module) => module.name),
    wanted,
  );
  const modules = report.modules.filter((module) => module.name === name);
  const causes = report.causes.filter(({ id }) => modules.some(({ reason }) => reason.causes.includes(id)));
  return { ...report, modules, causes, findings: report.findings.filter(({ module }) => module === name) };
}

interface Content {
  readonly functions: FunctionsResult;
  readonly origins: OriginsResult;
}

interface ChangedModule {
  readonly name: string;
  readonly sides: Pick<WrittenModule, "before" | "after"> | undefined;
}

class Explanation {
  readonly #engine: EngineClient;
  readonly #build: ComparedBuild;
  readonly #against: ComparedBuild | undefined;
  readonly #signal: AbortSignal | undefined;
  readonly #warnings: string[] = [];

  constructor(engine: EngineClient, build: ComparedBuild, against: ComparedBuild | undefined, signal?: AbortSignal) {
    this.#engine = engine;
    this.#build = build;
    this.#against = against;
    this.#signal = signal;
  }

  async report(): Promise<ExplainReport> {
    const after = new KeyIndex(this.#build.keys);
    if (this.#against === undefined) {
      const { manifest } = this.#build;
      if (manifest?.commandLine.length === 0) this.#warnings.push(`${PRODUCERS.of(manifest).left.whyOverwritten} Captures are kept.`);
      return this.#finish(alone(after), [], []);
    }
    const comparison = compareBuilds(new KeyIndex(this.#against.keys), after);
    const everything = wholeChange(this.#against.keys, this.#build.keys);
    const modules = everything === undefined ? await this.#changedModules(comparison) : [];
    const sources = modules.length === 0 ? NO_SOURCES : sourceEdits(await sourcesKept(this.#against), await sourcesKept(this.#build));
    const written = writtenChanges(
      modules.flatMap(({ name, sides }) => (sides === undefined ? [] : { name, ...sides })),
      sources,
    );
    const own = new Map(
      modules.map(({ name, sides }): [string, Difference[]] => {
        const changes = sides === undefined ? [] : ownChanges(sides.before.functions, sides.after.functions);
        return [name, namesApart(changes, written.get(name)?.names ?? new Map<string, string>())];
      }),
    );
    const workspace = this.#build.manifest?.workspace ?? "";
    const whole: Whole = {
      roots: everything === undefined ? codeRoots(comparison, own, { written, sources, workspace }) : [everything],
      everything,
      sessionGone: this.#sessionGone(),
    };
    const explained = new ModuleExplanations(comparison, whole, own);
    const all = await explained.all(new Names(this.#engine, this.#signal));
    return this.#finish(all.modules, all.causes, whole.roots);
  }

  /** rustc had no keys of an earlier session although an earlier incremental build exists. */
  #sessionGone(): boolean {
    const { keys } = this.#build;
    return keys.incremental && this.#against?.keys.incremental === true && keys.modules.every(({ previousKey }) => previousKey === null);
  }

  /** Modules whose own code changed, in the order of the modules; without sides if their bitcode is gone. */
  async #changedModules(comparison: BuildComparison): Promise<ChangedModule[]> {
    const changed = [...comparison.pairs.values()].filter(({ own, before, after }) => own && before !== undefined && after !== undefined);
    return Promise.all(
      changed.map(async ({ name, before, after }): Promise<ChangedModule> => {
        const [left, right] = await Promise.all([this.#content(before), this.#content(after)]);
        return { name, sides: left === undefined || right === undefined ? undefined : { before: left, after: right } };
      }),
    );
  }

  async #content(module: IndexedModule | undefined): Promise<Content | undefined> {
    if (module === undefined) return undefined;
    const { file, member } = module.stored;
    if (!(await isThere(file))) {
      this.#warnings.push(`The bitcode of ${module.name} is gone (${file}), so it is unknown which of its functions changed.`);
      return undefined;
    }
    const where = { file, ...(member === null ? {} : { member }) };
    const [functions, origins] = await Promise.all([
      this.#engine.request("functions", where, this.#signal),
      this.#engine.request("origins", where, this.#signal),
    ]);
    return { functions, origins };
  }

  #finish(modules: readonly ExplainedModule[], causes: readonly Cause[], roots: readonly Root[]): ExplainReport {
    const { shown, keys } = this.#build;
    const checked = modules.map((module) => ({ ...module, rustc: this.#rustcOn(module) }));
    const known = checked.filter(({ rustc }) => rustc !== null);
    const count = (test: (module: ExplainedModule) => boolean): number => checked.filter(test).length;
    const edits = new Set(roots.flatMap(({ id, byEdit }) => (byEdit === true ? id : [])));
    const earlier = this.#keysBefore();
    return {
      schema: 1,
      command: "explain",
      unit: keys.unit,
      build: shown,
      against: this.#against?.shown ?? null,
      llvm: keys.llvm,
      counts: {
        reused: count(({ verdict }) => verdict === "re-used"),
        recompiled: count(({ verdict }) => verdict === "re-compiled"),
        neverCached: count(({ reason }) => reason.kind === "key-equal-but-not-cached"),
        byEdit: count(
          ({ name, origin, verdict, reason, previousKey }) =>
            verdict === "re-compiled" &&
            origin === "local" &&
            reason.causes.length > 0 &&
            reason.causes.every((id) => edits.has(id)) &&
            (earlier.get(withoutInvocationId(name)) ?? null) === previousKey,
        ),
        gone: count(({ verdict }) => verdict === "gone"),
      },
      rustc: { known: known.length, agreeing: known.filter(({ rustc }) => rustc?.agrees === true).length },
      causes,
      modules: checked,
      findings: checked.flatMap(findingsOf),
      warnings: [...this.#warnings, ...this.#otherBuild()],
    };
  }

  /** The keys of the build that this one is compared with. */
  #keysBefore(): ReadonlyMap<string, string | null> {
    return new Map(this.#against?.keys.modules.map(({ name, key }) => [withoutInvocationId(name), key]) ?? []);
  }

  /** rustc's own decision, from its log. */
  #rustcOn({ name, verdict }: ExplainedModule): ExplainedModule["rustc"] {
    const said = this.#build.manifest?.decisions?.verdicts[name];
    return said === undefined || verdict === "gone" ? null : { verdict: said, agrees: said === verdict };
  }

  /** Modules for which rustc compared with the keys of another build than this comparison does. */
  #otherBuild(): string[] {
    if (this.#against === undefined) return [];
    const theirs = this.#keysBefore();
    const compared = this.#build.keys.modules.filter(
      ({ name, previousKey }) => previousKey !== null && theirs.has(withoutInvocationId(name)),
    );
    const different = compared.filter(({ name, previousKey }) => theirs.get(withoutInvocationId(name)) !== previousKey);
    if (different.length === 0) return [];
    return [
      `rustc compared ${different.length} of ${compared.length} modules with keys of another build than ${this.#against.shown.name}: a build in between was not captured, or is not the one that you named. Verdicts are rustc's; causes are the changes since ${this.#against.shown.name}.`,
    ];
  }
}

/** Without a build to compare with. */
function alone(after: KeyIndex): ExplainedModule[] {
  return [...after.modules.values()].map(({ stored }) => ({
    ...baseOf(stored),
    reason: { kind: "nothing-to-compare", fact: factAlone(), detail: DETAILS["nothing-to-compare"], causes: [], chain: [], ways: [] },
    parts: [],
    differences: [],
  }));
}

type Base = Pick<ExplainedModule, "name" | "origin" | "crate" | "verdict" | "key" | "previousKey" | "rustc">;

function baseOf({ name, origin, crate, verdict, key, previousKey }: IndexedModule["stored"]): Base {
  return { name, origin, crate, verdict, key, previousKey, rustc: null };
}

function findingsOf(module: ExplainedModule): Finding[] {
  const { name, verdict, reason, rustc } = module;
  const found: Finding[] = [];
  if (rustc?.agrees === false) {
    found.push({
      kind: "rustc-disagrees",
      module: name,
      detail: `rustc ${said(rustc.verdict)} this module, and by its rule it is ${verdict}.`,
    });
  }
  if (reason.kind === "not-available") found.push({ kind: "not-available", module: name, detail: DETAILS["not-available"] });
  return found;
}

function said(verdict: string): string {
  return verdict === "re-used" ? "re-used" : "re-compiled";
}

/** All modules of a comparison, explained. */
class ModuleExplanations {
  readonly #comparison: BuildComparison;
  readonly #whole: Whole;
  readonly #own: ReadonlyMap<string, readonly Difference[]>;
  readonly #cascade: Cascade;
  readonly #facts: DecisiveFacts;
  readonly #reached = new Map<
    string,
    { readonly root: Root; readonly itself: string[]; readonly importers: string[]; readonly others: string[] }
  >();

  constructor(comparison: BuildComparison, whole: Whole, own: ReadonlyMap<string, readonly Difference[]>) {
    this.#comparison = comparison;
    this.#whole = whole;
    this.#own = own;
    this.#cascade = new Cascade(comparison, whole.roots);
    this.#facts = new DecisiveFacts(comparison, own);
  }

  async all(names: Names): Promise<{ modules: ExplainedModule[]; causes: Cause[] }> {
    const drafts = [...this.#comparison.pairs.values()].map((pair) => this.#draft(pair));
    await names.learn([
      ...drafts.flatMap(({ raw }) => raw.map(({ symbol }) => symbol)),
      ...drafts.flatMap(({ chain, module }) => names.inText([...chain, module.reason.fact.text])),
      ...drafts.flatMap(({ module }) => module.reason.ways.flatMap((way) => way.steps.flatMap(({ symbol }) => symbol ?? []))),
      ...drafts.flatMap(({ module }) => module.reason.ways.flatMap((way) => names.inText(way.steps.map(({ leads }) => leads)))),
    ]);
    const modules = drafts.map(({ raw, chain, module }) => ({
      ...module,
      reason: {
        ...module.reason,
        fact: { ...module.reason.fact, text: names.text(module.reason.fact.text) },
        chain: chain.map((step) => names.text(step)),
        ways: module.reason.ways.map((way) => ({ ...way, steps: way.steps.map((step) => this.#named(step, names)) })),
      },
      differences: [...module.differences, ...raw.map((difference) => ({ ...difference, name: names.of(difference.symbol) }))],
    }));
    return { modules, causes: this.#causes() };
  }

  #named({ text, leads, module, symbol }: ChainStep, names: Names): ChainStep {
    const { before, after } = this.#comparison;
    const stored = module === undefined ? undefined : (after.modules.get(module) ?? before.modules.get(module))?.stored.name;
    return {
      ...{ text: names.text(text), leads: names.text(leads) },
      ...(stored === undefined ? {} : { module: stored }),
      ...(symbol === undefined ? {} : { symbol: symbolOf(symbol), name: names.of(symbol) }),
    };
  }

  #draft(pair: Pair): { module: ExplainedModule; raw: readonly RawDifference[]; chain: readonly string[] } {
    const raw = symbolDifferences(this.#comparison, pair);
    const kind = kindOf(pair, raw, this.#whole);
    const traces = this.#tracesOf(pair, kind);
    const stored = (pair.after ?? pair.before)?.stored;
    if (stored === undefined) throw new Error("a pair has a side");
    // A removed module is not compiled.
    if (pair.after !== undefined) for (const trace of traces) this.#note(trace, stored.name);
    const [main] = traces;
    const base: Base = pair.after === undefined ? { ...baseOf(stored), verdict: "gone" } : baseOf(stored);
    const previousName = pair.before?.stored.name;
    const module: ExplainedModule = {
      ...base,
      ...(previousName === undefined || previousName === stored.name ? {} : { previousName }),
      reason: {
        kind,
        fact: this.#facts.of({ pair, kind, raw, main }),
        detail: DETAILS[kind],
        causes: traces.map(({ root }) => root.id),
        chain: [],
        ways: traces.slice(0, MOST_WAYS).map(({ root, steps }) => ({ cause: root.id, steps })),
      },
      parts: pair.parts,
      differences: (this.#own.get(pair.name) ?? []).slice(0, MOST_DIFFERENCES),
    };
    return {
      module,
      raw: raw.slice(0, MOST_DIFFERENCES),
      chain: main === undefined ? [] : [main.root.title, ...main.steps.map(({ text }) => text)],
    };
  }

  #tracesOf(pair: Pair, kind: string): readonly Trace[] {
    const { everything, sessionGone } = this.#whole;
    if (kind === "llvm-changed" || kind === "settings-changed") {
      return everything === undefined ? [] : [{ root: everything, how: "itself", steps: [] }];
    }
    if (kind === "output-missing" && sessionGone) return [{ root: SESSION_GONE, how: "itself", steps: [] }];
    if (kind === "key-equal-but-not-green") return [{ root: compiledAnew(pair), how: "itself", steps: [] }];
    if (everything !== undefined) return pair.keysDiffer ? [{ root: everything, how: "itself", steps: [] }] : [];
    return pair.keysDiffer ? this.#cascade.traces(pair.name) : [];
  }

  #note({ root, how }: Trace, module: string): void {
    const known = this.#reached.get(root.id) ?? { root, itself: [], importers: [], others: [] };
    this.#reached.set(root.id, known);
    (how === "itself" ? known.itself : how === "imports" ? known.importers : known.others).push(module);
  }

  #causes(): Cause[] {
    const weight = ({ itself, importers, others }: Cause): number => itself.length + importers.length + others.length;
    return [...this.#reached.values()]
      .map(({ root: { id, kind, title, brief, crates, changes, note }, itself, importers, others }): Cause => ({
        ...{ id, kind, title, brief, effect: effectOf(kind, { itself, importers, others }), crates, changes, itself, importers, others },
        ...(note === undefined ? {} : { note }),
      }))
      .sort((left, right) => weight(right) - weight(left));
  }
}

/** The front end saw a change, but the resulting code is the same. */
function compiledAnew(pair: Pair): Root {
  const crate = pair.after?.stored.crate ?? "";
  return {
    id: `recompiled-unchanged-${crate}`,
    kind: "recompiled-unchanged",
    title: `Something in crate \`${crate}\` changed that left no trace in the bitcode: rustc's front end re-compiled codegen units that came out unchanged`,
    brief: `edit of crate \`${crate}\` without effect`,
    crates: [crate],
    changes: [],
    modules: [],
  };
}

const SESSION_GONE: Root = {
  id: "session-gone",
  kind: "session-gone",
  title: "rustc's incremental session was gone",
  brief: "rebuild without an incremental session",
  crates: [],
  changes: [],
  modules: [],
};
