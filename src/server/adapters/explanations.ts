/** Why modules were re-used or re-compiled. */
import { cascadeRows, causeRow, explainSubject, explanationOf } from "../../core/views/explain-subject.js";
import { pageOf } from "../../core/views/module-rows.js";
import { excerpt } from "../../core/store/run-view.js";
import type { ExplainReport } from "../../protocol/explain.js";
import type { requests } from "../../protocol/requests/all.js";
import type { ParamsOf, ResultOf } from "../../protocol/requests/declare.js";
import type { Subject } from "../../protocol/uris.js";
import type { Call } from "./calls.js";
import type { ServerState } from "./state.js";

type Causes = typeof requests.causes;
type Cascade = typeof requests.cascade;
type Explain = typeof requests.explain;
type MainCause = typeof requests.mainCause;

/** Names in a cause can be kilobytes long. */
const LONGEST_CAUSE = 300;

/** The most findings and warnings in one message. */
const SHOWN_NOTES = 20;

/** Not cancelled with a single request; see {@link KeptReport}. */
function reportOf({ workbench, explained }: ServerState, subject: Subject): Promise<ExplainReport> {
  return explained.of(subject, () => workbench.use(() => explainSubject(workbench.core, subject)));
}

export async function causes(state: ServerState, params: ParamsOf<Causes>): Promise<ResultOf<Causes>> {
  const report = await reportOf(state, params.subject);
  const { build, against, counts, rustc, findings, warnings } = report;
  return {
    ...pageOf(report.causes.map(causeRow), params),
    ...{ build: build.name, against: against?.name ?? null, counts, rustc },
    ...{ findings: excerpt(findings, SHOWN_NOTES), warnings: excerpt(warnings, SHOWN_NOTES) },
  };
}

export async function cascade(state: ServerState, params: ParamsOf<Cascade>): Promise<ResultOf<Cascade>> {
  return pageOf(cascadeRows(await reportOf(state, params.subject), params.cause), params);
}

export async function mainCause(state: ServerState, { subject, module }: ParamsOf<MainCause>): Promise<ResultOf<MainCause>> {
  const report = await reportOf(state, subject);
  const id = report.modules.find(({ name }) => name === module)?.reason.causes[0];
  const cause = report.causes.find((candidate) => candidate.id === id)?.title ?? null;
  return { cause: cause !== null && cause.length > LONGEST_CAUSE ? `${cause.slice(0, LONGEST_CAUSE)}…` : cause };
}

export function explain({ workbench }: ServerState, params: ParamsOf<Explain>, { signal }: Call): Promise<ResultOf<Explain>> {
  const { subject, module, filters } = params;
  return workbench.use(() => explanationOf(workbench.core, { subject, module, filters }, signal));
}
