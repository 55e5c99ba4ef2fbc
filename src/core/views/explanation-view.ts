/** One module's explanation as data: decisive fact, causes, graph, differences, stages, and what its links open. Its length is bounded for any module. */
import type {
  Cause,
  ChainStep,
  Difference,
  ExplainedCause,
  ExplainedChange,
  ExplainedModule,
  ExplainReport,
  ExplanationGraph,
  ExplanationLink,
  ExplanationNode,
  ExplanationTarget,
  ExplanationView,
} from "../../protocol/explain.js";
import { shortModuleName } from "../../protocol/module-names.js";
import { pipelineOf, type Pipeline, type Stage } from "../../protocol/pipelines.js";
import { besideOf, formatStageUri, type DocumentFilters, type StageAddress, type Subject } from "../../protocol/uris.js";
import type { Excerpt } from "../../protocol/views.js";
import { relativeTo } from "../explain/rebuild/edit-title.js";
import { isNameless } from "../explain/rebuild/own-changes.js";
import { differenceText } from "../explain/rebuild/words.js";

/** How much of each list a view has. */
export interface ViewLimits {
  readonly causes: number;
  readonly changes: number;
  readonly steps: number;
  readonly differences: number;
  readonly notes: number;
}

/** In a document and on the page. */
export const VIEW_LIMITS: ViewLimits = { causes: 10, changes: 10, steps: 30, differences: 50, notes: 20 };

/** Everything: for the command line. */
export const NO_LIMITS: ViewLimits = { causes: Infinity, changes: Infinity, steps: Infinity, differences: Infinity, notes: Infinity };

/** Links that a node of the graph has for what changed. */
const MOST_NODE_CHANGES = 2;

export interface ViewChoice {
  readonly subject: Subject;
  readonly filters: DocumentFilters;
  /** The address of a source line on this machine; undefined: the file is not here. */
  readonly sourceUri: (source: NonNullable<Difference["source"]>) => string | undefined;
  readonly limits?: ViewLimits;
  /** Files below it are named relative to it. */
  readonly workspace?: string;
}

/** Differences whose source lines a view shows. */
export function shownDifferences(report: ExplainReport, module: ExplainedModule): readonly Difference[] {
  const { differences, causes, changes } = VIEW_LIMITS;
  return [
    ...namedFirst(module.differences).slice(0, differences),
    ...causesOf(report, module)
      .slice(0, causes)
      .flatMap((cause) => cause.changes.slice(0, changes)),
  ];
}

/** The explanation of one module of a report. */
export function explanationView(report: ExplainReport, module: ExplainedModule, choice: ViewChoice): ExplanationView {
  return new View(report, module, choice).view();
}

/** rustc and LLVM number constants without a name after a hash of the module, which tells nobody anything: "unnamed constant 3". */
function withoutHashes(text: string): string {
  return text.replaceAll(/\banon\.[0-9a-f]{32}\.(\d+)(?:\.llvm\.\d+)?/g, "unnamed constant $1");
}

/** Symbols of unnamed constants tell little. */
function namedFirst(differences: readonly Difference[]): readonly Difference[] {
  const nameless = ({ symbol = "" }: Difference): boolean => isNameless(symbol.slice(symbol.indexOf(";") + 1));
  return [...differences.filter((difference) => !nameless(difference)), ...differences.filter(nameless)];
}

function causesOf({ causes }: ExplainReport, { reason }: ExplainedModule): readonly Cause[] {
  return reason.causes.flatMap((id) => causes.find((cause) => cause.id === id) ?? []);
}

class View {
  readonly #report: ExplainReport;
  readonly #module: ExplainedModule;
  readonly #choice: ViewChoice;
  readonly #limits: ViewLimits;
  readonly #targets: ExplanationTarget[] = [];
  readonly #known = new Map<string, number>();

  constructor(report: ExplainReport, module: ExplainedModule, choice: ViewChoice) {
    this.#report = report;
    this.#module = module;
    this.#choice = choice;
    this.#limits = choice.limits ?? VIEW_LIMITS;
  }

