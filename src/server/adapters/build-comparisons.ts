/** Comparisons of two runs or captures. */
import { compareBuilds, runIfAny } from "../../core/views/compare-builds.js";
import { pageOf } from "../../core/views/module-rows.js";
import { captureNumbers, loadUnit } from "../../core/store/captures.js";
import { isLtoError } from "../../core/base/errors.js";
import { excerpt } from "../../core/store/run-view.js";
import type { DifferingModule, ImportedFunction } from "../../protocol/build-comparison.js";
import { shortModuleName } from "../../protocol/module-names.js";
import { formatCaptureRef, parseCaptureRef } from "../../protocol/refs.js";
import type { requests } from "../../protocol/requests/all.js";
import type { CaptureRow, ComparedRow } from "../../protocol/requests/builds.js";
import type { ParamsOf, ResultOf } from "../../protocol/requests/declare.js";
import type { Subject } from "../../protocol/uris.js";
import type { Excerpt } from "../../protocol/views.js";
import type { Call } from "./calls.js";
import type { ServerState } from "./state.js";

type CompareBuilds = typeof requests.compareBuilds;
type ListCaptures = typeof requests.captures;

/** The most imported functions of a row, and warnings, in one message. */
const SHOWN_IMPORTS = 20;
const SHOWN_WARNINGS = 10;

export async function compareTwoBuilds(
  state: ServerState,
  { from, to, differs, ...range }: ParamsOf<CompareBuilds>,
  call: Call,
): Promise<ResultOf<CompareBuilds>> {
  const { workbench, compared } = state;
  const { core, history, subjects } = workbench;
  return workbench.use(async () => {
    const builds = { from: await runIfAny({ history }, from), to: await runIfAny({ history }, to) };
    const report = await compared.of(builds, () => compareBuilds({ core, history, subjects }, builds, call.signal));
    const { modules, warnings, counts, stages } = report;
    const wanted = differs === undefined ? modules : modules.filter((module) => module.differs.includes(differs));
    const page = pageOf(wanted, range);
    const summary = { from: report.from, to: report.to, counts, stages, warnings: excerpt(warnings, SHOWN_WARNINGS) };
    return { ...page, rows: page.rows.map((module) => rowOf(module, builds)), summary };
  });
}

function rowOf(module: DifferingModule, { from, to }: { readonly from: Subject; readonly to: Subject }): ComparedRow {
  const { imports, name, previousName = name, only } = module;
  return {
    ...module,
    shortName: shortModuleName(name),
    imports: imports === null ? null : { ...imports, onlyFrom: shownImports(imports.onlyFrom), onlyTo: shownImports(imports.onlyTo) },
    places: {
      from: only === "to" ? null : { subject: from, module: previousName },
      to: only === "from" ? null : { subject: to, module: name },
    },
  };
}

/** With the readable names of the modules that they come from, which the page does not know. */
function shownImports(imports: readonly ImportedFunction[]): Excerpt<ImportedFunction> {
  const { total, shown } = excerpt(imports, SHOWN_IMPORTS);
  return { total, shown: shown.map((one) => ({ ...one, source: shortModuleName(one.source) })) };
}

export async function listCaptures({ workbench }: ServerState, { unit }: ParamsOf<ListCaptures>): Promise<ResultOf<ListCaptures>> {
  const { layout } = workbench.core;
  const id = parseCaptureRef(unit)?.id ?? unit;
  const runs = await workbench.history.list();
  const captures: CaptureRow[] = [];
  for (const capture of (await captureNumbers(layout.root, id)).reverse()) {
    const ref = formatCaptureRef({ id, capture });
    try {
      const { capturedAt } = await loadUnit(layout.root, ref);
      const run = runs.find(({ source }) => "unit" in source && source.unit === ref);
      captures.push({ ref, capture, madeAt: capturedAt, what: run?.what ?? "" });
    } catch (error) {
      // A damaged capture cannot be compared.
      if (!isLtoError(error, "UnreadableFile") && !isLtoError(error, "UnknownUnit")) throw error;
    }
  }
  return { captures };
}
