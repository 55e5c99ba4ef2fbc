/** Why modules were re-used or re-compiled. */
import {
  cascadeRows,
  causeRow,
  decisiveView,
  explainSubject,
  explanationOf,
  isExplainedQuickly,
} from "../../core/views/explain-subject.js";
import { pageOf } from "../../core/views/module-rows.js";
import { excerpt } from "../../core/store/run-view.js";
import { headline as headlineOf } from "../../protocol/module-groups.js";
import type { ExplainReport } from "../../protocol/explain.js";
import type { requests } from "../../protocol/requests/all.js";
import type { ParamsOf, ResultOf } from "../../protocol/requests/declare.js";
import type { Subject } from "../../protocol/uris.js";
import type { Workbench } from "../../core/views/workbench.js";
import type { ServerState } from "./state.js";

type Causes = typeof requests.causes;
type Cascade = typeof requests.cascade;
type Explain = typeof requests.explain;
type Decisive = typeof requests.decisive;
type Headline = typeof requests.headline;

/** The most findings and warnings in one message. */
const SHOWN_NOTES = 20;

/** Not cancelled with a single request; see {@link KeptReport}. */
async function reportOf({ workbench, explained }: ServerState, subject: Subject): Promise<ExplainReport> {
  await keysOf(workbench, subject);
  return explained.of(subject, () => workbench.use(() => explainSubject(workbench.core, subject)));
}

/** A replay that has begun stores the keys sooner than a second analysis beside it would. */
async function keysOf({ keysComing }: Workbench, subject: Subject): Promise<void> {
  if ("run" in subject) await keysComing.get(subject.run);
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

export async function headline(state: ServerState, { run }: ParamsOf<Headline>): Promise<ResultOf<Headline>> {
  const { core, history } = state.workbench;
  const view = await history.view(run);
  await keysOf(state.workbench, { run });
  if (!(await isExplainedQuickly(core, { run }))) return { headline: view.headline };
  const { counts } = await reportOf(state, { run });
  return { headline: headlineOf(view.counts.groups, counts.byEdit) };
}

export async function decisive(state: ServerState, { subject, module }: ParamsOf<Decisive>): Promise<ResultOf<Decisive>> {
  return { decisive: decisiveView(await reportOf(state, subject), module) };
}

export async function explain(state: ServerState, params: ParamsOf<Explain>): Promise<ResultOf<Explain>> {
  const { subject, module, filters } = params;
  const report = await reportOf(state, subject);
  return state.workbench.use(() => explanationOf(state.workbench.core, report, { subject, module, filters }));
}
