/** An explanation as a document in an editor: verdict, causes, chain, differences, stages. Its length is bounded for any module. */
import type { Cause, Difference, ExplainedModule, ExplainReport, ExplanationView } from "../../protocol/explain.js";
import { shortModuleName } from "../../protocol/module-names.js";
import { pipelineOf, type Pipeline, type Stage } from "../../protocol/pipelines.js";
import { formatStageUri, type DocumentFilters, type Subject } from "../../protocol/uris.js";
import { codeSpan, link, sentence } from "./markdown.js";
import { timeText } from "../../protocol/words.js";
import { differenceText } from "../explain/rebuild/words.js";

const MOST_CAUSES = 10;
const MOST_CHANGES = 10;
const MOST_STEPS = 30;
const MOST_DIFFERENCES = 50;
const MOST_NOTES = 20;

export interface DocumentChoice {
  readonly subject: Subject;
  readonly filters: DocumentFilters;
  /** The address of a source line on this machine; undefined: the file is not here. */
  readonly sourceUri: (source: NonNullable<Difference["source"]>) => string | undefined;
}

/** Differences whose source lines a document shows. */
export function shownDifferences(report: ExplainReport, module: ExplainedModule): readonly Difference[] {
  return [...module.differences.slice(0, MOST_DIFFERENCES), ...causesOf(report, module).flatMap(changesOf)];
}

/** The explanation of one module of a report. */
export function explanationDocument(report: ExplainReport, module: ExplainedModule, choice: DocumentChoice): ExplanationView {
  const title = `${module.crate} · ${shortModuleName(module.name)}`;
  const page = new Page(report, module, choice);
  return { module: module.name, title, kind: module.reason.kind, markdown: page.text() };
}

function causesOf({ causes }: ExplainReport, { reason }: ExplainedModule): readonly Cause[] {
  return reason.causes.flatMap((id) => causes.find((cause) => cause.id === id) ?? []).slice(0, MOST_CAUSES);
}

function changesOf({ changes }: Cause): readonly Difference[] {
  return changes.slice(0, MOST_CHANGES);
}

class Page {
  readonly #report: ExplainReport;
  readonly #module: ExplainedModule;
  readonly #choice: DocumentChoice;

  constructor(report: ExplainReport, module: ExplainedModule, choice: DocumentChoice) {
    this.#report = report;
    this.#module = module;
    this.#choice = choice;
  }

  text(): string {
    const { crate, name, verdict, reason } = this.#module;
    const chain = reason.chain.length > 1 ? reason.chain.slice(0, MOST_STEPS).map((step, index) => `${index + 1}. ${sentence(step)}`) : [];
    const parts = [
      `# ${codeSpan(crate)} · ${codeSpan(shortModuleName(name))}`,
      `**${verdict}**: ${reason.kind}. ${sentence(reason.detail)}`,
      this.#builds(),
      ...this.#rustc(),
      ...section("Because", this.#causes()),
      ...section("How the change got here", [...chain, ...more(reason.chain.length, MOST_STEPS)]),
      ...section("What differs in this module", this.#differences()),
      ...section("Stages", this.#stages()),
      ...section("Key", this.#keys()),
      ...section("Notes", this.#notes()),
    ];
    return `${parts.join("\n\n")}\n`;
  }

  #builds(): string {
    const { build, against } = this.#report;
    const side = ({ name, at }: ExplainReport["build"]): string => `${codeSpan(name)} (${sentence(timeText(at))})`;
    if (against === null) return `${side(build)} is the first known build: there is nothing to compare it with.`;
    return `${side(build)} against ${side(against)}`;
  }

  #rustc(): string[] {
    const { rustc } = this.#module;
    if (rustc === null) return [];
    return [rustc.agrees ? "rustc's log agrees." : `**rustc's log disagrees: ${rustc.verdict}.**`];
  }

  #causes(): string[] {
    const causes = causesOf(this.#report, this.#module);
    const lines = causes.flatMap((cause, index) => [
      `${index + 1}. ${sentence(cause.title)} → ${sentence(cause.effect)}`,
      ...changesOf(cause).map((change) => `   * ${this.#change(change, this.#holderOf(cause, change))}`),
      ...more(cause.changes.length, MOST_CHANGES, "   "),
      ...(cause.note === undefined ? [] : [`   * Note: ${sentence(cause.note)}`]),
    ]);
    return [...lines, ...more(this.#module.reason.causes.length, MOST_CAUSES)];
  }

  /** A module of this build that shows the change. */
  #holderOf(cause: Cause, { symbol }: Difference): string | undefined {
    const itself = new Set(cause.itself);
    const holders = this.#report.modules.filter(({ name, verdict }) => itself.has(name) && verdict !== "gone");
    return holders.find(({ differences }) => differences.some((other) => other.what === "function" && other.symbol === symbol))?.name;
  }

  #differences(): string[] {
    const { differences, name } = this.#module;
    const lines = differences.slice(0, MOST_DIFFERENCES).map((difference) => `* ${this.#change(difference, name)}`);
    return [...lines, ...more(differences.length, MOST_DIFFERENCES)];
  }

  #change(difference: Difference, module: string | undefined): string {
    const { what, change, symbol, name, source } = difference;
    const [first] = this.#pipeline.stages;
    const shown = what === "function" && change !== "went" && symbol !== undefined && module !== undefined && first !== undefined;
    const places = [
      ...(shown ? [link("open", this.#stageUri(module, first.tag, symbol, name))] : []),
      ...(source === undefined ? [] : [this.#source(source)]),
    ];
    return [sentence(differenceText(difference)), ...places].join(" · ");
  }

  #source(source: NonNullable<Difference["source"]>): string {
    const uri = this.#choice.sourceUri(source);
    const text = `${source.file}:${source.line}`;
    return uri === undefined ? codeSpan(text) : link(`\`${text}\``, uri);
  }

  get #pipeline(): Pipeline {
    return pipelineOf(this.#report.unit.mode);
  }

  #stages(): string[] {
    if (this.#module.verdict === "gone") return [];
    return this.#pipeline.stages.map(({ tag, label }) => `* ${link(label, this.#stageUri(this.#module.name, tag, null))}`);
  }

  #stageUri(module: string, stage: Stage, symbol: string | null, title?: string): string {
    const { subject, filters } = this.#choice;
    return formatStageUri({ subject, module, stage, function: symbol, filters }, title);
  }

  #keys(): string[] {
    const { key, previousKey, parts } = this.#module;
    return [
      `* Key: ${key === null ? "none" : codeSpan(key)}`,
      `* rustc compared with: ${previousKey === null ? "none" : previousKey === key ? "the same" : codeSpan(previousKey)}`,
      ...(parts.length === 0 ? [] : [`* Parts of the key that differ: ${sentence(parts.join(", "))}`]),
    ];
  }

  #notes(): string[] {
    const { findings, warnings } = this.#report;
    const own = findings
      .filter(({ module }) => module === this.#module.name)
      .map(({ kind, detail }) => `* **${kind}**: ${sentence(detail)}`);
    const notes = [...own, ...warnings.map((warning) => `* ${sentence(warning)}`)];
    return [...notes.slice(0, MOST_NOTES), ...more(notes.length, MOST_NOTES)];
  }
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`## ${title}`, lines.join("\n")];
}

function more(total: number, shown: number, indent = ""): string[] {
  return total > shown ? [`${indent}* … and ${total - shown} more; \`lto-inspector explain\` lists all of them`] : [];
}