  view(): ExplanationView {
    const { crate, name, verdict, reason, rustc, key, previousKey, parts } = this.#module;
    const { build, against } = this.#report;
    const limits = this.#limits;
    return {
      ...{ module: name, shortName: shortModuleName(name), crate, verdict, kind: reason.kind, fact: reason.fact, detail: reason.detail },
      build: { name: build.name, at: build.at },
      against: against === null ? null : { name: against.name, at: against.at },
      ...{ rustc, key, previousKey, parts },
      causes: excerpt(causesOf(this.#report, this.#module), limits.causes, (cause) => this.#cause(cause)),
      graph: this.#graph(),
      chain: excerpt(reason.chain.length > 1 ? reason.chain : [], limits.steps, (step) => step),
      differences: excerpt(namedFirst(this.#module.differences), limits.differences, (difference) =>
        this.#change(difference, this.#module),
      ),
      stages: this.#stages(),
      notes: excerpt(this.#notes(), limits.notes, (note) => note),
      targets: this.#targets,
    };
  }

  #cause(cause: Cause): ExplainedCause {
    const { title, effect, note = null, changes } = cause;
    return {
      title,
      effect,
      note,
      changes: excerpt(changes, this.#limits.changes, (change) => this.#change(change, this.#holderOf(cause, change))),
    };
  }

  /** A module of this build that shows the change. */
  #holderOf(cause: Cause, { symbol }: Difference): ExplainedModule | undefined {
    const itself = new Set(cause.itself);
    const holders = this.#report.modules.filter(({ name, verdict }) => itself.has(name) && verdict !== "gone");
    return holders.find(({ differences }) => differences.some((other) => other.what === "function" && other.symbol === symbol));
  }

  #change(difference: Difference, holder: ExplainedModule | undefined): ExplainedChange {
    const { source } = difference;
    return {
      text: withoutHashes(differenceText(difference)),
      source: source === undefined ? null : this.#place(source),
      links: [...this.#functionLinks(difference, holder), ...this.#sourceLinks(source)],
    };
  }

  #functionLinks({ what, change, symbol, previousSymbol, name }: Difference, holder: ExplainedModule | undefined): ExplanationLink[] {
    if (what !== "function" || symbol === undefined || holder === undefined || change === "went") return [];
    const open = this.#link("Open", { kind: "stage", uri: this.#uri(this.#choice.subject, holder.name, this.#first, symbol, name) });
    const { against } = this.#report;
    if (change === "came" || against === null || holder.reason.kind === "new-module") return [open];
    const after: StageAddress = {
      ...{ subject: this.#choice.subject, module: holder.name, stage: this.#first, function: symbol, filters: this.#choice.filters },
      beside: {
        ...{ side: "right", stage: this.#first },
        build: { subject: { unit: against.name }, module: holder.previousName ?? holder.name, function: previousSymbol ?? symbol },
      },
    };
    const [left, right] = [besideOf(after) ?? after, after].map((address) => formatStageUri(address, name));
    return [this.#link("Compare", { kind: "diff", left: left ?? "", right: right ?? "", title: `${name} · before ↔ after` }), open];
  }

  #sourceLinks(source: Difference["source"]): ExplanationLink[] {
    const uri = source === undefined ? undefined : this.#choice.sourceUri(source);
    return source === undefined || uri === undefined ? [] : [this.#link(this.#place(source), { kind: "source", uri })];
  }

  #place({ file, line }: NonNullable<Difference["source"]>): string {
    return `${relativeTo(this.#choice.workspace ?? "", file)}:${line}`;
  }

  #graph(): ExplanationGraph {
    const { name, verdict, reason } = this.#module;
    const end: ExplanationNode = {
      ...{
        kind: "explained",
        title: `\`${shortModuleName(name)}\``,
        text: verdict === "gone" ? "gone" : verdictText(verdict, reason.kind),
        leads: null,
      },
      links: [],
    };
    const ways = reason.ways.flatMap(({ cause: id, steps }) => {
      const cause = this.#report.causes.find((candidate) => candidate.id === id);
      return cause === undefined ? [] : [this.#way(cause, steps)];
    });
    return { ways, end };
  }

  #way(cause: Cause, steps: readonly ChainStep[]): ExplanationNode[] {
    const nodes: ExplanationNode[] = [this.#causeNode(cause)];
    for (const step of steps.slice(0, this.#limits.steps)) {
      const node = this.#stepNode(cause, step);
      const last = nodes.at(-1);
      if (node !== undefined) nodes.push({ ...node, leads: step.leads });
      else if (last !== undefined) {
        nodes.splice(-1, 1, { ...last, leads: last.leads === null ? step.leads : `${last.leads}; ${step.leads}` });
      }
    }
    return nodes;
  }

  #causeNode(cause: Cause): ExplanationNode {
    const shown = cause.changes.filter(({ what }) => what === "function").slice(0, MOST_NODE_CHANGES);
    const changes = shown.map((change) => this.#change(change, this.#holderOf(cause, change)));
    return {
      ...{ kind: "cause", title: cause.title, text: cause.effect, leads: null },
      links: changes.flatMap(({ links }, index) =>
        links.filter(({ label }) => label !== "Open" || links.length === 1).map((one) => labelled(one, shown[index])),
      ),
    };
  }

  #stepNode(cause: Cause, { module, symbol, name }: ChainStep): Omit<ExplanationNode, "leads"> | undefined {
    if (module !== undefined) {
      const known = this.#report.modules.find((candidate) => candidate.name === module);
      const explained =
        known === undefined
          ? []
          : [this.#link(`Explain ${shortModuleName(module)}`, { kind: "module", module, shortName: shortModuleName(module) })];
      const text =
        known === undefined ? null : cause.itself.includes(module) ? "changed itself" : verdictText(known.verdict, known.reason.kind);
      return { kind: "module", title: `\`${shortModuleName(module)}\``, text, links: explained };
    }
    if (symbol === undefined) return undefined;
    return { kind: "function", title: `\`${name ?? symbol}\``, text: null, links: [] };
  }

  get #pipeline(): Pipeline {
    return pipelineOf(this.#report.unit.mode);
  }

  #stages(): ExplanationLink[] {
    if (this.#module.verdict === "gone") return [];
    return this.#pipeline.stages.map(({ tag, label }) =>
      this.#link(label, { kind: "stage", uri: this.#uri(this.#choice.subject, this.#module.name, tag) }),
    );
  }

  get #first(): Stage {
    const [first] = this.#pipeline.stages;
    if (first === undefined) throw new Error("a pipeline has stages");
    return first.tag;
  }

  #uri(subject: Subject, module: string, stage: Stage, symbol: string | null = null, title?: string): string {
    return formatStageUri({ subject, module, stage, function: symbol, filters: this.#choice.filters }, title);
  }

  #link(label: string, target: ExplanationTarget): ExplanationLink {
    const key = JSON.stringify(target);
    const known = this.#known.get(key) ?? this.#targets.push(target) - 1;
    this.#known.set(key, known);
    return { label, target: known };
  }

  #notes(): string[] {
    const { findings, warnings } = this.#report;
    const own = findings.filter(({ module }) => module === this.#module.name).map(({ kind, detail }) => `${kind}: ${detail}`);
    return [...own, ...warnings];
  }
}

/** "re-compiled: imports changed" */
function verdictText(verdict: ExplainedModule["verdict"], kind: ExplainedModule["reason"]["kind"]): string {
  return `${verdict}: ${kind.replaceAll("-", " ")}`;
}

/** A node's link names the function, because the node shows several. */
function labelled({ label, target }: ExplanationLink, change: Difference | undefined): ExplanationLink {
  return { label: label === "Compare" || label === "Open" ? `${label} ${lastSegment(change?.name ?? "")}` : label, target };
}

/** "bar" of "textstats::bars::bar" */
function lastSegment(name: string): string {
  return name.split("::").at(-1) ?? name;
}

function excerpt<From, Item>(items: readonly From[], limit: number, shown: (item: From) => Item): Excerpt<Item> {
  return { total: items.length, shown: items.slice(0, limit).map(shown) };
}
