/** Explanations of the open subject: a run, or a unit without one. A run is explained through its build. */
import { isAbsolute, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { CascadeRow, CauseRow, DecisiveView, Difference, ExplainReport, ExplanationView } from "../../protocol/explain.js";
import { shortModuleName } from "../../protocol/module-names.js";
import type { DocumentFilters, Subject } from "../../protocol/uris.js";
import type { UnitManifest } from "../../protocol/units.js";
import type { CoreContext } from "../engine/core-context.js";
import { LtoError } from "../base/errors.js";
import { findModule } from "../pipelines/module-names.js";
import { RunHistory } from "../store/history.js";
import { sourceOfRef } from "./named-source.js";
import type { LtoSource } from "../replay/producer.js";
import { PRODUCERS } from "../producers/registry.js";
import { explanationMarkdown } from "./document.js";
import { explanationView, shownDifferences } from "./explanation-view.js";
import { explainUnit } from "../explain/rebuild/explain.js";
import { comparesStoredKeys, isThere } from "../explain/rebuild/compared-build.js";

/** Crates that a row names. */
const MOST_CRATES = 10;

/** Steps that a tooltip shows. */
const MOST_STEPS = 6;

/** Titles name at most two functions, whose names can be kilobytes long. */
const LONGEST_TITLE = 600;

/**
 * The report of a subject, compared with the previous build.
 *
 * @throws LtoError UnknownRun, UnknownUnit, NothingToInspect if it is not a build, and as `explainUnit`
 */
export async function explainSubject(core: CoreContext, subject: Subject, signal?: AbortSignal): Promise<ExplainReport> {
  return explained(core, await unitOf(core, subject), signal);
}

/** Whether {@link explainSubject} needs no analysis. @throws LtoError as there */
export async function isExplainedQuickly(core: CoreContext, subject: Subject): Promise<boolean> {
  return comparesStoredKeys(core, await unitOf(core, subject));
}

/** The explanation of one module of a report. @throws LtoError UnknownModule, UnknownRun, UnknownUnit, NothingToInspect if it is not a build */
export async function explanationOf(
  core: CoreContext,
  report: ExplainReport,
  choice: { readonly subject: Subject; readonly module: string; readonly filters: DocumentFilters },
): Promise<ExplanationView & { readonly markdown: string }> {
  const unit = await unitOf(core, choice.subject);
  const names = report.modules.map(({ name }) => name);
  const module = report.modules[names.indexOf(findModule(names, choice.module))];
  if (module === undefined) throw new Error("a module that was found is there");
  const uris = await sourceUris(shownDifferences(report, module), unit.workspace);
  const sourceUri = ({ file, line }: NonNullable<Difference["source"]>): string | undefined => uris.get(`${file}:${line}`);
  const view = explanationView(report, module, { ...choice, sourceUri, workspace: unit.workspace });
  return { ...view, markdown: explanationMarkdown(view) };
}

/** What decided about one module of a report, in a few lines; null: the report does not have it. */
export function decisiveView(report: ExplainReport, module: string): DecisiveView | null {
  const reason = report.modules.find(({ name }) => name === module)?.reason;
  if (reason === undefined) return null;
  const { fact, chain } = reason;
  return {
    fact: { ...fact, text: cut(fact.text) },
    chain: { total: chain.length, shown: chain.slice(0, MOST_STEPS).map(cut) },
  };
}

function cut(text: string): string {
  return text.length > LONGEST_TITLE ? `${text.slice(0, LONGEST_TITLE)}…` : text;
}

/** A cause without its lists. */
export function causeRow({ id, kind, title, effect, crates, itself, importers, others }: ExplainReport["causes"][number]): CauseRow {
  return {
    ...{ id, kind, effect },
    title: cut(title),
    crates: { total: crates.length, shown: crates.slice(0, MOST_CRATES) },
    ...{ itself: itself.length, importers: importers.length, others: others.length },
  };
}

/** What a cause made rustc re-compile; empty if there is no such cause. */
export function cascadeRows(report: ExplainReport, id: string): CascadeRow[] {
  const cause = report.causes.find((candidate) => candidate.id === id);
  if (cause === undefined) return [];
  const modules = new Map(report.modules.map((module) => [module.name, module]));
  const rows = (names: readonly string[], how: CascadeRow["how"]): CascadeRow[] =>
    names.map((name) => {
      const module = modules.get(name);
      return {
        module: name,
        shortName: shortModuleName(name),
        crate: module?.crate ?? "",
        how,
        kind: module?.reason.kind ?? "not-available",
      };
    });
  return [...rows(cause.itself, "itself"), ...rows(cause.importers, "imports"), ...rows(cause.others, "otherwise")];
}

function explained(core: CoreContext, unit: UnitManifest, signal?: AbortSignal): Promise<ExplainReport> {
  return explainUnit(core, unit, { llvm: "auto", against: null, module: null, ...(signal === undefined ? {} : { signal }) });
}

async function unitOf(core: CoreContext, subject: Subject): Promise<UnitManifest> {
  const source = await sourceOfSubject(core, subject);
  if (source?.kind === "unit") return source.unit;
  throw new LtoError({
    name: "NothingToInspect",
    message: `${"run" in subject ? "This run" : subject.unit} does not come from a captured build: only a build re-uses or re-compiles modules.`,
    help: "Capture the workspace and run Thin LTO on the capture; after a change, do both again.",
  });
}

async function sourceOfSubject({ layout }: CoreContext, subject: Subject): Promise<LtoSource | undefined> {
  if ("unit" in subject) return sourceOfRef(layout, subject.unit);
  const origin = await new RunHistory(layout).origin(subject.run);
  return origin === undefined ? undefined : PRODUCERS.sourceOfRun(layout, origin);
}

/** "file:line" → address, for the files that are on this machine. rustc's relative paths start at the workspace. */
async function sourceUris(differences: readonly Difference[], workspace: string): Promise<ReadonlyMap<string, string>> {
  const sources = differences.flatMap(({ source }) => source ?? []);
  const found = await Promise.all(
    sources.map(async ({ file, line }) => {
      const path = isAbsolute(file) ? file : resolve(workspace, file);
      const uri = pathToFileURL(path);
      // An address with a host would be on another machine.
      if (uri.host !== "" || !(await isThere(path))) return [];
      return [[`${file}:${line}`, `${uri.href}#L${line}`] as const];
    }),
  );
  return new Map(found.flat());
}
